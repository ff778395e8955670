package agent

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestHoldRunsFromTheQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		lost := make(chan time.Duration, 2)
		h := newHold(func() { lost <- time.Since(began) })
		defer h.end()
		h.extend(began, 15_000)
		time.Sleep(10 * time.Second)
		h.extend(began.Add(4*time.Second), 15_000) // the answer took six seconds
		h.extend(began, 15_000)                    // an older answer shortens nothing
		if at := <-lost; at != 19*time.Second {
			t.Errorf("lost after %s, want 19s", at)
		}
		h.extend(time.Now(), 1000) // contact again
		if at := <-lost; at != 20*time.Second {
			t.Errorf("lost again after %s, want 20s", at)
		}
	})
}
