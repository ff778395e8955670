package stoa

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
)

// refusal is a way in which a server fails.
type refusal struct {
	status int
	code   string
	kept   int // bytes that are here afterwards
}

// A content comes whole, again after a failure, and of what the server has already only the rest.
func TestUpload(t *testing.T) {
	long := strings.Repeat("0123456789", wholeBytes/5)
	sum := sha256.Sum256([]byte(long))
	hash := hex.EncodeToString(sum[:])
	busy := refusal{status: http.StatusBadGateway}
	lost := refusal{http.StatusConflict, "file.upload_lost", 1 << 20}
	for name, c := range map[string]struct {
		content io.Reader
		here    int // bytes that the server has before
		fails   []refusal
		want    string // what the server got at last
		hash    string
		offset  string
		failure bool
	}{
		"short":                  {content: strings.NewReader("short"), fails: []refusal{busy}, want: "short"},
		"empty":                  {content: strings.NewReader("")},
		"short, once":            {content: iotest.OneByteReader(strings.NewReader("short")), fails: []refusal{busy}, want: "short"},
		"long":                   {content: strings.NewReader(long), want: long, hash: hash},
		"long, again":            {content: strings.NewReader(long), fails: []refusal{busy, busy}, want: long, hash: hash},
		"long, known":            {content: strings.NewReader(long), here: len(long), hash: hash, offset: strconv.Itoa(len(long))},
		"long, once":             {content: io.MultiReader(strings.NewReader(long)), want: long},
		"long, once, failed":     {content: io.MultiReader(strings.NewReader(long)), fails: []refusal{busy}, failure: true},
		"long, goes on":          {content: strings.NewReader(long), fails: []refusal{{status: http.StatusInternalServerError, kept: 1 << 20}}, want: long[1<<20:], hash: hash, offset: "1048576"},
		"long, of another day":   {content: strings.NewReader(long), here: 1000, want: long[1000:], hash: hash, offset: "1000"},
		"long, too far":          {content: strings.NewReader(long), here: 1000, fails: []refusal{{http.StatusConflict, "file.upload_offset", 0}}, want: long, hash: hash},
		"long, taken over":       {content: strings.NewReader(long), fails: []refusal{lost}, want: long, hash: hash},
		"long, taken over again": {content: strings.NewReader(long), fails: []refusal{lost, lost}, failure: true},
		"long, refused":          {content: strings.NewReader(long), fails: []refusal{{http.StatusTooManyRequests, "file.project_full", 0}}, failure: true},
	} {
		t.Run(name, func(t *testing.T) {
			var got, hash, offset string
			here, fails := c.here, c.fails
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if r.Method == http.MethodGet {
					fmt.Fprintf(w, `{"bytes":%d}`, here)
					return
				}
				hash, offset = r.URL.Query().Get("sha256"), r.URL.Query().Get("offset")
				if len(fails) > 0 {
					fail := fails[0]
					fails, here = fails[1:], fail.kept
					_, _ = io.CopyN(io.Discard, r.Body, 3)
					if fail.code != "" { // what is to be read must not break off with the connection
						_, _ = io.Copy(io.Discard, r.Body)
					}
					w.Header().Set("Content-Type", "application/problem+json")
					w.WriteHeader(fail.status)
					fmt.Fprintf(w, `{"code":%q}`, fail.code)
					return
				}
				content, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				got = string(content)
				fmt.Fprintf(w, `{"id":"1","size":%d}`, len(got))
			}))
			defer server.Close()
			var sent, total atomic.Int64
			client := New(server.URL)
			f, err := client.Files.Upload(t.Context(), "p", "a.bin", c.content, Progress(func(s, of int64) { sent.Store(s); total.Store(of) }))
			server.Close()
			if (err != nil) != c.failure {
				t.Fatal(err)
			}
			if c.failure {
				return
			}
			if got != c.want || hash != c.hash || offset != c.offset || f.Size != int64(len(c.want)) {
				t.Errorf("the server got %d bytes, want %d, with the hash %q, want %q, from %q, want %q", len(got), len(c.want), hash, c.hash, offset, c.offset)
			}
			if c.want != "" && c.hash != "" && (sent.Load() != int64(len(long)) || total.Load() != sent.Load()) {
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
