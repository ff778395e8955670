//go:build !noweb

// Package web serves the console: static files that the build left in dist/,
// compressed already, with index.html for every path that is the console's own.
package web

import (
	"embed"
	"io/fs"
	"net/http"
)

// dist is made by `npm run build`. The pattern also matches dist.placeholder,
// which is checked in, so that the program builds before the console does.
//
//go:embed all:dist*
var files embed.FS

// Handler serves the console, or a page that says how to build it.
func Handler() http.Handler {
	for _, name := range []string{"dist", "dist.placeholder"} {
		if site, err := fs.Sub(files, name); err == nil {
			if _, err := fs.Stat(site, "index.html"); err == nil {
				return serve(site)
			}
		}
	}
	return http.NotFoundHandler()
}
