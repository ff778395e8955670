package httpx

import (
	"mime"
	"net/http"
	"strings"
)

// Download makes the answer a file to save under a name: its content is somebody's, and this origin has people signed in.
func Download(w http.ResponseWriter, name, contentType string) {
	ascii := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	disposition := `attachment; filename="` + ascii + `"`
	if ascii != name {
		disposition = mime.FormatMediaType("attachment", map[string]string{"filename": name})
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", disposition)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, no-store")
}
