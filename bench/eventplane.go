package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/eventplane/eventplanekafka"
	"github.com/stoa-cloud/stoa/internal/eventplane/eventplanenats"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/natsbus"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	planeEvents = 20_000 // in the log when throughput is measured
	planeDead   = 2_000  // dead letters
	planeTimed  = 300    // events that are timed one after the other
)

// plane is an event log with a consumer, in this process as in stoad.
type plane struct {
	db        *pg.DB
	hints     *eventlog.Hints
	tail      *eventlog.Tail
	consumers *eventlog.Consumers
	slice     *eventplane.Slice
	runner    *command.Runner

	handled atomic.Int64
	failing atomic.Bool
	arrived chan time.Time
}

// always holds every lease.
type always struct{}

func (always) Hold(ctx context.Context, _ string, work func(ctx context.Context, epoch int64) error) error {
	return work(ctx, 1)
}

// measurePlane tells how fast events reach who handles them, with fsync: a consumer,
// the sinks, a replay, and dead letters that are retried. Rates stand beside that of
// committing the same events, a hundred to a transaction.
func measurePlane(ctx context.Context, o options) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	db, closeDB, err := database(ctx, log)
	if err != nil {
		return err
	}
	defer closeDB()
	b, err := natsbus.Embed(log)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	p := &plane{db: db, hints: eventlog.NewHints(b, log), arrived: make(chan time.Time, 1)}
	p.tail = eventlog.NewTail(db, p.hints, log)
	p.consumers, err = eventlog.NewConsumers(db, always{}, p.hints, p.tail, log, eventlog.Consumer{
		Name: "bench", Handler: p.handle, Retry: eventlog.Retry{Strategy: eventlog.Manual},
	})
	if err != nil {
		return err
	}
	table := permission.Table{"notification.subscribe": {permission.Self}}
	for _, name := range []string{"replay.create", "replay.get", "replay.end", "dead_letter.retry", "notification.settle"} {
		table[name] = []permission.Role{permission.System}
	}
	p.runner = &command.Runner{DB: db, Clock: clock.System, NewID: ident.New, Log: log, Table: table, Wake: p.hints.Committed}
	p.slice = eventplane.New(eventplane.Needs{Runner: p.runner, Letters: p.consumers, Bus: b, Log: log})
	ctx, stop := context.WithCancel(ctx)
	var loops sync.WaitGroup
	defer loops.Wait()
	defer stop()
	sequencer := eventlog.NewSequencer(db, p.hints, log)
	loops.Go(func() { _ = p.hints.Run(ctx) })
	loops.Go(func() { _ = p.tail.Run(ctx) })
	loops.Go(func() { _ = sequencer.Lead(ctx, 1) })

	committed, err := p.commit(ctx, planeEvents, benchEvent)
	if err != nil {
		return err
	}
	fmt.Fprintf(o.out, "%-34s %8.0f events/s\n", "committed, 100 to a transaction", committed)
	show := func(what string, perSecond float64) {
		fmt.Fprintf(o.out, "%-34s %8.0f events/s   %.2fx\n", what, perSecond, perSecond/committed)
	}

	began := time.Now()
	loops.Go(func() { _ = p.consumers.Run(ctx) })
	if err := until(ctx, func() bool { return p.handled.Load() >= planeEvents }); err != nil {
		return err
	}
	show("handled by a consumer", planeEvents/time.Since(began).Seconds())
	if err := p.timed(ctx, o.out); err != nil {
		return err
	}
	for _, measure := range []func(context.Context, func(string, float64)) error{p.toFile, p.toJetStream, p.toKafka, p.retried, p.toWebhook} {
		if err := measure(ctx, show); err != nil {
			return err
		}
	}
	return nil
}

func (p *plane) handle(context.Context, *pg.Tx, eventlog.Event) error {
	if p.failing.Load() {
		return errors.New("as the benchmark wants it")
	}
	p.handled.Add(1)
	select {
	case p.arrived <- time.Now():
	default:
	}
	return nil
}

// commit stores events, each of a thing of its own, and tells how many a second.
func (p *plane) commit(ctx context.Context, events int, next func() eventlog.Event) (perSecond float64, err error) {
	const each = 100
	began := time.Now()
	for range events / each {
		batch := make([]eventlog.Event, each)
		for i := range batch {
			batch[i] = next()
		}
		err := p.db.InTx(ctx, func(_ context.Context, tx *pg.Tx) error {
			for _, e := range batch {
				eventlog.Append(tx, e)
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
		p.hints.Committed(batch)
	}
	return float64(events) / time.Since(began).Seconds(), nil
}

func benchEvent() eventlog.Event {
	return eventlog.Event{
		ID: ident.New(), Type: "bench.happened.v1", Time: clock.System(), AggregateKind: "bench", AggregateID: ident.New(), Version: 1,
		ActorKind: "system", CorrelationID: "bench", Data: []byte(`{}`),
	}
}

// timed sends each event when the last one was handled.
func (p *plane) timed(ctx context.Context, out io.Writer) error {
	var took, bare []time.Duration
	for range planeTimed {
		select {
		case <-p.arrived:
		default:
		}
		e := benchEvent()
		start := time.Now()
		if err := p.db.InTx(ctx, func(_ context.Context, tx *pg.Tx) error { eventlog.Append(tx, e); return nil }); err != nil {
			return err
		}
		committed := time.Now()
		p.hints.Committed([]eventlog.Event{e})
		select {
		case <-ctx.Done():
			return ctx.Err()
		case at := <-p.arrived:
			took, bare = append(took, max(0, at.Sub(committed))), append(bare, committed.Sub(start))
		}
	}
	showTimes(out, "commit acknowledged → consumer", took)
	showTimes(out, "bare commit of one event", bare)
	return nil
}

func (p *plane) toFile(ctx context.Context, show func(string, float64)) error {
	system := command.AsSystem(ctx, "bench")
	made, err := p.slice.CreateReplay(system, eventplane.CreateReplay{
		ReplayAim: eventplane.ReplayAim{Target: eventplane.ToFile, Batch: 500, MaxEvents: planeEvents}, Start: true,
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	began := time.Now()
	go func() { ended <- p.slice.RunReplays(ctx, 1) }()
	err = until(ctx, func() bool {
		r, err := p.slice.Replay(system, eventplane.GetReplay{ID: made.Replay.ID})
		return err == nil && r.Status == eventplane.Completed
	})
	took := time.Since(began)
	stop()
	if err = errors.Join(err, <-ended); err == nil {
		show("replayed into a file", planeEvents/took.Seconds())
	}
	return err
}

func (p *plane) toJetStream(ctx context.Context, show func(string, float64)) error {
	dir, err := os.MkdirTemp("", "stoa-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	nats, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true})
	if err != nil {
		return err
	}
	nats.Start()
	defer func() { nats.Shutdown(); nats.WaitForShutdown() }()
	if !nats.ReadyForConnections(10 * time.Second) {
		return errors.New("the NATS server is not ready")
	}
	outlet, err := eventplanenats.Dial(ctx, eventplane.Connection{Sink: eventplane.Sink{Address: nats.ClientURL(), Prefix: "stoa"}})
	if err != nil {
		return err
	}
	return p.send(ctx, outlet, "sent to JetStream (in process)", show)
}

func (p *plane) toKafka(ctx context.Context, show func(string, float64)) error {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.AllowAutoTopicCreation())
	if err != nil {
		return err
	}
	defer cluster.Close()
	outlet, err := eventplanekafka.Dialer(nil)(ctx, eventplane.Connection{Sink: eventplane.Sink{Address: cluster.ListenAddrs()[0], Prefix: "stoa"}})
	if err != nil {
		return err
	}
	return p.send(ctx, outlet, "sent to Kafka (kfake, in memory)", show)
}

// send does what a sink does: reads a batch, sends it, reads the next.
func (p *plane) send(ctx context.Context, outlet eventplane.Outlet, what string, show func(string, float64)) error {
	defer outlet.Close()
	began, sent, after := time.Now(), 0, int64(0)
	for sent < planeEvents {
		events, through, err := eventlog.Read(ctx, p.db, after, 500, eventlog.Filter{})
		if err != nil {
			return err
		}
		if err := outlet.Send(ctx, events); err != nil {
			return err
		}
		sent, after = sent+len(events), through
	}
	show(what, float64(sent)/time.Since(began).Seconds())
	return nil
}

// retried makes dead letters and tells how fast they are handled when somebody retries them.
func (p *plane) retried(ctx context.Context, show func(string, float64)) error {
	p.failing.Store(true)
	before := p.handled.Load()
	if _, err := p.commit(ctx, planeDead, benchEvent); err != nil {
		return err
	}
	if err := until(ctx, func() bool {
		n, err := eventlog.OpenDeadLetters(ctx, p.db)
		return err == nil && n == planeDead
	}); err != nil {
		return err
	}
	p.failing.Store(false)
	began := time.Now()
	for range planeDead / eventplane.MostLetters {
		if _, err := p.slice.Retry(command.AsSystem(ctx, "bench"), eventplane.Retry{Choice: eventplane.Choice{All: true}}); err != nil {
			return err
		}
		target := p.handled.Load()
		if err := until(ctx, func() bool { return p.handled.Load() >= min(before+planeDead, target+eventplane.MostLetters) }); err != nil {
			return err
		}
	}
	show("dead letters retried", planeDead/time.Since(began).Seconds())
	return nil
}

// until waits for something that comes by itself.
func until(ctx context.Context, ok func() bool) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}
