package stream

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// wrapped is a middleware's writer: only Unwrap leads to the real one.
type wrapped struct{ inner http.ResponseWriter }

func (w wrapped) Header() http.Header         { return w.inner.Header() }
func (w wrapped) Write(b []byte) (int, error) { return w.inner.Write(b) }
func (w wrapped) WriteHeader(code int)        { w.inner.WriteHeader(code) }
func (w wrapped) Unwrap() http.ResponseWriter { return w.inner }

func TestServeSSE(t *testing.T) {
	h := NewHub(Measure{})
	s := h.Subscribe("x", 8)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := ServeSSE(wrapped{w}, r, s, SSE{}); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err) // the headers came before any frame
	}
	defer func() { _ = answer.Body.Close() }()
	if diff := cmp.Diff("text/event-stream", answer.Header.Get("Content-Type")); diff != "" {
		t.Error(diff)
	}
	h.Publish("x", Frame{ID: "1", Event: "a", Data: []byte("one")})
	lines := bufio.NewReader(answer.Body)
	for _, want := range []string{"retry: 2000", "", "id: 1", "event: a", "data: one", ""} {
		if line, err := lines.ReadString('\n'); err != nil || line != want+"\n" {
			t.Fatalf("want %q, got %q %v", want, line, err)
		}
	}
	h.Publish("x", Frame{ID: "2", Data: []byte("two")})
	h.End("x")
	rest, err := io.ReadAll(lines)
	if diff := cmp.Diff("id: 2\ndata: two\n\n", string(rest)); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// recorder counts flushes.
type recorder struct {
	*httptest.ResponseRecorder
	flushes int
}

func (r *recorder) Flush() { r.flushes++ }

func TestBurstsAreFlushedOnce(t *testing.T) {
	h := NewHub(Measure{})
	s := h.Subscribe("x", 100)
	for range 50 {
		h.Publish("x", Frame{Data: []byte("x")})
	}
	h.Publish("x", Frame{Data: make([]byte, maxBurst)})
	for range 40 {
		h.Publish("x", Frame{Data: []byte("y")})
	}
	h.End("x")
	w := &recorder{ResponseRecorder: httptest.NewRecorder()}
	if err := ServeSSE(w, httptest.NewRequest(http.MethodGet, "/", nil), s, SSE{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(w.Body.String(), "data: "); n != 91 || w.flushes != 3 {
		t.Errorf("%d frames in %d flushes", n, w.flushes)
	}
}

func TestSlowSubscriptionsSaySo(t *testing.T) {
	h := NewHub(Measure{})
	s := h.Subscribe("x", 1)
	h.Publish("x", Frame{ID: "1", Data: []byte("x")})
	h.Publish("x", Frame{ID: "2", Data: []byte("x")})
	w := httptest.NewRecorder()
	if err := ServeSSE(w, httptest.NewRequest(http.MethodGet, "/", nil), s, SSE{}); !errors.Is(err, ErrSlow) {
		t.Error(err)
	}
	if diff := cmp.Diff("retry: 2000\n\nid: 1\ndata: x\n\n: "+ErrSlow.Error()+"\n\n", w.Body.String()); diff != "" {
		t.Error(diff)
	}
}

func TestHeartbeatsAndTheClientsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(Measure{})
		ctx, leave := context.WithCancel(t.Context())
		w := httptest.NewRecorder()
		ended := make(chan error)
		go func() {
			ended <- ServeSSE(w, httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx), h.Subscribe("x", 1), SSE{})
		}()
		time.Sleep(31 * time.Second) // the bubble's time
		leave()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if n := strings.Count(w.Body.String(), ": still here\n\n"); n != 2 {
			t.Errorf("%d heartbeats in 31 seconds", n)
		}
		if len(h.topics) != 0 {
			t.Error("the subscription is left")
		}
	})
}

// TestAClientThatDoesNotRead fills the socket until the write deadline ends the stream.
func TestAClientThatDoesNotRead(t *testing.T) {
	ended := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		endless := Produce(r.Context(), func(_ context.Context, send func(Frame) error) error {
			for {
				if err := send(Frame{Data: make([]byte, 60<<10)}); err != nil {
					return err
				}
			}
		})
		ended <- ServeSSE(w, r, endless, SSE{WriteLimit: 50 * time.Millisecond})
	}))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, ErrSlow) {
		t.Error(err)
	}
}
