package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// robotsText keeps search engines out: everything here is a rep's own, or a secret
// link. Google's push sender keeps to it too, and must reach its hook.
const robotsText = `User-agent: *
Allow: /hooks/google
Disallow: /
`

func (s *Site) robots(c *gin.Context) {
	c.Header("Cache-Control", "public, max-age=86400")
	c.String(http.StatusOK, robotsText)
}
