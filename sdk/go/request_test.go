package stoa

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// answer is one scripted response of a test server.
type answer struct {
	status int
	header map[string]string
	body   string
	drop   bool // close the connection instead
}

// scripted is a server that gives these answers in turn, and a client whose waits are recorded instead of waited.
func scripted(t *testing.T, answers ...answer) (*Client, *[]*http.Request, *[]time.Duration) {
	t.Helper()
	requests, waits := &[]*http.Request{}, &[]time.Duration{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := len(*requests)
		*requests = append(*requests, r)
		if n >= len(answers) {
			t.Errorf("request %d was not expected: %s %s", n+1, r.Method, r.URL)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		a := answers[n]
		if a.drop {
			panic(http.ErrAbortHandler)
		}
		for name, value := range a.header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}))
	t.Cleanup(server.Close)
	c := New(server.URL, Token("stoa_pat_x"))
	c.jitter = func() float64 { return 1 }
	c.sleep = func(ctx context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return ctx.Err()
	}
	return c, requests, waits
}

const problemBody = `{"type":"/docs/errors#execution_queue_full","title":"Too Many Requests","status":429,"code":"execution_queue_full",
 "detail":"100 executions wait already.","correlation_id":"c-1","limit":{"name":"execution.queue.per_user","value":100,"scope":"user","owner":"u-1"}}`

var problemType = map[string]string{"Content-Type": "application/problem+json"}

func TestPostIsTriedAgainWithTheSameKey(t *testing.T) {
	c, requests, waits := scripted(t,
		answer{drop: true},
		answer{status: 503, header: map[string]string{"Retry-After": "7"}},
		answer{status: 429, header: map[string]string{"Retry-After": "2"}},
		answer{status: 202, body: `{"id":"e-1"}`},
	)
	e, err := c.Executions.Submit(t.Context(), ExecutionRequest{Runtime: "python", Source: "print(1)"})
	if err != nil || e.ID != "e-1" {
		t.Fatalf("got %v, %v", e, err)
	}
	keys := map[string]bool{}
	for _, r := range *requests {
		keys[r.Header.Get("Idempotency-Key")] = true
		if got := r.Header.Get("Authorization"); got != "Bearer stoa_pat_x" {
			t.Errorf("authorization %q", got)
		}
	}
	if len(keys) != 1 || keys[""] {
		t.Errorf("idempotency keys %v, want one", keys)
	}
	want := []time.Duration{firstBackoff, 7 * time.Second, 2 * time.Second}
	if diff := cmp.Diff(want, *waits); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
}

func TestEachPostHasItsOwnKey(t *testing.T) {
	c, requests, _ := scripted(t, answer{status: 202, body: `{}`}, answer{status: 202, body: `{}`})
	for range 2 {
		if _, err := c.Executions.Submit(t.Context(), ExecutionRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	first, second := (*requests)[0].Header.Get("Idempotency-Key"), (*requests)[1].Header.Get("Idempotency-Key")
	if first == second {
		t.Errorf("both posts carry key %q", first)
	}
}

func TestWhatIsNotTriedAgain(t *testing.T) {
	for name, a := range map[string]answer{
		"refusal":                 {status: 422},
		"conflict":                {status: 409, header: map[string]string{"Retry-After": "1"}},
		"not found":               {status: 404},
		"limit without time":      {status: 429},
		"longer than we wait for": {status: 503, header: map[string]string{"Retry-After": "3600"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, requests, _ := scripted(t, a)
			_, err := c.Executions.Get(t.Context(), "e-1")
			var e *Error
			if !errors.As(err, &e) || e.Status != a.status || len(*requests) != 1 {
				t.Errorf("got %v after %d requests", err, len(*requests))
			}
		})
	}
}

func TestSignInIsSentOnce(t *testing.T) {
	c, requests, _ := scripted(t, answer{status: 503, header: map[string]string{"Retry-After": "1"}})
	if _, err := c.Auth.SignIn(t.Context(), "a@example.org", "wrong"); err == nil {
		t.Fatal("signed in")
	}
	if len(*requests) != 1 {
		t.Errorf("%d requests", len(*requests))
	}
}

func TestRetriesEnd(t *testing.T) {
	down := answer{status: 502}
	c, requests, waits := scripted(t, down, down, down, down)
	_, err := c.Executions.Get(t.Context(), "e-1")
	if !HasCode(err, "http_502") || len(*requests) != 4 || len(*waits) != 3 {
		t.Errorf("got %v after %d requests and %d waits", err, len(*requests), len(*waits))
	}
	if !slices.IsSorted(*waits) {
		t.Errorf("waits do not grow: %v", *waits)
	}
}

func TestProblemNamesTheLimit(t *testing.T) {
	c, _, _ := scripted(t, answer{status: 429, header: problemType, body: problemBody})
	_, err := c.Executions.Submit(t.Context(), ExecutionRequest{})
	want := &Error{
		Status: 429, Code: "execution_queue_full", Title: "Too Many Requests", Detail: "100 executions wait already.", CorrelationID: "c-1",
		Limit: &ErrorLimit{Name: "execution.queue.per_user", Value: 100, Scope: "user", Owner: "u-1"},
	}
	var got *Error
	if !errors.As(err, &got) {
		t.Fatalf("got %T", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !IsLimited(err) || IsNotFound(err) {
		t.Error("the kind is wrong")
	}
}

func TestRetryAfterDate(t *testing.T) {
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, "-3": 0, "soon": 0,
		"Tue, 01 Jan 2030 00:00:09 GMT": 9 * time.Second,
		"Mon, 31 Dec 2029 00:00:00 GMT": 0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: got %v, want %v", value, got, want)
		}
	}
}

func TestListAsksForPagesAsTheyAreNeeded(t *testing.T) {
	c, requests, _ := scripted(t,
		answer{status: 200, body: `{"items":[{"id":"a"},{"id":"b"}],"next_cursor":"n"}`},
		answer{status: 200, body: `{"items":[{"id":"c"}]}`})
	list := c.Executions.List(t.Context(), ExecutionFilter{Status: "running"})
	if got, err := Collect(list, 2); err != nil || len(got) != 2 || len(*requests) != 1 {
		t.Fatalf("got %d items, %v, %d requests", len(got), err, len(*requests))
	}
	c, requests, _ = scripted(t,
		answer{status: 200, body: `{"items":[{"id":"a"},{"id":"b"}],"next_cursor":"n"}`},
		answer{status: 200, body: `{"items":[{"id":"c"}]}`})
	got, err := Collect(c.Executions.List(t.Context(), ExecutionFilter{Status: "running"}), 0)
	if err != nil || len(got) != 3 || got[2].ID != "c" {
		t.Fatalf("got %v, %v", got, err)
	}
	if q := (*requests)[1].URL.RawQuery; q != "cursor=n&status=running" {
		t.Errorf("second page asked with %q", q)
	}
}

func TestMalformedAddressIsReported(t *testing.T) {
	if _, err := New("localhost:8080").Me.Get(t.Context()); err == nil {
		t.Fatal("no error")
	}
}
