package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"
)

//go:embed static
var staticFiles embed.FS

// contentTypes are those of the static files, by extension: the machine's own table
// may have others.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// asset is a static file.
type asset struct {
	content     []byte
	contentType string
	etag        string
}

// assets are the static files under names that hold a digest of their content, so
// that browsers may keep them for good.
type assets struct {
	hashed map[string]asset  // by hashed name
	names  map[string]string // hashed name by name
}

func readAssets() (*assets, error) {
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		return nil, err
	}
	a := &assets{make(map[string]asset), make(map[string]string)}
	for _, entry := range entries {
		content, err := staticFiles.ReadFile("static/" + entry.Name())
		if err != nil {
			return nil, err
		}
		extension := path.Ext(entry.Name())
		contentType, ok := contentTypes[extension]
		if !ok {
			return nil, fmt.Errorf("static file %s is of no known type", entry.Name())
		}
		sum := sha256.Sum256(content)
		digest := hex.EncodeToString(sum[:6])
		name := strings.TrimSuffix(entry.Name(), extension) + "." + digest + extension
		a.hashed[name] = asset{content, contentType, `"` + digest + `"`}
		a.names[entry.Name()] = name
	}
	return a, nil
}

// path returns where the static file with the given name is served.
func (a *assets) path(name string) (string, error) {
	hashed, ok := a.names[name]
	if !ok {
		return "", fmt.Errorf("no static file %s", name)
	}
	return "/static/" + hashed, nil
}

// serve answers with a static file.
func (a *assets) serve(c *gin.Context) {
	file, ok := a.hashed[c.Param("name")]
	if !ok {
		c.Status(http.StatusNotFound)
		return
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	file.write(c)
}

// favicon answers browsers that ask for an icon without having read a page.
func (a *assets) favicon(c *gin.Context) {
	c.Header("Cache-Control", "public, max-age=86400")
	a.hashed[a.names["favicon.svg"]].write(c)
}

func (f asset) write(c *gin.Context) {
	c.Header("ETag", f.etag)
	if c.GetHeader("If-None-Match") == f.etag {
		c.Status(http.StatusNotModified)
		return
	}
	c.Data(http.StatusOK, f.contentType, f.content)
}
