package sandbox

import (
	"sync"
	"testing"
	"time"
)

// A run that goes on computing takes turns, one that sleeps does not; long ones stand back for neither once it has been there for
// a while; and the slot is as before for the next.
func TestYouth(t *testing.T) {
	d := alone(t)
	if d.current.slots[0].account.freezer < 0 {
		t.Skip("THIS HOST HAS NO CGROUP THAT FREEZES")
	}
	turns := d.current.turns
	take := func() (long, young int) {
		turns.mu.Lock()
		defer turns.mu.Unlock()
		return len(turns.awake) + len(turns.waiting), turns.young
	}
	for source, want := range map[string]int{
		"i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done; sleep 1; echo late; read x": 1,
		"sleep 3; echo late; read x": 0,
	} {
		job := bash(source)
		job.Limits.Wall = patience
		stdin := make(chan struct{})
		job.Stdin = blocked(stdin)
		var long, young int
		r, err := d.Run(t.Context(), job, func(Stream, []byte) { long, young = take(); close(stdin) })
		if err != nil || r.Reason != "" {
			t.Fatalf("%+v, %v", r, err)
		}
		if r.Usage.CPU < youth == (want == 1) {
			t.Skipf("this host is too busy, or too fast: %v", r.Usage.CPU)
		}
		if long != want || young != 0 {
			t.Errorf("after %v, %d take turns and %d are young", r.Usage.CPU, long, young)
		}
		if long, young := take(); long != 0 || young != 0 {
			t.Errorf("afterwards %d take turns and %d are young", long, young)
		}
	}
}

// Many that compute for long, of many processes each, all end as they would alone: what stands still when its time is up can be
// killed, and takes its turn else.
func TestLongRunsTakeTurns(t *testing.T) {
	d := alone(t)
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			job := bash("for p in 1 2 3; do while :; do :; done & done; sleep 0.2; i=0; while [ $i -lt 5000 ]; do i=$((i + 1)); done; echo done")
			want := Result{Outcome: Completed, StdoutBytes: 5}
			job.Limits.Wall, job.Limits.CPU = patience, patience
			if i%2 == 0 {
				job, want = bash("for p in 1 2 3; do while :; do :; done & done; wait"), Result{Outcome: TimedOut}
				job.Limits.Wall = time.Second
			}
			r, err := d.Run(t.Context(), job, nil)
			if err != nil || r.Outcome != want.Outcome || r.StdoutBytes != want.StdoutBytes {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	wait.Wait()
	if s := d.Settle(); len(s) > 0 {
		t.Errorf("alive after their runs: %v", s)
	}
}
