//go:build !noweb

package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// policy lets the page run only its own scripts and talk only to this server.
// Styles may be inline because the component library sets sizes and colours as
// style attributes, and the editor adds its theme as a style element; neither
// can run anything. Images may be blobs: what a run left behind is shown from its
// bytes, never loaded by its address.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// types does not come from package mime, whose answers depend on the host's files.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".json": "application/json",
	".txt": "text/plain; charset=utf-8", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json",
}

// file is one file of the console in every encoding that the build made.
type file struct {
	contentType string
	tag         string // entity tag of the plain bytes
	hashed      bool   // the name changes with the content
	bodies      map[string][]byte
}

type site map[string]*file

func serve(root fs.FS) http.Handler {
	s := site{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		plain, encoding := name, ""
		switch path.Ext(name) {
		case ".br":
			plain, encoding = strings.TrimSuffix(name, ".br"), "br"
		case ".gz":
			plain, encoding = strings.TrimSuffix(name, ".gz"), "gzip"
		}
		f := s[plain]
		if f == nil {
			f = &file{contentType: types[path.Ext(plain)], hashed: strings.HasPrefix(plain, "assets/"), bodies: map[string][]byte{}}
			s[plain] = f
		}
		f.bodies[encoding] = body
		if encoding == "" {
			sum := sha256.Sum256(body)
			f.tag = hex.EncodeToString(sum[:8])
		}
		return nil
	})
	if err != nil {
		return http.NotFoundHandler() // an embedded file system has nothing to fail with
	}
	return s
}

// ServeHTTP answers with the file of that name; a path that is no file is a
// screen of the console, which index.html shows.
func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "The console is read with GET.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	f, found := s[name]
	switch {
	case found && name != "index.html":
	case strings.HasPrefix(name, "assets/") || strings.HasPrefix(name, "api/"):
		http.Error(w, "There is nothing at this path.", http.StatusNotFound)
		return
	default:
		f = s["index.html"]
	}
	f.answer(w, r)
}

func (f *file) answer(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	encoding := f.choose(r.Header.Get("Accept-Encoding"))
	tag := `"` + f.tag + `"`
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
		tag = `"` + f.tag + "-" + encoding + `"`
	}
	if len(f.bodies) > 1 {
		h.Set("Vary", "Accept-Encoding")
	}
	h.Set("Content-Type", f.contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	switch {
	case f.hashed:
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	case strings.HasPrefix(f.contentType, "text/html"):
		h.Set("Cache-Control", "no-store") // it names the hashed files of exactly this build
		h.Set("Content-Security-Policy", policy)
	default:
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", tag)
		if strings.Contains(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	body := f.bodies[encoding]
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // the client may be gone
	}
}

// choose picks the smallest encoding that the client takes.
func (f *file) choose(accepted string) string {
	for _, encoding := range []string{"br", "gzip"} {
		if _, made := f.bodies[encoding]; made && accepts(accepted, encoding) {
			return encoding
		}
	}
	return ""
}

// accepts reads an Accept-Encoding header; q=0 refuses.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameter, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(parameter), "q="), 64)
			return err != nil || q > 0
		}
	}
	return false
}
