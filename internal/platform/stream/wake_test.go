package stream

import (
	"sync"
	"testing"
)

func TestWake(t *testing.T) {
	var w Wake[string]
	a, cancelA := w.Wait("x")
	b, cancelB := w.Wait("x")
	c, cancelC := w.Wait("y")
	defer cancelA()
	w.Notify("nobody")
	w.Notify("x")
	<-a
	<-b
	select {
	case <-c:
		t.Error("another key was woken")
	default:
	}
	again, cancelAgain := w.Wait("x")
	cancelB() // of an earlier round: must not take the new waiter away
	select {
	case <-again:
		t.Error("woken by an earlier Notify")
	default:
	}
	w.NotifyAll()
	<-again
	<-c
	cancelAgain()
	cancelC()
	_, cancel := w.Wait("z")
	cancel()
	cancel()
	if len(w.waiting) != 0 {
		t.Errorf("something is left: %v", w.waiting)
	}
}

// TestWakeLosesNothing: wait, look, then wait on the channel.
func TestWakeLosesNothing(t *testing.T) {
	var (
		w     Wake[int]
		mu    sync.Mutex
		state int
		all   sync.WaitGroup
	)
	for range 8 {
		all.Go(func() {
			for {
				woken, cancel := w.Wait(1)
				mu.Lock()
				done := state == 100
				mu.Unlock()
				if done {
					cancel()
					return
				}
				<-woken
				cancel()
			}
		})
	}
	for range 100 {
		mu.Lock()
		state++
		mu.Unlock()
		w.Notify(1)
	}
	all.Wait()
}
