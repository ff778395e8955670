package httpx

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/stoa-cloud/stoa/internal/platform/httpx/reference"
)

// Contract is the OpenAPI 3.1 document as YAML. Equal code gives equal bytes: it
// is checked in as api/openapi.yaml, and a test compares.
func (s *Server) Contract() ([]byte, error) {
	b, err := s.api.OpenAPI().YAML()
	if err != nil {
		return nil, fmt.Errorf("write contract: %w", err)
	}
	return b, nil
}

// serveContract mounts the contract and the reference page. They are made on the
// first request, when every operation is registered.
func (s *Server) serveContract() {
	s.mux.Handle("GET /openapi.json", document("application/openapi+json", func() ([]byte, error) {
		return json.Marshal(s.api.OpenAPI())
	}))
	s.mux.Handle("GET /openapi.yaml", document("application/openapi+yaml", s.Contract))
	s.mux.Handle("GET /docs/api", document("text/html; charset=utf-8", func() ([]byte, error) {
		var page bytes.Buffer
		err := reference.Write(&page, s.api.OpenAPI())
		return page.Bytes(), err
	}))
}

// document serves bytes that are made once.
func document(contentType string, write func() ([]byte, error)) http.Handler {
	type made struct {
		body []byte
		etag string
	}
	once := sync.OnceValues(func() (made, error) {
		body, err := write()
		sum := sha256.Sum256(body)
		return made{body, `"` + hex.EncodeToString(sum[:8]) + `"`}, err
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, err := once()
		if err != nil {
			WriteProblem(w, r, err)
			return
		}
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Cache-Control", "no-cache")
		h.Set("ETag", d.etag)
		if r.Header.Get("If-None-Match") == d.etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(d.body) // the client may be gone
	})
}
