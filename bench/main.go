// Command bench measures Stoa against named peers on this machine, and prints ratios.
//
//	go run ./bench [flags] [all|run|hops|parts|queue|neighbours|api|events|sse|plane|idle]
//
// Everything that is compared takes turns within one run, because a machine's speed
// drifts from minute to minute; README.md says what each comparison shows.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options is what every comparison is told.
type options struct {
	out        io.Writer
	bin        string // a folder with stoad, stoa and stoa-agent
	against    string // another build of them
	python     string
	goJudge    string
	pocketBase string
	rounds     int
	turn       time.Duration

	subscribers []int
}

// comparisons are the commands, in the order of “all”.
var comparisons = []struct {
	name string
	run  func(context.Context, options) error
}{
	{"run", compareRuns},
	{"hops", showHops},
	{"parts", showParts},
	{"queue", showQueue},
	{"neighbours", showNeighbours},
	{"api", compareAPI},
	{"events", measureEvents},
	{"sse", measureSSE},
	{"plane", measurePlane},
	{"idle", measureIdle},
}

func main() {
	o := options{out: os.Stdout}
	flag.StringVar(&o.bin, "bin", "bin", "the folder with the built programs")
	flag.StringVar(&o.against, "against", "", "the folder with another build of them, to compare runs with")
	flag.StringVar(&o.python, "python", "/usr/bin/python3", "the bare interpreter; runs use the runtime of the same version")
	flag.StringVar(&o.goJudge, "go-judge", "", "a go-judge program, to compare runs with")
	flag.StringVar(&o.pocketBase, "pocketbase", "", "a PocketBase program, to compare the API with")
	flag.IntVar(&o.rounds, "rounds", 12, "turns of each contender")
	flag.DurationVar(&o.turn, "turn", time.Second, "how long a turn takes")
	o.subscribers = []int{200, 1000, 5000}
	flag.Func("subscribers", "how many subscribe at once (sse): 200,1000,5000", func(text string) (err error) {
		o.subscribers, err = numbers(text)
		return err
	})
	flag.Parse()
	what := flag.Args()
	if len(what) == 0 || slices.Contains(what, "all") {
		what = nil
		for _, c := range comparisons {
			what = append(what, c.name)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := measure(ctx, o, what); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// numbers reads 200,1000,5000.
func numbers(text string) (all []int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is no number of subscribers", part)
		}
		all = append(all, n)
	}
	return all, nil
}

func measure(ctx context.Context, o options, what []string) error {
	fmt.Fprintf(o.out, "%s, %s\n", time.Now().UTC().Format("2006-01-02 15:04 UTC"), machine())
	for _, name := range what {
		i := slices.IndexFunc(comparisons, func(c struct {
			name string
			run  func(context.Context, options) error
		},
		) bool {
			return c.name == name
		})
		if i < 0 {
			return fmt.Errorf("there is no comparison %q", name)
		}
		fmt.Fprintf(o.out, "\n## %s\n", name)
		if err := comparisons[i].run(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// machine says what was measured on, and how busy it was: the load average counts
// who else wanted to run.
func machine() string {
	cpu := "unknown processor"
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			cpu = strings.TrimSpace(strings.TrimLeft(name, " \t:"))
			break
		}
	}
	load, _ := os.ReadFile("/proc/loadavg")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	first, _, _ := strings.Cut(string(load), " ")
	return fmt.Sprintf("%d × %s, Linux %s, load %s", strings.Count(string(info), "processor\t"), cpu, strings.TrimSpace(string(kernel)), first)
}
