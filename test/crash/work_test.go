package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// work is the submissions of one round, which go on while things die.
type work struct {
	wg       sync.WaitGroup
	mu       sync.Mutex
	accepted []string
	failed   []error
}

var programs = []map[string]any{
	{"runtime": "python", "source": "print(1)"},
	{"runtime": "bash", "source": "echo hello; echo oops >&2; exit 3"},
	{"runtime": "python", "source": "import time\nfor i in range(5):\n  print(i, flush=True); time.sleep(0.08)"},
	{"runtime": "bash", "source": "sleep 0.4; echo late"},
	{"runtime": "python", "source": "print('x' * 200_000)"},
}

// submitAll submits n executions, each again with the same key until it is accepted.
func (in *installation) submitAll(ctx context.Context, t *testing.T, n int, random *rand.Rand) *work {
	w := &work{}
	for range n {
		key := fmt.Sprintf("%016x", random.Uint64())
		program := programs[random.IntN(len(programs))]
		pause := time.Duration(random.IntN(300)) * time.Millisecond
		w.wg.Go(func() {
			<-time.After(pause)
			for {
				id, err := in.call(ctx, "POST", "/executions", program, key)
				if err == nil {
					w.mu.Lock()
					w.accepted = append(w.accepted, id)
					w.mu.Unlock()
					return
				}
				var refused refusal
				if ctx.Err() != nil || errors.As(err, &refused) && refused.final() {
					w.mu.Lock()
					w.failed = append(w.failed, err)
					w.mu.Unlock()
					return
				}
				<-time.After(50 * time.Millisecond)
			}
		})
	}
	return w
}

func (w *work) wait(t *testing.T) []string {
	t.Helper()
	w.wg.Wait()
	for _, err := range w.failed {
		t.Errorf("not accepted: %v", err)
	}
	return w.accepted
}

// refusal is an answer that says no.
type refusal struct {
	status int
	code   string
	detail string
}

func (r refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.status, r.code, r.detail) }

// final tells whether asking again would not help. No runtime is known until the
// agent has joined for the first time.
func (r refusal) final() bool {
	return r.status < 500 && r.status != http.StatusTooManyRequests && r.code != "idempotency_in_progress" && r.code != "execution.unknown_runtime"
}

// call makes one request as the local operator and returns the answer's id or status.
func (in *installation) call(ctx context.Context, method, path string, body any, key string) (string, error) {
	var answer struct {
		ID     string `json:"id"`
		Status any    `json:"status"`
		Code   string `json:"code"`
		Detail string `json:"detail"`
		Stage  string `json:"stage"`
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	encoded, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	var content io.Reader
	if body != nil {
		content = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://"+in.listen+"/api/v1"+path, content)
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+in.token())
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(raw, &answer); err != nil && len(raw) > 0 {
		return "", fmt.Errorf("%d: %s", response.StatusCode, strings.TrimSpace(string(raw)))
	}
	if response.StatusCode >= 300 {
		return "", refusal{response.StatusCode, answer.Code, answer.Detail}
	}
	if method == http.MethodGet {
		return fmt.Sprint(answer.Status), nil
	}
	return answer.ID, nil
}

// awaitAll waits until every accepted execution has ended.
func (in *installation) awaitAll(ctx context.Context, t *testing.T, ids []string) {
	t.Helper()
	for _, id := range ids {
		for {
			status, err := in.call(ctx, "GET", "/executions/"+id, nil, "")
			if err == nil && status != "queued" && status != "scheduled" && status != "running" {
				break
			}
			if ctx.Err() != nil {
				t.Fatalf("execution %s is %s (%v): it is stuck", id, status, err)
			}
			<-time.After(50 * time.Millisecond)
		}
	}
}
