// Command sandbox measures what isolation costs: print(1) in Python through the sandbox driver, against the bare
// interpreter and, where it is installed, bubblewrap with the same namespaces; all in one run, alternating, because a
// machine's speed drifts from minute to minute. It needs root, as the agent does, and a built helper.
//
//	go run ./bench/sandbox [-n 400] [-gvisor bin/stoa-runsc]
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

type contender struct {
	name string
	run  func() error
	took [2][]time.Duration // each run at 1 and at 8 clients
	rate [2][]float64       // runs per second, one for each turn
	cpu  [2]time.Duration   // of all its processes, ours included
	runs [2]int
}

var clients = [2]int{1, 8}

func main() {
	n := flag.Int("n", 400, "runs of each contender")
	only := flag.String("only", "", "a regular expression: measure only the contenders that it matches")
	runsc := flag.String("gvisor", "", "stoa-runsc: measure class gvisor too")
	flag.Parse()
	if err := measure(*n, regexp.MustCompile(*only), *runsc); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
		os.Exit(1)
	}
}

func measure(n int, only *regexp.Regexp, runsc string) error {
	ctx := context.Background()
	m, err := openMeter()
	if err != nil {
		return err
	}
	defer m.close()
	dir, err := os.MkdirTemp("", "stoa-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	d, err := sandbox.Open(ctx, sandbox.Config{Dir: dir, Log: slog.New(slog.DiscardHandler), NoCompileCache: true})
	if err != nil {
		return err
	}
	defer d.Close()
	list, err := contenders(ctx, d)
	if err != nil {
		return err
	}
	if runsc != "" {
		g, closeIt, err := underGVisor(ctx, d, dir, runsc)
		if err != nil {
			return err
		}
		defer func() { _ = closeIt() }()
		list = append(list, g)
	}
	list = slices.DeleteFunc(list, func(x *contender) bool { return !only.MatchString(x.name) })
	for i, c := range clients {
		// Short turns, so that all see the same weather.
		for each := 10 * c; len(list[len(list)-1].took[i]) < n; {
			for _, x := range list {
				if err := x.turn(m, i, c, each); err != nil {
					return fmt.Errorf("%s: %w", x.name, err)
				}
			}
		}
	}
	for i, c := range clients {
		fmt.Printf("\n%d client(s), %d runs each\n%-34s %9s %9s %9s %9s %12s %10s\n", c, n, "", "p50 ms", "p95 ms", "p99 ms", "runs/s", "cpu ms/run", "p50 ratio")
		base := list[0]
		for _, x := range list {
			slices.Sort(x.took[i])
			slices.Sort(x.rate[i])
			at := func(p float64) float64 { return ms(x.took[i][int(p*float64(len(x.took[i])-1))]) }
			fmt.Printf("%-34s %9.2f %9.2f %9.2f %9.0f %12.2f %9.2fx   throughput %.2fx\n", x.name, at(0.5), at(0.95), at(0.99), median(x.rate[i]),
				ms(x.cpu[i])/float64(x.runs[i]), at(0.5)/ms(base.took[i][len(base.took[i])/2]), median(x.rate[i])/median(base.rate[i]))
		}
	}
	return nil
}

func contenders(ctx context.Context, d *sandbox.Driver) ([]*contender, error) {
	runtimes, err := d.Runtimes(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(runtimes, func(r sandbox.Runtime) bool { return r.Name == "python" && strings.HasPrefix(r.Path, "/usr/") })
	if i < 0 {
		return nil, fmt.Errorf("no Python in /usr")
	}
	python := runtimes[i]
	fmt.Println(python.ID(), python.Path)
	list := []*contender{{name: "bare python3 -I -c", run: func() error { return command(python.Path, "-I", "-c", "print(1)") }}}
	if bwrap, err := exec.LookPath("bwrap"); err == nil {
		arguments := []string{
			"--unshare-all", "--die-with-parent", "--new-session", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib",
			"--symlink", "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/box", "--chdir", "/box",
		}
		list = append(list, &contender{name: "bubblewrap --unshare-all python3", run: func() error {
			return command(bwrap, append(arguments, python.Path, "-I", "-c", "print(1)")...)
		}})
		list = append(list, &contender{name: "bubblewrap --unshare-all true", run: func() error {
			return exec.Command(bwrap, append(arguments, "/bin/true")...).Run()
		}})
	}
	through := func(name string, job sandbox.Job, want string) *contender {
		return &contender{name: name, run: func() error {
			var out strings.Builder
			r, err := d.Run(ctx, job, func(_ sandbox.Stream, p []byte) { out.Write(p) })
			if err == nil && (r.Outcome != sandbox.Completed || out.String() != want || r.Class != job.Class) {
				err = fmt.Errorf("%+v %q", r, out.String())
			}
			return err
		}}
	}
	source := []byte("print(1)")
	forked := sandbox.Job{Runtime: python.ID(), Class: sandbox.ClassProcess, Source: source}
	// The first run has the interpreter warmed.
	for r := (sandbox.Result{}); r.Class != sandbox.ClassProcess; {
		if r, err = d.Run(ctx, forked, nil); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(runtimes, func(r sandbox.Runtime) bool { return r.Name == "node" }) {
		if node, err := exec.LookPath("node"); err == nil {
			list = append(list, &contender{name: "bare node -e", run: func() error { return command(node, "-e", "console.log(1)") }},
				through("stoa, node", sandbox.Job{Runtime: "node", Class: sandbox.ClassFresh, Source: []byte("console.log(1)")}, "1\n"))
		}
	}
	return append(list,
		through("stoa, class process", forked, "1\n"),
		through("stoa, class fresh", sandbox.Job{Runtime: python.ID(), Class: sandbox.ClassFresh, Source: source}, "1\n"),
		through("stoa, class fresh, empty bash", sandbox.Job{Runtime: "bash", Class: sandbox.ClassFresh}, ""),
	), nil
}

func command(name string, arguments ...string) error {
	b, err := exec.Command(name, arguments...).Output()
	if err == nil && string(b) != "1\n" {
		err = fmt.Errorf("printed %q", b)
	}
	return err
}

// turn runs n jobs in a closed loop of c clients.
func (x *contender) turn(m *meter, i, c, n int) error {
	var mu sync.Mutex
	var first error
	var wait sync.WaitGroup
	busy, begin := m.used(), time.Now()
	next := make(chan struct{}, n)
	for range n {
		next <- struct{}{}
	}
	close(next)
	for range c {
		wait.Go(func() {
			for range next {
				start := time.Now()
				err := x.run()
				took := time.Since(start)
				mu.Lock()
				x.took[i] = append(x.took[i], took)
				if err != nil && first == nil {
					first = err
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	x.rate[i] = append(x.rate[i], float64(n)/time.Since(begin).Seconds())
	x.cpu[i] += m.used() - busy
	x.runs[i] += n
	return first
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(v []float64) float64 { return v[len(v)/2] }
