package execution

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// stuck is a store whose first reading waits, as one that gets no connection does.
type stuck struct {
	Store
	reads            *atomic.Int64
	entered, release chan struct{}
}

func (s stuck) Runtimes(context.Context, pg.Querier) ([]Runtime, error) {
	n := s.reads.Add(1)
	if n == 1 {
		close(s.entered)
		<-s.release
	}
	return []Runtime{{ID: "python@3.11.2", Name: "python", Version: "3.11.2", Nodes: int(n)}}, nil
}

// Who asks for runtimes within a transaction holds a connection, and must not wait for
// somebody who waits for one.
func TestNobodyWaitsForAnothersReading(t *testing.T) {
	s := stuck{reads: &atomic.Int64{}, entered: make(chan struct{}), release: make(chan struct{})}
	c := &catalogue{store: s}
	now := time.Now()
	first := make(chan error, 1)
	go func() {
		_, err := c.all(t.Context(), nil, now)
		first <- err
	}()
	<-s.entered
	second := make(chan []Runtime, 1)
	go func() {
		all, _ := c.all(t.Context(), nil, now)
		second <- all
	}()
	select {
	case all := <-second:
		if len(all) != 1 || all[0].Nodes != 2 {
			t.Errorf("read %+v", all)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("it waits for the first reading")
	}
	c.forget()
	close(s.release)
	if err := <-first; err != nil {
		t.Error(err)
	}
	for _, later := range []time.Duration{0, catalogueAge / 2} {
		if all, err := c.all(t.Context(), nil, now.Add(later)); err != nil || len(all) != 1 || all[0].Nodes != 3 {
			t.Errorf("after %s: %+v, %v", later, all, err)
		}
	}
}
