// Command attack measures what hostile runs do to an honest one beside them: how long print(1) takes on a quiet host, and
// while hundreds of fork bombs, spinning loops, memory bombs and floods run on the same node, in turns of one measurement.
// The ratio is what counts: rounds alternate, because a machine's speed drifts from minute to minute. It needs root, as the
// agent does, and a built helper.
//
//	go run ./bench/attack [-hostile 200] [-rounds 5] [-n 60]
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/attack"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

func main() {
	hostile := flag.Int("hostile", 200, "hostile runs at once")
	rounds := flag.Int("rounds", 5, "rounds, each once quiet and once in the storm")
	n := flag.Int("n", 60, "honest runs in each half of a round")
	only := flag.String("only", "", "the name of the one attack to run; empty is all of them, mixed")
	flag.Parse()
	if err := measure(*hostile, *rounds, *n, *only); err != nil {
		fmt.Fprintln(os.Stderr, "attack:", err)
		os.Exit(1)
	}
}

// storms are the attacks that run, by their names. Most keep going until they are ended.
var storms = []string{"fork", "sessions", "siblings", "vfork", "spin", "spin deaf", "spin shared", "spin in the kernel", "hopping", "heap", "stdout", "inodes"}

// pause is before an attack that has met its limit begins again.
const pause = 2 * time.Second

func measure(hostile, rounds, n int, only string) error {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "stoa-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	d, err := sandbox.Open(ctx, sandbox.Config{Dir: dir, Log: slog.New(slog.DiscardHandler), NoCompileCache: true, Slots: hostile + 8})
	if err != nil {
		return err
	}
	defer d.Close()
	jobs, err := hostileJobs(only)
	if err != nil {
		return err
	}
	honest := map[string]sandbox.Job{
		"python, process": {Runtime: "python", Class: sandbox.ClassProcess, Source: []byte("print(1)")},
		"bash, fresh":     {Runtime: "bash", Class: sandbox.ClassFresh, Source: []byte("echo 1")},
	}
	for name := range honest { // the first has the interpreter warmed
		if _, err := series(ctx, d, honest[name], 20); err != nil {
			return err
		}
	}
	ratios := map[string][]float64{}
	for round := range rounds {
		for _, name := range []string{"python, process", "bash, fresh"} {
			quiet, err := series(ctx, d, honest[name], n)
			if err != nil {
				return err
			}
			stop := storm(ctx, d, jobs, hostile)
			loud, err := series(ctx, d, honest[name], n)
			stop()
			if err != nil {
				return err
			}
			ratio := float64(loud[n*95/100]) / float64(quiet[n*95/100])
			ratios[name] = append(ratios[name], ratio)
			fmt.Printf("round %d, %-16s quiet p50 %6.1f p95 %6.1f ms   beside %d hostile p50 %6.1f p95 %6.1f ms   p95 %.2fx\n", round+1, name,
				ms(quiet[n/2]), ms(quiet[n*95/100]), hostile, ms(loud[n/2]), ms(loud[n*95/100]), ratio)
		}
	}
	for name, r := range ratios {
		slices.Sort(r)
		fmt.Printf("%-16s p95 moves %.2fx (median of %d rounds, %.2f to %.2f)\n", name, r[len(r)/2], len(r), r[0], r[len(r)-1])
	}
	return nil
}

func hostileJobs(only string) ([]sandbox.Job, error) {
	all, err := attack.All()
	if err != nil {
		return nil, err
	}
	var jobs []sandbox.Job
	for _, a := range all {
		if only != "" && a.Name != only || only == "" && !slices.Contains(storms, a.Name) {
			continue
		}
		i := max(slices.IndexFunc(a.Programs, func(p attack.Program) bool { return p.Runtime == "perl" || p.Runtime == "bash" }), 0)
		job := sandbox.Job{ID: a.Name, Runtime: a.Programs[i].Runtime, Class: sandbox.ClassFresh, Source: []byte(a.Programs[i].Source), Limits: a.Limits, CacheScope: "bench"}
		// Each stays for its minute, unless a limit of its own ends it.
		job.Limits.Wall, job.Limits.CPU, job.Limits.MemoryBytes = time.Minute, time.Minute, 32<<20
		jobs = append(jobs, job)
	}
	if jobs == nil {
		return nil, fmt.Errorf("there is no attack %q", only)
	}
	return jobs, nil
}

// storm keeps n hostile runs going; it returns when each of them has had its time to begin. Stop ends them.
func storm(ctx context.Context, d *sandbox.Driver, jobs []sandbox.Job, n int) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			for ctx.Err() == nil {
				_, _ = d.Run(ctx, jobs[i%len(jobs)], nil)
				select {
				case <-ctx.Done():
				case <-time.After(pause):
				}
			}
		})
	}
	select {
	case <-ctx.Done():
	case <-time.After(5 * time.Second):
	}
	return func() { cancel(); wait.Wait() }
}

// series runs a job n times, one after the other, and returns how long each took, sorted.
func series(ctx context.Context, d *sandbox.Driver, job sandbox.Job, n int) ([]time.Duration, error) {
	took := make([]time.Duration, n)
	for i := range took {
		begin := time.Now()
		r, err := d.Run(ctx, job, nil)
		took[i] = time.Since(begin)
		if err != nil || r.Outcome != sandbox.Completed || r.StdoutBytes != 2 {
			return nil, fmt.Errorf("an honest run ended as %+v, %w", r, err)
		}
	}
	slices.Sort(took)
	return took, nil
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
