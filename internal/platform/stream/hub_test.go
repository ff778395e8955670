package stream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

func read(s *Subscription) (data []string) {
	for f := range s.C {
		data = append(data, string(f.Data))
	}
	return data
}

func TestHubFansOutInOrder(t *testing.T) {
	h := NewHub(Measure{})
	a, b, other := h.Subscribe("x", 4), h.Subscribe("x", 4), h.Subscribe("y", 4)
	for i := range 3 {
		if n := h.Publish("x", Frame{Data: fmt.Append(nil, i)}); n != 2 {
			t.Errorf("reached %d", n)
		}
	}
	h.End("x")
	for _, s := range []*Subscription{a, b} {
		if diff := cmp.Diff([]string{"0", "1", "2"}, read(s)); diff != "" || s.Err() != nil {
			t.Error(diff, s.Err())
		}
	}
	h.Close()
	if got := read(other); got != nil || !errors.Is(other.Err(), ErrClosed) {
		t.Error(got, other.Err())
	}
	if late := h.Subscribe("x", 1); read(late) != nil || !errors.Is(late.Err(), ErrClosed) {
		t.Error("a closed hub took a subscriber")
	}
}

func TestHubCutsSlowSubscribersOff(t *testing.T) {
	slow, subscribers := 0, 0
	h := NewHub(Measure{Slow: func(n int) { slow += n }, Subscribers: func(d int) { subscribers += d }})
	s, quick := h.Subscribe("x", 2), h.Subscribe("x", 10)
	for i := range 5 {
		h.Publish("x", Frame{Data: fmt.Append(nil, i)})
	}
	if diff := cmp.Diff([]string{"0", "1"}, read(s)); diff != "" {
		t.Error("what fitted must still be readable:", diff)
	}
	if !errors.Is(s.Err(), ErrSlow) || slow != 1 || subscribers != 1 {
		t.Errorf("err %v, slow %d, subscribers %d", s.Err(), slow, subscribers)
	}
	quick.Close()
	quick.Close()
	s.Close()
	if len(h.topics) != 0 || subscribers != 0 {
		t.Errorf("something is left: %v, %d", h.topics, subscribers)
	}
	if n := h.Publish("x", Frame{}); n != 0 {
		t.Errorf("nobody is there, reached %d", n)
	}
}

func TestHubUnderConcurrentUse(t *testing.T) {
	h := NewHub(Measure{})
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 200 {
				h.Publish("x", Frame{Data: fmt.Append(nil, i)})
			}
		})
		all.Go(func() {
			for range 50 {
				s := h.Subscribe("x", 1)
				for range 3 {
					select {
					case <-s.C:
					default:
					}
				}
				s.Close()
			}
		})
	}
	all.Wait()
	if len(h.topics) != 0 {
		t.Errorf("%d topics are left", len(h.topics))
	}
}

func TestProduce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Produce(t.Context(), func(_ context.Context, send func(Frame) error) error {
			for i := range 100 { // more than the buffer: sending waits
				if err := send(Frame{Data: fmt.Append(nil, i)}); err != nil {
					return err
				}
			}
			return errors.New("the end")
		})
		if got := read(s); len(got) != 100 || got[99] != "99" || s.Err() == nil || s.Err().Error() != "the end" {
			t.Error(len(got), s.Err())
		}
		left := make(chan error, 1)
		s = Produce(t.Context(), func(_ context.Context, send func(Frame) error) error {
			for {
				if err := send(Frame{}); err != nil {
					left <- err
					return err
				}
			}
		})
		<-s.C
		s.Close()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		read(s)
		if s.Err() != nil {
			t.Errorf("closing is no error: %v", s.Err())
		}
	})
}

func BenchmarkPublishTo100(b *testing.B) {
	h := NewHub(Measure{})
	var subs []*Subscription
	for range 100 {
		subs = append(subs, h.Subscribe("x", 1))
	}
	f := Frame{ID: "1", Event: "output", Data: make([]byte, 200)}
	for b.Loop() {
		if n := h.Publish("x", f); n != len(subs) {
			b.Fatalf("reached %d", n)
		}
		for _, s := range subs {
			<-s.C
		}
	}
}
