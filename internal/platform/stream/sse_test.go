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
	frames := make(chan Frame)
	s := Produce(t.Context(), func(_ context.Context, send func(Frame) error) error {
		for f := range frames {
			if err := send(f); err != nil {
				return err
			}
		}
		return nil
	})
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
	frames <- Frame{ID: "1", Event: "a", Data: []byte("one")}
	lines := bufio.NewReader(answer.Body)
	for _, want := range []string{"retry: 2000", "", "id: 1", "event: a", "data: one", ""} {
		if line, err := lines.ReadString('\n'); err != nil || line != want+"\n" {
			t.Fatalf("want %q, got %q %v", want, line, err)
		}
	}
	frames <- Frame{ID: "2", Data: []byte("two")}
	close(frames)
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
	c := make(chan Frame, 100)
	for range 50 {
		c <- Frame{Data: []byte("x")}
	}
	c <- Frame{Data: make([]byte, maxBurst)}
	for range 40 {
		c <- Frame{Data: []byte("y")}
	}
	close(c)
	s := &Subscription{C: c, close: func() {}}
	w := &recorder{ResponseRecorder: httptest.NewRecorder()}
	if err := ServeSSE(w, httptest.NewRequest(http.MethodGet, "/", nil), s, SSE{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(w.Body.String(), "data: "); n != 91 || w.flushes != 3 {
		t.Errorf("%d frames in %d flushes", n, w.flushes)
	}
}

func TestHeartbeatsAndTheClientsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		w := httptest.NewRecorder()
		ended, left := make(chan error), make(chan struct{})
		silent := Produce(t.Context(), func(ctx context.Context, _ func(Frame) error) error {
			<-ctx.Done()
			close(left)
			return nil
		})
		go func() {
			ended <- ServeSSE(w, httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx), silent, SSE{})
		}()
		time.Sleep(31 * time.Second) // the bubble's time
		leave()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if n := strings.Count(w.Body.String(), ": still here\n\n"); n != 2 {
			t.Errorf("%d heartbeats in 31 seconds", n)
		}
		<-left // the subscription was closed
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
