package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"holdfast/scheduler"
	"holdfast/scheduler/store"
)

//go:embed all:templates
var templateFiles embed.FS

// readTemplates parses every page together with the layout and the shared parts,
// whose names begin with an underscore.
func readTemplates(a *assets) (map[string]*template.Template, error) {
	shared, err := template.New("").Funcs(functions(a)).ParseFS(templateFiles, "templates/_*.html")
	if err != nil {
		return nil, err
	}
	files, err := fs.Glob(templateFiles, "templates/[a-z]*.html")
	if err != nil {
		return nil, err
	}
	pages := make(map[string]*template.Template, len(files))
	for _, file := range files {
		page, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if _, err := page.ParseFS(templateFiles, file); err != nil {
			return nil, err
		}
		pages[strings.TrimSuffix(path.Base(file), ".html")] = page
	}
	return pages, nil
}

// frame is what every page shows around its content.
type frame struct {
	Title string
	Page  string // its name: marks its place in the navigation
	Rep   *store.Rep
	Demo  string
	// Notices are what just happened.
	Notices []Notice
	// Refresh is after how many seconds the page looks again; 0: never.
	Refresh int
	// Public: it is a prospect's page. What is the rep's is not around it.
	Public bool

	zone *time.Location
	now  time.Time
}

// Section is the page in the navigation that the page belongs to.
func (f frame) Section() string {
	switch f.Page {
	case "proposal":
		return "proposals"
	case "contact":
		return "contacts"
	case "feeds":
		return "settings"
	}
	return f.Page
}

// view is a page with its content.
type view struct {
	frame
	Content any
}

// frame returns the frame of a page; it takes the notice that was kept for it.
func (s *Site) frame(r *request, page, title string) frame {
	f := frame{Title: title, Page: page, Demo: s.Demo, zone: time.UTC, now: r.now}
	if r.rep.ID != "" {
		f.Rep = &r.rep
		f.zone = zoneOf(r.rep)
	}
	if n, ok := s.Said(r.Request); ok {
		f.Notices = append(f.Notices, n)
	}
	return f
}

// zoneOf returns the zone in which times are shown to rep.
func zoneOf(rep store.Rep) *time.Location {
	zone, err := time.LoadLocation(rep.Zone)
	if err != nil {
		return time.UTC // the store keeps only zones that this program knew
	}
	return zone
}

// render answers with the page of f's name.
func (s *Site) render(r *request, status int, f frame, content any) error {
	body, err := s.markup(view{f, content})
	if err != nil {
		return err
	}
	writePage(r.Writer, status, body)
	return nil
}

func (s *Site) markup(v view) ([]byte, error) {
	page, ok := s.templates[v.Page]
	if !ok {
		return nil, fmt.Errorf("no page %s", v.Page)
	}
	layout := "layout"
	if v.Public {
		layout = "public"
	}
	var body bytes.Buffer
	if err := page.ExecuteTemplate(&body, layout, v); err != nil {
		return nil, fmt.Errorf("render %s: %w", v.Page, err)
	}
	return body.Bytes(), nil
}

// writePage writes a page that nobody may keep: it is one rep's, at one moment.
func writePage(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	w.WriteHeader(status)
	// The browser has gone away: nobody is left to tell.
	_, _ = w.Write(body)
}

// functions are what templates may call besides the methods of frame.
func functions(a *assets) template.FuncMap {
	return template.FuncMap{
		"asset":     a.path,
		"plain":     plain,
		"textlines": textLines,
		"plural":    plural,
		"step":      stepName,
		"channel":   channelName,
		"who":       contactName,
		"length":    lengthWords,
		"initial":   initial,
		"sentence":  sentence,
		"lines":     func(list []string) string { return joined(list, "\n") },
		"commas":    func(list []string) string { return joined(list, ", ") },
		"join":      func(list ...any) []any { return list },
	}
}

// contactName is how a contact is called.
func contactName(c scheduler.Contact) string {
	if name := plain(c.Name); name != "" {
		return name
	}
	return plain(c.Address)
}
