package eventlog

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

var rounds = flag.Int("rounds", 3, "how many seeds the property test of the event log tries")

// TestTheLogKeepsItsPromises runs many transactions at once that commit in another
// order than they wrote, or not at all, while sequencers steal one another's lease
// and consumers fail, panic, crash and are taken over. Then it looks at the promises.
func TestTheLogKeepsItsPromises(t *testing.T) {
	for seed := range uint64(*rounds) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			newChaos(t, seed).run()
		})
	}
}

const (
	chaosWriters    = 8
	chaosWrites     = 60 // transactions of each writer
	chaosAggregates = 6
)

// chaos is one round.
type chaos struct {
	*world
	seed       uint64
	aggregates []ident.ID
	parked     chan chan struct{} // transactions that have written and wait to go on

	clock atomic.Int64 // orders what the test saw
	mu    sync.Mutex
	wrote map[ident.ID]span // by event
}

// span is when a transaction began, had written an event, and was known to be committed.
type span struct{ began, wrote, committed int64 }

func newChaos(t *testing.T, seed uint64) *chaos {
	c := &chaos{world: newWorld(t), seed: seed, parked: make(chan chan struct{}), wrote: map[ident.ID]span{}}
	for _, sql := range []string{
		`CREATE TABLE chaos (id uuid PRIMARY KEY, version bigint NOT NULL)`,
		`CREATE TABLE seen (n bigint GENERATED ALWAYS AS IDENTITY, consumer text, event_id uuid, aggregate_id uuid, version bigint, position bigint)`,
	} {
		_, err := c.db.Exec(t.Context(), sql)
		c.must(err)
	}
	for range chaosAggregates {
		id := ident.New()
		c.aggregates = append(c.aggregates, id)
		_, err := c.db.Exec(t.Context(), `INSERT INTO chaos VALUES ($1, 0)`, id)
		c.must(err)
	}
	return c
}

func (c *chaos) run() {
	c.background(c.tail.Run)
	c.background(func(ctx context.Context) error { return c.thieves(ctx, c.seq.Lead) })
	steady := c.consume(Consumer{Name: "steady"}, 0)
	shaky := c.consume(Consumer{Name: "shaky", Retry: Retry{Attempts: 1000, First: time.Millisecond, Longest: 5 * time.Millisecond}}, 0.2)

	var writers sync.WaitGroup
	for i := range chaosWriters {
		writers.Go(func() { c.write(i, rand.New(rand.NewPCG(c.seed, uint64(i)))) })
	}
	done := make(chan struct{})
	go c.releaseParked(done)
	writers.Wait()
	close(done)

	c.eventually("all events are in the log", func() bool { return c.count(`SELECT count(*) FROM event_log`) == len(c.wrote) })
	c.checkLog()
	for _, consumer := range []*chaosConsumer{steady, shaky} {
		c.eventually(consumer.Name+" has seen everything", func() bool {
			return c.count(`SELECT count(*) FROM seen WHERE consumer = $1`, consumer.Name) >= len(c.wrote) &&
				c.count(`SELECT count(*) FROM delivery WHERE consumer = $1 AND status <> 'retried'`, consumer.Name) == 0
		})
	}
	c.checkSeen("steady", true)
	c.checkSeen("shaky", false)
	if shaky.failures.Load() == 0 || c.count(`SELECT count(*) FROM chaos WHERE version > 0`) == 0 {
		c.t.Error("nothing went wrong: the test proves nothing")
	}
}

// skewed makes an id on a machine whose clock is off: ids tell nothing about order.
func skewed(writer int) ident.ID {
	id, wrong := ident.New(), ident.FloorAt(time.Now().Add(time.Duration(writer-chaosWriters/2)*time.Second))
	copy(id[:6], wrong[:6])
	return id
}

// write commits, delays and rolls back transactions on random aggregates.
func (c *chaos) write(writer int, r *rand.Rand) {
	for range chaosWrites {
		aggregate := c.aggregates[r.IntN(len(c.aggregates))]
		events, fails, parks := 1+r.IntN(2), r.IntN(6) == 0, r.IntN(2) == 0
		began := c.clock.Add(1)
		var written []Event
		var wrote []int64
		rolledBack := errors.New("rolled back")
		err := c.db.InTx(context.Background(), func(ctx context.Context, tx *pg.Tx) error {
			for range events {
				version, err := pg.One[int64](ctx, tx, `UPDATE chaos SET version = version + 1 WHERE id = $1 RETURNING version`, aggregate)
				if err != nil {
					return err
				}
				e := happened(aggregate, version)
				e.ID = skewed(writer)
				written = append(written, e)
				// Now, not with the commit: the outbox number is drawn, and others commit before us.
				if _, err := tx.Exec(ctx, insertEvent, e.ID, e.Type, e.Time, e.AggregateKind, e.AggregateID, e.Version, nil, nil,
					e.ActorKind, nil, e.CorrelationID, nil, e.Data); err != nil {
					return err
				}
				wrote = append(wrote, c.clock.Add(1))
			}
			if parks {
				gate := make(chan struct{})
				c.parked <- gate
				<-gate
			}
			if fails {
				return rolledBack
			}
			return nil
		})
		if err != nil && !errors.Is(err, rolledBack) {
			c.t.Error(err)
		}
		if err != nil {
			continue
		}
		committed := c.clock.Add(1)
		c.mu.Lock()
		for i, e := range written {
			c.wrote[e.ID] = span{began, wrote[i], committed}
		}
		c.mu.Unlock()
		if r.IntN(4) > 0 { // some hints are lost
			c.hints.Committed(written)
		}
	}
}

// releaseParked lets parked transactions go on in random order.
func (c *chaos) releaseParked(done <-chan struct{}) {
	r := rand.New(rand.NewPCG(c.seed, 99))
	var gates []chan struct{}
	for {
		select {
		case <-done:
			return
		case gate := <-c.parked:
			if gates = append(gates, gate); r.IntN(2) == 0 {
				continue
			}
		case <-time.After(time.Millisecond): // the others may all wait for a parked one's lock
		}
		if len(gates) > 0 {
			i := r.IntN(len(gates))
			close(gates[i])
			gates = slices.Delete(gates, i, i+1)
		}
	}
}

// thieves runs terms of work that overlap: a new holder starts with a higher epoch
// while the old one does not know yet; some old ones are cut off in the middle.
func (c *chaos) thieves(ctx context.Context, work func(ctx context.Context, epoch int64) error) error {
	r := rand.New(rand.NewPCG(c.seed, 7))
	var terms sync.WaitGroup
	defer terms.Wait()
	for epoch := int64(1); ctx.Err() == nil; epoch++ {
		term, cut := context.WithCancel(ctx)
		terms.Go(func() {
			if err := work(term, epoch); err != nil && !errors.Is(err, ErrStale) && term.Err() == nil {
				c.t.Error(err)
			}
		})
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(5+r.IntN(40)) * time.Millisecond):
		}
		if r.IntN(2) == 0 {
			cut()
		} else {
			defer cut()
		}
	}
	return nil
}

type chaosConsumer struct {
	Consumer
	failures atomic.Int64
}

// Hold lets Consumers run under thieves.
type thievish struct{ *chaos }

func (t thievish) Hold(ctx context.Context, _ string, work func(ctx context.Context, epoch int64) error) error {
	return t.thieves(ctx, work)
}

// consume runs a consumer that writes down what it sees, and fails that often.
func (c *chaos) consume(def Consumer, failing float64) *chaosConsumer {
	consumer := &chaosConsumer{Consumer: def}
	def.Handler = func(ctx context.Context, tx *pg.Tx, e Event) error {
		_, err := tx.Exec(ctx, `INSERT INTO seen (consumer, event_id, aggregate_id, version, position) VALUES ($1, $2, $3, $4, $5)`,
			def.Name, e.ID, e.AggregateID, e.Version, e.Position)
		if err != nil {
			return err
		}
		if rand.Float64() >= failing {
			return nil
		}
		consumer.failures.Add(1)
		switch rand.IntN(5) {
		case 0:
			panic("the handler is broken")
		case 1:
			tx.Defer(`SELECT 1/0`) // fails at the commit only
			return nil
		case 2:
			_, err := tx.Exec(ctx, `SELECT nonsense`)
			return err
		case 3:
			_, _ = tx.Exec(ctx, `SELECT nonsense`) // swallowed: the transaction is lost nevertheless
			return nil
		default:
			return errors.New("not now")
		}
	}
	consumers, err := NewConsumers(c.db, thievish{c}, c.hints, c.tail, quiet, def)
	c.must(err)
	c.background(consumers.Run)
	return consumer
}

func (c *chaos) count(sql string, args ...any) int {
	n, err := pg.One[int](c.t.Context(), c.db, sql, args...)
	c.must(err)
	return n
}

// checkLog: no gaps, each event once, aggregates in order, and what began after a commit comes after it.
func (c *chaos) checkLog() {
	log, _, err := Read(c.t.Context(), c.db, 0, 1<<20, Filter{})
	c.must(err)
	if len(log) != len(c.wrote) {
		c.t.Fatalf("%d events in the log, %d were committed", len(log), len(c.wrote))
	}
	versions := map[ident.ID]int64{}
	for i, e := range log {
		if e.Position != int64(i+1) {
			c.t.Fatalf("position %d follows %d", e.Position, i)
		}
		if _, known := c.wrote[e.ID]; !known {
			c.t.Errorf("event %s was never committed, or is there twice", e.ID)
		}
		if e.Version != versions[e.AggregateID]+1 {
			c.t.Errorf("position %d: version %d of %s follows %d", e.Position, e.Version, e.AggregateID, versions[e.AggregateID])
		}
		versions[e.AggregateID] = e.Version
	}
	earliest := int64(1 << 62) // commit among the events with higher positions
	swapped := 0
	for _, e := range slices.Backward(log) {
		s := c.wrote[e.ID]
		if earliest < s.began {
			c.t.Errorf("position %d began at %d, after a commit at %d that has a higher position", e.Position, s.began, earliest)
		}
		earliest = min(earliest, s.committed)
	}
	asWritten := slices.SortedFunc(slices.Values(log), func(a, b Event) int { return cmp.Compare(c.wrote[a.ID].wrote, c.wrote[b.ID].wrote) })
	for i, e := range asWritten {
		if e.Position != int64(i+1) {
			swapped++
		}
	}
	if swapped == 0 {
		c.t.Error("everything was committed in the order in which it was written: the test proves nothing")
	}
	if n := c.count(`SELECT count(*) FROM outbox`); n != 0 {
		c.t.Errorf("%d rows are left in the outbox", n)
	}
}

// checkSeen: each event once, aggregates in order, and all of it in log order if nothing failed.
func (c *chaos) checkSeen(consumer string, inLogOrder bool) {
	type sight struct {
		EventID     ident.ID `db:"event_id"`
		AggregateID ident.ID `db:"aggregate_id"`
		Version     int64    `db:"version"`
		Position    int64    `db:"position"`
	}
	seen, err := pg.All[sight](c.t.Context(), c.db, `SELECT event_id, aggregate_id, version, position FROM seen WHERE consumer = $1 ORDER BY n`, consumer)
	c.must(err)
	if len(seen) != len(c.wrote) {
		c.t.Fatalf("%s saw %d of %d events", consumer, len(seen), len(c.wrote))
	}
	once, versions := map[ident.ID]bool{}, map[ident.ID]int64{}
	for i, s := range seen {
		if once[s.EventID] {
			c.t.Errorf("%s saw %s twice", consumer, s.EventID)
		}
		once[s.EventID] = true
		if s.Version != versions[s.AggregateID]+1 {
			c.t.Errorf("%s: version %d of %s follows %d", consumer, s.Version, s.AggregateID, versions[s.AggregateID])
		}
		versions[s.AggregateID] = s.Version
		if inLogOrder && s.Position != int64(i+1) {
			c.t.Errorf("%s saw position %d as number %d", consumer, s.Position, i+1)
		}
	}
}
