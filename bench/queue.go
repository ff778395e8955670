package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// crowd is who submits in `queue`: a thousand runs together, one user's after the
// other's, so that whoever comes last has everybody before him. One more comes when
// the queue is half done.
var crowd = []submitter{
	{"high", 50, false},
	{"high", 50, false},
	{"normal", 240, false},
	{"normal", 120, false},
	{"normal", 120, false},
	{"normal", 60, false},
	{"normal", 40, false},
	{"low", 110, false},
	{"low", 110, false},
	{"background", 90, false},
	{"normal", 10, true},
}

type submitter struct {
	priority string
	runs     int
	late     bool
}

// person is a submitter with a session of its own.
type person struct {
	submitter
	name   string
	cookie string
	came   time.Time
	waits  []float64 // ms, of each run, from when the person submitted it and the node was open; sorted
}

// showQueue queues a thousand runs behind a closed node, opens it, and tells how
// long everybody waited.
func showQueue(ctx context.Context, o options) error {
	runtime, err := pythonOf(ctx, o)
	if err != nil {
		return err
	}
	in, err := install(ctx, o.bin)
	if err != nil {
		return err
	}
	defer in.stop()
	if err := in.warm(ctx, runtime); err != nil {
		return err
	}
	for name, value := range map[string]any{"execution.queue.per_user": 1000, "execution.batch.max": 1000, "execution.concurrent": 2, "identity.registration": "open"} {
		if err := in.call(ctx, http.MethodPut, "/api/v1/limits/"+name, map[string]any{"scope": "global", "value": value}, nil); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	var nodes struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := in.call(ctx, http.MethodGet, "/api/v1/nodes", nil, &nodes); err != nil {
		return err
	}
	node := "/api/v1/nodes/" + nodes.Items[0].ID
	if err := in.call(ctx, http.MethodPost, node+"/cordon", nil, nil); err != nil {
		return err
	}
	var people []*person
	for i, s := range crowd {
		p := &person{submitter: s, name: fmt.Sprintf("user %d", i+1)}
		if err := in.register(ctx, p); err != nil {
			return err
		}
		people = append(people, p)
	}
	for _, p := range people {
		if !p.late {
			if err := in.queue(ctx, p, runtime); err != nil {
				return err
			}
		}
	}
	opened := time.Now()
	if err := in.call(ctx, http.MethodPost, node+"/uncordon", nil, nil); err != nil {
		return err
	}
	if err := in.drainQueue(ctx, people, runtime); err != nil {
		return err
	}
	took := time.Since(opened)
	for _, p := range people {
		if err := in.collect(ctx, p, opened); err != nil {
			return err
		}
	}
	reportQueue(o, people, took)
	return nil
}

// register makes a user with a session.
func (in *installation) register(ctx context.Context, p *person) error {
	body := strings.NewReader(fmt.Sprintf(`{"email":"%s@bench.example","name":%q,"password":"a long enough one"}`, strings.ReplaceAll(p.name, " ", ""), p.name))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, in.url+"/api/v1/auth/register", body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := in.client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	for _, c := range response.Cookies() {
		p.cookie = c.Name + "=" + c.Value
	}
	if p.cookie == "" {
		return fmt.Errorf("register %s: %s", p.name, response.Status)
	}
	return nil
}

// as asks the API as one of the people.
func (in *installation) as(ctx context.Context, p *person, method, path string, body, answer any) error {
	return call(ctx, in.client, method, in.url+path, body, answer, "Cookie", p.cookie)
}

// queue submits all of a person's runs.
func (in *installation) queue(ctx context.Context, p *person, runtime string) error {
	p.came = time.Now()
	one := map[string]any{"runtime": runtime, "source": "print(1)", "priority": p.priority}
	var answer struct {
		Items []struct {
			Problem *struct {
				Detail string `json:"detail"`
			} `json:"problem"`
		} `json:"items"`
	}
	if err := in.as(ctx, p, http.MethodPost, "/api/v1/executions/batch", map[string]any{"executions": slices.Repeat([]any{one}, p.runs)}, &answer); err != nil {
		return err
	}
	for _, item := range answer.Items {
		if item.Problem != nil {
			return errors.New(item.Problem.Detail)
		}
	}
	return nil
}

// drainQueue waits until everything has ended, and lets the late come when half has.
func (in *installation) drainQueue(ctx context.Context, people []*person, runtime string) error {
	for deadline := time.Now().Add(5 * time.Minute); ; {
		var q struct {
			Queued int `json:"queued"`
			Active int `json:"active"`
		}
		if err := in.call(ctx, http.MethodGet, "/api/v1/executions/queue", nil, &q); err != nil {
			return err
		}
		for _, p := range people {
			if p.late && p.came.IsZero() && q.Queued < 500 {
				if err := in.queue(ctx, p, runtime); err != nil {
					return err
				}
				q.Queued += p.runs
			}
		}
		switch {
		case q.Queued+q.Active == 0:
			return nil
		case time.Now().After(deadline):
			return fmt.Errorf("%d runs still wait after five minutes", q.Queued)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// collect reads when each of a person's runs got its node.
func (in *installation) collect(ctx context.Context, p *person, opened time.Time) error {
	from := opened
	if p.came.After(from) {
		from = p.came
	}
	for cursor := ""; ; {
		var page struct {
			Items []struct {
				Status      string    `json:"status"`
				ScheduledAt time.Time `json:"scheduled_at"`
			} `json:"items"`
			Next string `json:"next_cursor"`
		}
		if err := in.as(ctx, p, http.MethodGet, "/api/v1/executions?owner=me&limit=100&cursor="+cursor, nil, &page); err != nil {
			return err
		}
		for _, e := range page.Items {
			if e.Status != "completed" {
				return fmt.Errorf("a run of %s is %s", p.name, e.Status)
			}
			p.waits = append(p.waits, since(from, e.ScheduledAt))
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	slices.Sort(p.waits)
	if len(p.waits) != p.runs {
		return fmt.Errorf("%s has %d runs of %d", p.name, len(p.waits), p.runs)
	}
	return nil
}

// reportQueue prints what everybody waited. Users of equal rank who submitted
// different amounts are compared over as many runs as the smallest of them has:
// fair means that the n-th run of each is served at about the same time.
func reportQueue(o options, people []*person, took time.Duration) {
	total := 0
	ranks := map[string][]*person{}
	for _, p := range people {
		total += p.runs
		if !p.late {
			ranks[p.priority] = append(ranks[p.priority], p)
		}
	}
	fmt.Fprintf(o.out, "%d runs of print(1) of %d users, queued one user's after the other's, all served %.1f s after the node opened\n", total, len(people), took.Seconds())
	fmt.Fprintf(o.out, "%-8s %-11s %5s %12s %12s %12s\n", "", "priority", "runs", "first ms", "median ms", "last ms")
	for _, p := range people {
		note := ""
		if p.late {
			note = "  came when half was done"
		}
		fmt.Fprintf(o.out, "%-8s %-11s %5d %12.0f %12.0f %12.0f%s\n", p.name, p.priority, p.runs, p.waits[0], median(p.waits), p.waits[len(p.waits)-1], note)
	}
	worst := 1.0
	for _, rank := range slices.SortedFunc(maps.Keys(ranks), cmp.Compare[string]) {
		equals := ranks[rank]
		if len(equals) < 2 {
			continue
		}
		fewest := slices.MinFunc(equals, func(a, b *person) int { return cmp.Compare(a.runs, b.runs) }).runs
		var means []float64
		for _, p := range equals {
			sum := 0.0
			for _, w := range p.waits[:fewest] {
				sum += w
			}
			means = append(means, sum/float64(fewest))
		}
		ratio := slices.Max(means) / slices.Min(means)
		worst = max(worst, ratio)
		fmt.Fprintf(o.out, "%-8s the %d users' first %d runs waited %.0f to %.0f ms on average: %.2fx\n", rank, len(equals), fewest, slices.Min(means), slices.Max(means), ratio)
	}
	fmt.Fprintf(o.out, "longest wait against shortest between users of equal rank: %.2fx\n", worst)
}
