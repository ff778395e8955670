package eventlog

import (
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/stream"
)

// Tail keeps the log's latest events in memory for everybody in this process who
// follows it: consumers and streams. However many there are, the database is
// asked once. Who is further behind than the tail reaches reads from the database.
type Tail struct {
	db    *pg.DB
	hints *Hints
	log   *slog.Logger
	grown stream.Wake[struct{}]

	mu      sync.Mutex
	started bool
	base    int64    // the position before entries[0]
	entries []*Entry // gapless, so that a position is an index
}

// Entry is one event, with the frame that all streams share.
type Entry struct {
	Event
	once  sync.Once
	frame stream.Frame
}

// Frame is the event for streams: id = position, event = type, data = CloudEvents JSON.
func (e *Entry) Frame() stream.Frame {
	e.once.Do(func() {
		data, err := json.Marshal(e.Event)
		if err != nil {
			panic("eventlog: an event does not survive JSON: " + err.Error())
		}
		e.frame = stream.Frame{ID: strconv.FormatInt(e.Position, 10), Event: e.Type, Data: data}.Encode()
	})
	return e.frame
}

const (
	tailReach = 1024 // events kept, at least, once so many came; twice that at most
	tailRead  = 500  // events per query
)

// NewTail makes a tail; it follows while Run runs.
func NewTail(db *pg.DB, hints *Hints, log *slog.Logger) *Tail {
	return &Tail{db: db, hints: hints, log: log}
}

// Grown returns a channel that closes when the tail has new events, and a function
// to give up. Wait first, then call After, then wait on the channel.
func (t *Tail) Grown() (<-chan struct{}, func()) { return t.grown.Wait(struct{}{}) }

// After is Read, from memory where that reaches.
func (t *Tail) After(ctx context.Context, after int64, limit int, f Filter) (chosen []*Entry, through int64, err error) {
	if fresh, ok := t.recent(after); ok {
		for _, e := range fresh {
			after = e.Position
			if f.Match(e.Event) {
				if chosen = append(chosen, e); len(chosen) == limit {
					break
				}
			}
		}
		return chosen, after, nil
	}
	events, through, err := Read(ctx, t.db, after, limit, f)
	for _, e := range events {
		chosen = append(chosen, &Entry{Event: e})
	}
	return chosen, through, err
}

// Head is the last position that the tail knows of; zero before it runs.
func (t *Tail) Head() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.base + int64(len(t.entries))
}

// recent gives all entries after a position, if the tail reaches so far back.
func (t *Tail) recent(after int64) ([]*Entry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.started || after < t.base {
		return nil, false
	}
	return t.entries[min(after-t.base, int64(len(t.entries))):], true
}

// Run follows the log until ctx ends: on every hint, and by itself now and then.
func (t *Tail) Run(ctx context.Context) error {
	for idle := newIdle(); ; {
		hinted, cancel := t.hints.head.Wait(struct{}{})
		read, err := t.advance(ctx)
		if ctx.Err() != nil {
			cancel()
			return nil
		}
		if err != nil {
			t.log.Warn("cannot follow the log", "error", err)
			hinted = nil
		}
		if read > 0 {
			idle.reset()
		}
		if read == tailRead { // there may be more that no hint will tell of
			cancel()
			continue
		}
		select {
		case <-ctx.Done():
		case <-hinted:
		case <-time.After(idle.next()):
		}
		cancel()
	}
}

// advance reads what is new, and tells how many events that were.
func (t *Tail) advance(ctx context.Context) (read int, err error) {
	t.mu.Lock()
	started, known := t.started, t.base+int64(len(t.entries))
	t.mu.Unlock()
	if !started {
		head, err := Head(ctx, t.db)
		if err != nil {
			return 0, err
		}
		t.mu.Lock()
		t.base, t.started = head, true
		t.mu.Unlock()
		t.grown.Notify(struct{}{})
		return 0, nil
	}
	events, err := pg.All[Event](ctx, t.db, followLog, known, tailRead)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	t.mu.Lock()
	for _, e := range events {
		t.entries = append(t.entries, &Entry{Event: e})
	}
	if surplus := len(t.entries) - tailReach; surplus > tailReach {
		// A new slice: readers hold parts of the old one.
		t.entries = append(make([]*Entry, 0, 2*tailReach+tailRead), t.entries[surplus:]...)
		t.base += int64(surplus)
	}
	t.mu.Unlock()
	t.grown.Notify(struct{}{})
	return len(events), nil
}

const followLog = fromLog + ` WHERE l.position > $1 ORDER BY l.position LIMIT $2`

// Latest asks the database for the last position: for who knows of one that the tail does not.
func (t *Tail) Latest(ctx context.Context) (int64, error) { return Head(ctx, t.db) }
