package stoa

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
)

// A long content comes whole and announced, again after a failure, and not at all where the server has it.
func TestUpload(t *testing.T) {
	long := strings.Repeat("0123456789", wholeBytes/5)
	sum := sha256.Sum256([]byte(long))
	for name, c := range map[string]struct {
		content io.Reader
		fails   int // attempts that the server breaks off
		has     bool
		want    string // what the server got at last
		hash    string
		failure bool
	}{
		"short":              {content: strings.NewReader("short"), fails: 1, want: "short"},
		"empty":              {content: strings.NewReader("")},
		"short, once":        {content: iotest.OneByteReader(strings.NewReader("short")), fails: 1, want: "short"},
		"long":               {content: strings.NewReader(long), want: long, hash: hex.EncodeToString(sum[:])},
		"long, again":        {content: strings.NewReader(long), fails: 2, want: long, hash: hex.EncodeToString(sum[:])},
		"long, known":        {content: strings.NewReader(long), has: true, hash: hex.EncodeToString(sum[:])},
		"long, once":         {content: io.MultiReader(strings.NewReader(long)), want: long},
		"long, once, failed": {content: io.MultiReader(strings.NewReader(long)), fails: 1, failure: true},
	} {
		t.Run(name, func(t *testing.T) {
			var got, hash string
			fails := c.fails
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				hash = r.URL.Query().Get("sha256")
				if fails > 0 {
					fails--
					_, _ = io.CopyN(io.Discard, r.Body, 3)
					w.WriteHeader(http.StatusBadGateway)
					return
				}
				if !c.has {
					content, err := io.ReadAll(r.Body)
					if err != nil {
						t.Error(err)
					}
					got = string(content)
				}
				_, _ = io.WriteString(w, `{"id":"1","size":`+strconv.Itoa(len(got))+`}`)
			}))
			defer server.Close()
			var sent, total atomic.Int64
			client := New(server.URL)
			f, err := client.Files.Upload(t.Context(), "p", "a.bin", c.content, Progress(func(s, of int64) { sent.Store(s); total.Store(of) }))
			server.Close()
			if (err != nil) != c.failure {
				t.Fatal(err)
			}
			if got != c.want || hash != c.hash || !c.failure && f.Size != int64(len(c.want)) {
				t.Errorf("the server got %d bytes, want %d, with the hash %q, want %q", len(got), len(c.want), hash, c.hash)
			}
			if c.hash != "" && !c.has && (sent.Load() != int64(len(long)) || total.Load() != sent.Load()) {
				t.Errorf("%d of %d bytes were told", sent.Load(), total.Load())
			}
		})
	}
}

func TestAStoppedContentGivesNothing(t *testing.T) {
	s := &stoppable{content: bytes.NewReader([]byte("abc"))}
	s.stop()
	if n, err := s.Read(make([]byte, 3)); n != 0 || err != io.EOF { //nolint:errorlint // readers give it as it is
		t.Errorf("%d, %v", n, err)
	}
}
