package execution

import (
	"context"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// begin stores that an attempt runs. Most runs are over before anybody could read
// it, so it is written only when the run outlives a quarter of a second; until
// then running is a live frame.
type begin struct {
	ID        ident.ID  `json:"id"`
	Attempt   int       `json:"attempt"`
	StartedAt time.Time `json:"started_at"`
}

const beginAfter = 250 * time.Millisecond

func (s *Slice) beginExecution(ctx context.Context, tx *command.Tx, in begin) (Execution, error) {
	s.given.take(in.ID) // it changes here
	e, _, err := s.store.Lock(ctx, tx.Tx, in.ID)
	if err != nil {
		return Execution{}, command.NotFoundIfNoRows(err)
	}
	if e.Status != Scheduled || e.Attempt != in.Attempt || e.NodeID != tx.Actor.ID {
		return Execution{}, errStale()
	}
	e.become(Running)
	e.StartedAt = new(in.StartedAt)
	s.store.Save(tx.Tx, e)
	tx.Emit(e.aggregate(), Began{NodeID: e.NodeID, Attempt: e.Attempt})
	return e, nil
}

// beginning holds the timers of runs that have started and are not stored as running yet.
type beginning struct {
	slice  *Slice
	mu     sync.Mutex
	timers map[ident.ID]*time.Timer
}

func newBeginning(s *Slice) *beginning {
	return &beginning{slice: s, timers: map[ident.ID]*time.Timer{}}
}

func (b *beginning) started(ctx context.Context, node, id ident.ID, attempt int, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timers[id] = time.AfterFunc(beginAfter, func() {
		b.over(id)
		if _, err := b.slice.begin(asNode(ctx, node), begin{ID: id, Attempt: attempt, StartedAt: at}); err != nil && !IsStale(err) {
			b.slice.log.WarnContext(ctx, "running not stored", "execution", id, "error", err)
		}
	})
}

func (b *beginning) over(id ident.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t, ok := b.timers[id]; ok {
		t.Stop()
		delete(b.timers, id)
	}
}
