package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"
)

// traffic is people who go on asking for things while what they ask dies.
type traffic struct {
	in    *installation
	me    string
	quiet sync.RWMutex // held for reading while one thing is under way
	wg    sync.WaitGroup
	stop  context.CancelFunc

	mu         sync.Mutex
	executions []string
	projects   []string
	notices    int // accepted
	changes    int // of one person's preferences
	failed     []error
}

const (
	customers = 4               // each with one execution under way
	patience  = 3 * time.Minute // for one thing to be accepted, or to end
)

func (in *installation) startTraffic(ctx context.Context, t *testing.T, seed uint64) *traffic {
	t.Helper()
	me, err := in.client().Me.Get(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w := &traffic{in: in, me: me.User.ID}
	ctx, w.stop = context.WithCancel(ctx)
	for i := range customers {
		w.ask(ctx, rand.New(rand.NewPCG(seed, uint64(i))), w.execution)
	}
	w.ask(ctx, rand.New(rand.NewPCG(seed, customers)), w.something)
	return w
}

// ask asks again and again, until ctx ends or an answer is wrong.
func (w *traffic) ask(ctx context.Context, random *rand.Rand, what func(context.Context, int, *rand.Rand) error) {
	w.wg.Go(func() {
		for n := 1; ; n++ {
			w.quiet.RLock()
			if ctx.Err() != nil {
				w.quiet.RUnlock()
				return
			}
			within, cancel := context.WithTimeout(ctx, patience)
			err := what(within, n, random)
			cancel()
			w.quiet.RUnlock()
			if err != nil {
				w.mu.Lock()
				w.failed = append(w.failed, err)
				w.mu.Unlock()
				return
			}
			<-time.After(time.Duration(random.IntN(400)) * time.Millisecond)
		}
	})
}

// execution submits one and waits for its end.
func (w *traffic) execution(ctx context.Context, _ int, random *rand.Rand) error {
	id, err := w.in.persist(ctx, http.MethodPost, "/executions", programs[random.IntN(len(programs))], key(random))
	if err != nil {
		return err
	}
	w.mu.Lock()
	w.executions = append(w.executions, id)
	w.mu.Unlock()
	for {
		status, err := w.in.call(ctx, http.MethodGet, "/executions/"+id, nil, "")
		if err == nil && status != "queued" && status != "scheduled" && status != "running" {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("execution %s is %s (%w): it is stuck", id, status, err)
		}
		<-time.After(100 * time.Millisecond)
	}
}

// something makes a plain event: about many things, in an inbox, or about one thing again and again.
func (w *traffic) something(ctx context.Context, n int, random *rand.Rand) error {
	method, path, body := http.MethodPatch, "/me/preferences", map[string]any{"custom": map[string]any{"n": n}}
	switch n % 4 {
	case 0:
		method, path, body = http.MethodPost, "/projects", map[string]any{"name": "project " + strconv.Itoa(n)}
	case 1:
		method, path, body = http.MethodPost, "/notifications", map[string]any{"user_id": w.me, "severity": "high", "title": "notice " + strconv.Itoa(n)}
	}
	id, err := w.in.persist(ctx, method, path, body, key(random))
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch n % 4 {
	case 0:
		w.projects = append(w.projects, id)
	case 1:
		w.notices++
	default:
		w.changes++
	}
	return nil
}

func key(random *rand.Rand) string { return fmt.Sprintf("%016x", random.Uint64()) }

// persist asks with one key until it is accepted.
func (in *installation) persist(ctx context.Context, method, path string, body any, key string) (string, error) {
	for {
		id, err := in.call(ctx, method, path, body, key)
		if err == nil {
			return id, nil
		}
		var refused refusal
		if ctx.Err() != nil || errors.As(err, &refused) && refused.final() {
			return "", fmt.Errorf("%s %s: %w", method, path, err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// check looks at what was accepted, while nothing is under way.
func (w *traffic) check(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, err := range w.failed {
		t.Error(err)
	}
	w.in.checkEvents(t, w.executions)
	w.in.hold(t, map[string]string{
		"projects that were not made exactly once": `
SELECT count(*) FROM unnest($1::uuid[]) a (id) WHERE (SELECT count(*) FROM event e WHERE e.aggregate_id = a.id AND e.type = 'project.created.v1') <> 1`,
		"projects that nobody was promised": `
SELECT count(*) FROM project p WHERE p.name LIKE 'project %' AND NOT EXISTS (SELECT FROM unnest($1::uuid[]) a (id) WHERE a.id = p.id)`,
		"notices more or less than accepted": fmt.Sprintf(`
SELECT abs(count(DISTINCT source_id) - %d) FROM notification WHERE cause = 'message' AND $1::uuid[] IS NOT NULL`, w.notices),
		"changes of preferences more or less than accepted": fmt.Sprintf(`
SELECT abs(count(*) - %d) FROM event WHERE type = 'preference.changed.v1' AND $1::uuid[] IS NOT NULL`, w.changes),
	}, func() []string { return w.projects })
}
