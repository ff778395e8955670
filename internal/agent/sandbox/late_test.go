package sandbox

import (
	"testing"
	"time"
)

// A limit that ends a run while its cell is still being entered is named as any other: it is no fault of ours.
func TestEndedBeforeItBegan(t *testing.T) {
	d := alone(t)
	for range 40 {
		for _, wall := range []time.Duration{1, time.Microsecond, 200 * time.Microsecond, time.Millisecond} {
			job := bash("sleep 1")
			job.Limits.Wall = wall
			if r, err := d.Run(t.Context(), job, nil); err != nil || r.Outcome != TimedOut || r.Reason != ReasonWall {
				t.Fatalf("within %v: %+v, %v", wall, r, err)
			}
		}
	}
}
