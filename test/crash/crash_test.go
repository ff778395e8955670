// Package crash kills what runs, at every labelled moment and at random ones, and
// checks the promises: every accepted execution reaches exactly one terminal
// status, every consumer sees every event once and in order, and nothing is left.
package crash

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

var (
	rounds = flag.Int("rounds", 27, "how many rounds of kills")
	seed   = flag.Uint64("seed", 0, "the first round's seed; 0 takes the time")
)

// points are the labels at which the control plane (stoad) or the agent kill themselves.
var points = []struct{ victim, label string }{
	{"stoad", "execution.submit.before_commit"},
	{"stoad", "execution.submit.not_hinted"},
	{"stoad", "execution.not_assigned"},
	{"stoad", "execution.assigned"},
	{"stoad", "execution.claim.before_commit"},
	{"stoad", "execution.claim.not_hinted"},
	{"stoad", "execution.result_received"},
	{"stoad", "execution.end.before_commit"},
	{"stoad", "execution.end.not_hinted"},
	{"stoad", "execution.not_acked"},
	{"stoad", "sequencer.before_commit"},
	{"stoad", "sequencer.not_hinted"},
	{"stoad", "consumer.mid_handler"},
	{"stoad", "consumer.committed"},
	{"agent", "agent.claimed"},
	{"agent", "agent.running"},
	{"agent", "agent.ended"},
	{"agent", "agent.result_sent"},
	{"kill", "stoad"},
	{"kill", "agent"},
	{"kill", "postgres"},
}

var binaries string

func TestMain(m *testing.M) {
	if os.Getenv(asked) != "" {
		if err := answer(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	if testing.Short() { // nothing is killed, so nothing is built
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "stoa-crash-bin-")
	if err == nil {
		err = build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build programs that can be killed:", err)
		os.Exit(1)
	}
	binaries = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func build(dir string) error {
	cmd := exec.Command("go", "build", "-tags", "crashpoints,noweb", "-o", dir, "./cmd/stoad", "./cmd/stoa-agent")
	cmd.Dir = filepath.Join("..", "..")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}

// Every point is met at least once when there are at least as many rounds as points.
func TestKills(t *testing.T) {
	if testing.Short() {
		t.Skip("kills take minutes")
	}
	first := *seed
	if first == 0 {
		first = uint64(time.Now().UnixNano())
	}
	t.Logf("first seed %d", first)
	in := install(t)
	for i := range *rounds {
		random := rand.New(rand.NewPCG(first, uint64(i)))
		point := points[i%len(points)]
		if i >= len(points) {
			point = points[random.IntN(len(points))]
		}
		name := fmt.Sprintf("%03d_%s_%s", i, point.victim, point.label)
		ok := t.Run(name, func(t *testing.T) { in.round(t, point.victim, point.label, random) })
		if !ok {
			t.Fatalf("round %d of seed %d failed; the data is in %s", i, first, in.keep())
		}
	}
	in.stop(t)
	in.checkNothingLeft(t)
}

// round submits while something is killed, lets everything heal, and checks.
func (in *installation) round(t *testing.T, victim, label string, random *rand.Rand) {
	crashAt := map[string]string{}
	if victim != "kill" {
		crashAt[victim] = fmt.Sprintf("%s:%d", label, random.IntN(4))
	}
	began := time.Now()
	lap := func(what string) { t.Logf("%s after %.1f s", what, time.Since(began).Seconds()) }
	in.start(t, crashAt)
	lap("started")
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	work := in.submitAll(ctx, t, 12, random)
	if victim == "kill" {
		in.kill(t, label, time.Duration(random.IntN(400))*time.Millisecond)
	}
	accepted := work.wait(t)
	lap("accepted")
	in.awaitAll(ctx, t, accepted)
	lap("ended")
	in.awaitConsumer(ctx, t)
	lap("consumed")
	in.checkEvents(t, accepted)
	in.stop(t)
}
