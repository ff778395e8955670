package stoa

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// events is a server whose every connection to the stream is one script; it records the Last-Event-IDs.
func events(t *testing.T, connections ...string) (*Client, *[]string) {
	t.Helper()
	ids := &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := len(*ids)
		*ids = append(*ids, r.Header.Get("Last-Event-ID"))
		if n >= len(connections) {
			http.Error(w, "no more", http.StatusGone)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, connections[n])
	}))
	t.Cleanup(server.Close)
	c := New(server.URL)
	c.sleep = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return c, ids
}

func TestWatchResumesAndGivesEachByteOnce(t *testing.T) {
	c, ids := events(t,
		"id: 1\nevent: status\ndata: {\"id\":\"e\",\"status\":\"running\"}\n\n"+
			": heartbeat\n\n"+
			"id: 2\nevent: output\ndata: {\"attempt\":1,\"seq\":1,\"stream\":\"stdout\",\"offset\":0,\"data\":\"hel\"}\n\n"+
			"id: 3\nevent: output\ndata: {\"attempt\":1,", // torn
		"", // closed at once
		"id: 3\nevent: output\ndata: {\"attempt\":1,\"seq\":9,\"stream\":\"stdout\",\"offset\":0,\"data_base64\":\"aGVsbG8=\"}\n\n"+
			"id: 4\nevent: result\ndata: {\"id\":\"e\",\"status\":\"completed\",\"exit_code\":0}\n\n"+
			"id: 5\nevent: status\ndata: {}\n\n")
	var got []string
	for event, err := range c.Executions.Watch(t.Context(), "e") {
		if err != nil {
			t.Fatal(err)
		}
		switch event.Type {
		case OutputFrame:
			got = append(got, string(event.Output.Data))
		case Status, Result:
			got = append(got, event.Execution.Status)
		}
	}
	if diff := cmp.Diff([]string{"running", "hel", "lo", "completed"}, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"", "2", "2"}, *ids); diff != "" {
		t.Errorf("Last-Event-IDs: %s", diff)
	}
}

func TestResetThrowsTheAttemptAway(t *testing.T) {
	out := func(attempt, offset int, data string) string {
		return fmt.Sprintf("event: output\ndata: {\"attempt\":%d,\"stream\":\"stdout\",\"offset\":%d,\"data\":%q}\n\n", attempt, offset, data)
	}
	c, _ := events(t, out(1, 0, "lost")+"event: reset\ndata: {\"attempt\":2}\n\n"+out(1, 4, "late")+out(2, 0, "kept")+"event: result\ndata: {}\n\n")
	var got []string
	for event, err := range c.Executions.Watch(t.Context(), "e") {
		if err != nil {
			t.Fatal(err)
		}
		if event.Output != nil {
			got = append(got, string(event.Output.Data))
		} else {
			got = append(got, string(event.Type))
		}
	}
	if diff := cmp.Diff([]string{"lost", "reset", "kept", "result"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestStreamEndsWhenTheServerRefuses(t *testing.T) {
	c, ids := events(t, "id: 1\nevent: status\ndata: {}\n\n")
	var last error
	for _, err := range c.Executions.Watch(t.Context(), "e") {
		last = err
	}
	if !hasStatus(last, http.StatusGone) || len(*ids) != 2 {
		t.Errorf("got %v after %d connections", last, len(*ids))
	}
}

func TestStreamGivesUpOnAServerThatGivesNothing(t *testing.T) {
	c, ids := events(t, make([]string, maxFailures+1)...)
	var last error
	for _, err := range c.Executions.Watch(t.Context(), "e") {
		last = err
	}
	if !IsUnreachable(last) || len(*ids) != maxFailures+1 {
		t.Errorf("got %v after %d connections", last, len(*ids))
	}
}

// silent answers every request with a stream that says one thing and then nothing.
type silent struct{ connections int }

func (s *silent) RoundTrip(r *http.Request) (*http.Response, error) {
	s.connections++
	in, out := io.Pipe()
	go func() {
		_, _ = fmt.Fprintf(out, "id: %d\nevent: status\ndata: {}\n\n", s.connections)
		<-r.Context().Done()
		out.CloseWithError(r.Context().Err())
	}()
	return &http.Response{StatusCode: 200, Body: in, Header: http.Header{}}, nil
}

func TestSilentStreamIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &silent{}
		c := New("http://stoa.test", HTTPClient(&http.Client{Transport: server}))
		begin, n := time.Now(), 0
		for _, err := range c.Executions.Watch(t.Context(), "e") {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n == 3 {
				break
			}
		}
		if server.connections != 3 || time.Since(begin) < 2*c.idle {
			t.Errorf("%d connections in %v", server.connections, time.Since(begin))
		}
		synctest.Wait()
	})
}

func TestCancelledContextEndsTheStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New("http://stoa.test", HTTPClient(&http.Client{Transport: &silent{}}))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var last error
		for _, err := range c.Executions.Watch(ctx, "e") {
			cancel()
			last = err
		}
		if !errors.Is(last, context.Canceled) {
			t.Errorf("got %v", last)
		}
		synctest.Wait()
	})
}

// Any events, however the bytes are cut into reads, are read as they were written.
func TestFramesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z0-9 :]{0,12}`)
		var wire strings.Builder
		var want []frame
		for range rapid.IntRange(0, 5).Draw(t, "events") {
			newline := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "newline")
			f := frame{id: rapid.StringMatching(`[a-z0-9]{1,8}`).Draw(t, "id"), event: rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "event")}
			lines := rapid.SliceOfN(text, 1, 3).Draw(t, "data")
			fmt.Fprintf(&wire, ": comment%sid: %s%sevent: %s%s", newline, f.id, newline, f.event, newline)
			for _, line := range lines {
				fmt.Fprintf(&wire, "data: %s%s", line, newline)
			}
			wire.WriteString(newline)
			f.data = []byte(strings.Join(lines, "\n"))
			want = append(want, f)
		}
		size := rapid.IntRange(1, 40).Draw(t, "read size")
		in := frames{in: bufio.NewReaderSize(&chopped{strings.NewReader(wire.String()), size}, 16)}
		for i, w := range want {
			got, err := in.next()
			if err != nil || got.id != w.id || got.event != w.event || string(got.data) != string(w.data) {
				t.Fatalf("event %d: got %+v, %v; want %+v", i, got, err, w)
			}
		}
		if _, err := in.next(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("at the end: %v", err)
		}
	})
}

type chopped struct {
	io.Reader
	size int
}

func (c *chopped) Read(p []byte) (int, error) { return c.Reader.Read(p[:min(len(p), c.size)]) }
