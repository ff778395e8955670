package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/attack"
)

// storms are the attacks that neighbours run, by their names in internal/agent/attack. Most go on until they are ended; those
// that have met a limit begin again.
var storms = []string{"fork", "sessions", "siblings", "vfork", "spin", "spin deaf", "spin shared", "spin in the kernel", "hopping", "heap", "stdout", "inodes"}

const (
	hostileRuns  = 200
	hostileUsers = 20
	honestRuns   = 2000             // long turns come twice a second: fewer runs see too few of them to tell
	settling     = 10 * time.Second // what a storm leaves behind is torn down meanwhile
)

// showNeighbours runs print(1) as one person on a quiet node, and while twenty others have two hundred hostile runs under way
// there. The node has slots for all: what is measured is how they share it, not who gets in.
func showNeighbours(ctx context.Context, o options) error {
	runtime, err := pythonOf(ctx, o)
	if err != nil {
		return err
	}
	if err := os.Setenv("STOA_AGENT_SLOTS", strconv.Itoa(hostileRuns+8)); err != nil {
		return err
	}
	defer os.Unsetenv("STOA_AGENT_SLOTS")
	in, err := install(ctx, o.bin)
	if err != nil {
		return err
	}
	defer in.stop()
	if err := in.warm(ctx, runtime); err != nil {
		return err
	}
	if err := in.call(ctx, http.MethodPut, "/api/v1/limits/identity.registration", map[string]any{"scope": "global", "value": "open"}, nil); err != nil {
		return err
	}
	programs, err := hostilePrograms()
	if err != nil {
		return err
	}
	var users []*person
	for i := range hostileUsers {
		p := &person{name: fmt.Sprintf("hostile %d", i+1)}
		if err := in.register(ctx, p); err != nil {
			return err
		}
		users = append(users, p)
	}
	var ratios []float64
	for round := range 3 {
		quiet, err := in.series(ctx, runtime)
		if err != nil {
			return err
		}
		stop := in.storm(ctx, users, programs)
		var queue struct {
			Active int `json:"active"`
		}
		err = in.call(ctx, http.MethodGet, "/api/v1/executions/queue", nil, &queue)
		var loud []time.Duration
		if err == nil {
			loud, err = in.series(ctx, runtime)
		}
		stop()
		if err != nil {
			return err
		}
		ratios = append(ratios, float64(percentile(loud, 95))/float64(percentile(quiet, 95)))
		fmt.Fprintf(o.out, "round %d: alone p50 %.1f p95 %.1f p99 %.1f ms, beside %d hostile runs of %d users p50 %.1f p95 %.1f p99 %.1f ms: %.2fx\n", round+1,
			ms(percentile(quiet, 50)), ms(percentile(quiet, 95)), ms(percentile(quiet, 99)), queue.Active, hostileUsers, ms(percentile(loud, 50)), ms(percentile(loud, 95)), ms(percentile(loud, 99)), ratios[round])
	}
	fmt.Fprintf(o.out, "p95 of print(1) moves %.2fx (median of the rounds)\n", median(ratios))
	return nil
}

// hostilePrograms are the storms, as somebody submits them.
func hostilePrograms() ([]map[string]any, error) {
	all, err := attack.All()
	if err != nil {
		return nil, err
	}
	var programs []map[string]any
	for _, a := range all {
		if !slices.Contains(storms, a.Name) {
			continue
		}
		i := max(slices.IndexFunc(a.Programs, func(p attack.Program) bool { return p.Runtime == "perl" || p.Runtime == "bash" }), 0)
		programs = append(programs, map[string]any{
			"runtime": a.Programs[i].Runtime, "source": a.Programs[i].Source, "class": "fresh",
			"limits": map[string]any{"wall_ms": 60_000, "cpu_ms": 60_000, "memory_bytes": 32 << 20, "processes": 32},
		})
	}
	return programs, nil
}

// storm keeps the hostile runs going, ten of each user, and returns when they have had time to begin. Stop cancels them.
func (in *installation) storm(ctx context.Context, users []*person, programs []map[string]any) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	for i := range hostileRuns {
		wait.Go(func() {
			p := users[i%len(users)]
			for ctx.Err() == nil {
				_ = in.hostile(ctx, p, programs[i%len(programs)]) // a refusal is as good: it tries again
				select {
				case <-ctx.Done():
				case <-time.After(2 * time.Second):
				}
			}
		})
	}
	select {
	case <-ctx.Done():
	case <-time.After(15 * time.Second):
	}
	return func() {
		cancel()
		wait.Wait()
		<-time.After(settling)
	}
}

// hostile runs one of the programs to its end, or until ctx ends.
func (in *installation) hostile(ctx context.Context, p *person, program map[string]any) error {
	var e struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	}
	err := in.as(ctx, p, http.MethodPost, "/api/v1/executions", program, &e)
	for err == nil && (e.Status == "queued" || e.Status == "scheduled" || e.Status == "running") {
		select {
		case <-ctx.Done():
			return in.as(context.WithoutCancel(ctx), p, http.MethodPost, "/api/v1/executions/"+e.ID+"/cancel", nil, nil)
		case <-time.After(5 * time.Second):
		}
		err = in.as(ctx, p, http.MethodGet, "/api/v1/executions/"+e.ID, nil, &e)
	}
	return err
}

// series runs print(1) one after the other, and returns how long each took, sorted.
func (in *installation) series(ctx context.Context, runtime string) ([]time.Duration, error) {
	took := make([]time.Duration, honestRuns)
	for i := range took {
		begin := time.Now()
		if _, err := in.run(ctx, runtime); err != nil {
			return nil, err
		}
		took[i] = time.Since(begin)
	}
	slices.Sort(took)
	return took, nil
}
