// Package docs serves the guide at /docs: the markdown files of this folder,
// rendered, in the order of the contents below.
package docs

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer/html"
)

//go:embed *.md concepts/*.md operating/*.md security/*.md adr/*.md
var pages embed.FS

//go:embed page.html
var layout string

// Contents is the guide, in reading order.
var Contents = []Section{
	{"Start", []Page{
		{"quick-start", "Quick start"},
		{"cli", "The CLI"},
		{"using-the-api", "Using the API"},
		{"api", "API reference"},
		{"errors", "Errors"},
		{"coming-from", "Coming from another code runner"},
	}},
	{"Concepts", []Page{
		{"concepts/executions", "Executions"},
		{"concepts/isolation", "Isolation classes"},
		{"concepts/files", "Files"},
		{"concepts/egress", "Network access"},
		{"concepts/interactive", "Interactive runs"},
		{"concepts/images", "Images as runtimes"},
		{"concepts/tenancy", "Organizations and projects"},
		{"concepts/identity", "Accounts and tokens"},
		{"concepts/limits", "Settings and limits"},
		{"concepts/events", "Events"},
		{"concepts/notifications", "Notifications"},
	}},
	{"Operating", []Page{{"operating/install", "Installing and upgrading"}, {"operating/administration", "Administration"}, {"operating/nodes", "Nodes"}, {"operating/sign-in", "Signing in through your own issuer"}, {"operating/backup", "Backup and restore"}, {"operating/watching", "Watching"}, {"operating/alerts", "Alerts"}, {"operating/dead-letters", "Dead letters"}, {"operating/replays", "Replays"}, {"operating/sinks", "Sinks"}}},
	{"Security", []Page{{"security/model", "The security model"}, {"security/sandbox", "The sandbox"}}},
	{"Decisions", []Page{{"adr/README", "Why it is as it is"}}},
}

// Section is a part of the contents.
type Section struct {
	Title string
	Pages []Page
}

// Page is one entry.
type Page struct{ Path, Title string }

// Handler serves the guide below /docs.
func Handler() http.Handler {
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()),
		goldmark.WithRendererOptions(html.WithUnsafe())) // the pages are ours; errors.md has an anchor per code, dots included
	page := template.Must(template.New("page").Parse(layout))
	var mu sync.Mutex
	rendered := map[string][]byte{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.Trim(strings.TrimPrefix(path.Clean(r.URL.Path), "/docs"), "/")
		if name == "" { // relative links start below the folder
			http.Redirect(w, r, "/docs/"+Contents[0].Pages[0].Path, http.StatusFound)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		body, ok := rendered[name]
		if !ok {
			var err error
			if body, err = render(markdown, page, strings.TrimSuffix(name, ".md")); err != nil {
				http.NotFound(w, r)
				return
			}
			rendered[name] = body
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(body)
	})
}

func render(markdown goldmark.Markdown, page *template.Template, name string) ([]byte, error) {
	source, err := pages.ReadFile(name + ".md")
	if err != nil {
		return nil, fmt.Errorf("no such page: %w", err)
	}
	var body, out bytes.Buffer
	if err := markdown.Convert(source, &body); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	err = page.Execute(&out, map[string]any{
		"Title": title(source), "Body": template.HTML(body.String()), "Contents": Contents, "Here": name, //nolint:gosec // our own pages
	})
	return out.Bytes(), err
}

// title is the page's first heading.
func title(source []byte) string {
	for line := range strings.SplitSeq(string(source), "\n") {
		if heading, ok := strings.CutPrefix(line, "# "); ok {
			return heading
		}
	}
	return "Stoa"
}
