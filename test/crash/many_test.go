package crash

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

var kills = flag.Int("kills", 12, "how many kills TestManyKills does within one installation")

// victims are chosen among by chance. What takes everything along is there once, because its way back is long.
var victims = []string{
	"stoad", "stoad", "stoad", "agent", "agent", "helper", "helper", "postgres", "postgres", "backend", "backend", "supervisor", "everything",
}

const (
	checkEvery = 25 // kills
	healWithin = 3 * time.Minute
)

// One installation goes on working while its processes are killed at random times, and tells others what happens: two sinks,
// a receiver that is often away itself, a subscriber, replays. Nobody misses anything, and nobody is told what did not happen.
func TestManyKills(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills whole programs")
	}
	first := *seed
	if first == 0 {
		first = uint64(time.Now().UnixNano())
	}
	in := install(t)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("seed %d; the data is in %s", first, in.keep())
		}
	})
	k := &killer{installation: in, random: rand.New(rand.NewPCG(first, 0)), dead: map[string]int{}}
	a := assemble(t, first)
	k.begin(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a.join(ctx, t, in)
	work := in.startTraffic(ctx, t, first)
	for n := 1; n <= *kills && !t.Failed(); n++ {
		k.strike(t)
		if n%8 == 4 {
			a.replay(ctx, t, in)
		}
		if n%checkEvery == 0 || n == *kills {
			k.heal(t)
			work.quiet.Lock()
			a.check(t, in, work)
			t.Logf("%s; %s", k, a)
			work.quiet.Unlock()
		}
	}
	work.stop()
	work.wg.Wait()
	if !t.Failed() {
		a.hooks.checkAllArrived(t, in)
	}
	cancel()
	a.following.Wait()
	cgroups := k.cgroups()
	in.stop(t)
	in.checkNothingLeft(t)
	checkCgroups(t, cgroups)
}

// killer kills processes of its installation.
type killer struct {
	*installation
	random *rand.Rand
	dead   map[string]int // how many of which
}

func (k *killer) String() string {
	all := 0
	parts := make([]string, 0, len(k.dead))
	for _, who := range slices.Sorted(maps.Keys(k.dead)) {
		all += k.dead[who]
		parts = append(parts, fmt.Sprintf("%s %d", who, k.dead[who]))
	}
	return fmt.Sprintf("%d kills (%s)", all, strings.Join(parts, ", "))
}

// begin starts everything; now and then with a label at which the control plane or the agent will kill itself.
func (k *killer) begin(t *testing.T) {
	t.Helper()
	point := points[k.random.IntN(len(points))]
	if k.starts == 0 || point.victim == "kill" {
		k.start(t, nil)
		return
	}
	k.start(t, map[string]string{point.victim: fmt.Sprintf("%s:%d", point.label, k.random.IntN(20))})
}

// strike kills one process that is there, and starts what nobody else will start.
func (k *killer) strike(t *testing.T) {
	t.Helper()
	<-time.After(time.Duration(50+k.random.IntN(1450)) * time.Millisecond)
	who := k.one(t)
	k.dead[who]++
	if who != "supervisor" && who != "everything" {
		if k.random.IntN(2) == 0 { // otherwise the next one dies while this one comes back
			k.heal(t)
		}
		return
	}
	select { // the others end with it, and with them its output
	case <-k.ended:
	case <-time.After(healWithin):
		t.Fatalf("something outlives its supervisor: %v", k.processes())
	}
	if _, err := os.Stat(filepath.Join(k.dir, "died-"+strconv.Itoa(k.starts))); err == nil {
		k.dead["at a label"]++
	}
	k.begin(t)
}

// one kills a process, or everything, and returns who it was once that is dead. Who is not there is not chosen.
func (k *killer) one(t *testing.T) string {
	t.Helper()
	for deadline := time.Now().Add(healWithin); time.Now().Before(deadline); {
		select {
		case <-k.ended:
			t.Fatalf("stoad ended by itself: %s", k.output.String())
		default:
		}
		who := victims[k.random.IntN(len(victims))]
		if who == "everything" { // the supervisor first: it would start the others again
			died := false
			for _, each := range []string{"supervisor", "stoad", "agent", "helper", "postgres"} {
				for _, pid := range k.find(each) {
					died = k.slay(t, each, pid) || died
				}
			}
			if died {
				return who
			}
			continue
		}
		if all := k.find(who); len(all) > 0 && k.slay(t, who, all[k.random.IntN(len(all))]) {
			return who
		}
	}
	t.Fatal("there is nobody left to kill")
	return ""
}

// slay kills a process and waits until it is dead. The number may be another's by now, so it is looked at once more when the
// process is held.
func (k *killer) slay(t *testing.T, who string, pid int) bool {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return false
	}
	defer func() { _ = unix.Close(fd) }()
	if !slices.Contains(k.find(who), pid) || unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0) != nil {
		return false
	}
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	for deadline := time.Now().Add(healWithin); time.Now().Before(deadline); {
		if n, err := unix.Poll(poll, 1000); err == nil && n == 1 {
			return true
		}
	}
	t.Fatalf("%s (process %d) does not die", who, pid)
	return false
}

// find lists an installation's processes of one kind.
func (k *killer) find(who string) (pids []int) {
	if who == "supervisor" {
		return []int{k.cmd.Process.Pid}
	}
	for _, p := range k.processes() {
		program, arguments, _ := strings.Cut(p.command, " ")
		switch filepath.Base(program) {
		case "stoad":
			if who == "stoad" && p.pid != k.cmd.Process.Pid {
				pids = append(pids, p.pid)
			}
		case "stoa-agent", "postgres":
			if strings.HasSuffix(filepath.Base(program), who) {
				pids = append(pids, p.pid)
			}
			if who == "backend" && filepath.Base(program) == "postgres" {
				pids = append(pids, childrenOf(p.pid)...)
			}
		case "stoa-sandbox":
			if who == "helper" && strings.HasPrefix(arguments, "warden") {
				pids = append(pids, p.pid)
			}
		}
	}
	return pids
}

func childrenOf(parent int) (pids []int) {
	entries, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range entries {
		stat, _ := os.ReadFile(path)
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // state, parent, …
		if len(fields) > 1 && fields[1] == strconv.Itoa(parent) && fields[0] != "Z" {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// heal waits until everybody is there again and answers.
func (k *killer) heal(t *testing.T) {
	t.Helper()
	deadline := time.After(healWithin)
	missing := func() string {
		for _, who := range []string{"stoad", "agent", "helper", "postgres"} {
			if len(k.find(who)) == 0 {
				return who + " is not there"
			}
		}
		if _, err := k.call(t.Context(), http.MethodGet, "/me", nil, ""); err != nil {
			return err.Error()
		}
		return ""
	}
	for what := missing(); what != ""; what = missing() {
		select {
		case <-k.ended:
			t.Fatalf("stoad ended by itself: %s", k.output.String())
		case <-deadline:
			t.Fatalf("it does not heal: %s", what)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

var tree = regexp.MustCompile(`stoa-[0-9a-f]{8}-`)

// cgroups is how the names of this installation's begin: its helper is told them.
func (k *killer) cgroups() string {
	for _, p := range k.processes() {
		if strings.Contains(p.command, "stoa-sandbox warden") && tree.MatchString(p.command) {
			return tree.FindString(p.command)
		}
	}
	return ""
}

func checkCgroups(t *testing.T, prefix string) {
	t.Helper()
	if prefix == "" {
		t.Log("there were no cgroups")
		return
	}
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(own)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		left, err := filepath.Glob(filepath.Join("/sys/fs/cgroup", "*", parts[2], prefix+"*"))
		more, err2 := filepath.Glob(filepath.Join("/sys/fs/cgroup", parts[2], prefix+"*"))
		for _, path := range append(left, more...) {
			t.Errorf("a cgroup is left: %s", path)
		}
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
	}
}
