package eventplane

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/crash"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/plain"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Outlet is a connection to a sink's system.
type Outlet interface {
	// Send returns when the system has all events safely, or with an error: then it may
	// have some. Each carries its id, by which the system or its readers can tell a
	// repetition.
	Send(ctx context.Context, events []eventlog.Event) error
	Close()
}

// Halt is an error after which sending again is of no use: the sink is paused, with
// the error as the reason, until somebody has set right what is wrong.
type Halt struct{ Err error }

func (h *Halt) Error() string { return h.Err.Error() }

// Unwrap gives the reason.
func (h *Halt) Unwrap() error { return h.Err }

// Connection says what to connect to, and how.
type Connection struct {
	Sink
	// Credentials are user:password, or empty.
	Credentials, RegistryCredentials secret.String
	// DialContext opens all connections; nil: any address may be called.
	DialContext func(ctx context.Context, network, address string) (net.Conn, error)
}

// Dial connects to a sink's system.
type Dial func(ctx context.Context, c Connection) (Outlet, error)

// Tail is the log's latest events in memory; *eventlog.Tail is one.
type Tail interface {
	Grown() (<-chan struct{}, func())
	After(ctx context.Context, after int64, limit int, f eventlog.Filter) ([]*eventlog.Entry, int64, error)
}

const (
	sinkBatch  = 500
	sinkFirst  = time.Second // pause after a failure; then twice as long, up to
	sinkLong   = time.Minute
	sinkStore  = 5 * time.Second // how long a place may lag that moved past nothing of concern
	sinkWithin = time.Minute     // one batch
)

// RunSinks feeds every enabled sink until ctx ends. The epoch is the lease's.
func (s *Slice) RunSinks(ctx context.Context, epoch int64) error {
	return s.perform(ctx, duty{
		what: "sink", wake: s.sinkBell,
		find: func(ctx context.Context) ([]ident.ID, error) { return pg.All[ident.ID](ctx, s.db, enabledSink) },
		do:   func(ctx context.Context, id ident.ID) error { return s.feed(ctx, id, epoch) },
	})
}

// feed sends one sink what it is to get, until it is paused or ctx ends.
func (s *Slice) feed(ctx context.Context, id ident.ID, epoch int64) error {
	if err := moves(s.db.Exec(ctx, claimSink, id, epoch)); err != nil {
		return err
	}
	sink, err := pg.One[Sink](ctx, s.db, selectSink, id)
	if err != nil {
		return err
	}
	f := &feeder{Slice: s, Sink: sink, epoch: epoch, looked: sink.Position}
	defer f.hangUp()
	pause := sinkFirst
	for ctx.Err() == nil {
		grown, cancel := s.needs.Tail.Grown()
		more, err := f.step(ctx)
		var wait <-chan time.Time
		switch {
		case ctx.Err() != nil || err != nil && !refused(err):
			cancel()
			return err
		case halts(err):
			cancel()
			s.needs.Log.Warn("sink is paused", "sink", sink.Name, "error", err)
			return f.stop(ctx, err)
		case err != nil:
			f.hangUp()
			s.needs.Log.Warn("sink takes nothing", "sink", sink.Name, "error", err)
			if err := f.fail(ctx, err); err != nil {
				cancel()
				return err
			}
			grown, wait = nil, time.After(pause)
			pause = min(2*pause, sinkLong)
		case more:
			pause = sinkFirst
			cancel()
			continue
		default:
			pause, wait = sinkFirst, time.After(lookEvery)
		}
		select {
		case <-ctx.Done():
		case <-grown:
		case <-wait:
		}
		cancel()
		if err := f.keepUp(ctx); err != nil {
			return err
		}
	}
	return nil
}

// feeder is one sink, as it is, during one term of the lease: of one that was paused or
// changed the next feeder takes care.
type feeder struct {
	*Slice
	Sink
	epoch  int64
	outlet Outlet
	looked int64 // nothing between Position and here concerns the sink

	failing bool
	checked time.Time // when we last knew that the sink is ours
}

// step sends the next batch, and tells whether there may be more. Nothing is read
// before the sink has what was read last: its pace is the feeder's.
func (f *feeder) step(ctx context.Context) (more bool, err error) {
	entries, through, err := f.needs.Tail.After(ctx, f.looked, sinkBatch, f.filter())
	if err != nil {
		return false, err
	}
	more = len(entries) == sinkBatch
	if len(entries) == 0 {
		f.looked = through
		return false, nil
	}
	events := make([]eventlog.Event, len(entries))
	for i, e := range entries {
		events[i] = e.Event
	}
	ctx, cancel := context.WithTimeout(ctx, sinkWithin)
	defer cancel()
	if err := f.unchanged(ctx); err != nil { // what happens after a change goes nowhere but where that says
		return false, err
	}
	if err := f.connect(ctx); err != nil {
		return false, &refusal{err}
	}
	if err := f.outlet.Send(ctx, events); err != nil {
		return false, &refusal{err}
	}
	crash.Point("sink.sent")
	if err := f.moved(ctx, through, len(events)); err != nil || f.OutageSince == nil {
		return more, err
	}
	return more, f.tell(ctx)
}

// connect opens the outlet, if it is not. An organization's own reaches only what may be called for people.
func (f *feeder) connect(ctx context.Context) (err error) {
	if f.outlet != nil {
		return nil
	}
	c := Connection{Sink: f.Sink}
	for _, s := range []struct {
		sealed  []byte
		purpose string
		opened  *secret.String
	}{{f.SealedSecret, sinkPurpose(f.ID), &c.Credentials}, {f.SealedRegistry, registryPurpose(f.ID), &c.RegistryCredentials}} {
		if s.sealed == nil {
			continue
		}
		if *s.opened, err = f.needs.Keys.Open(s.sealed, s.purpose); err != nil {
			return err
		}
	}
	if !f.OrganizationID.IsZero() {
		c.DialContext = f.needs.Guard.DialContext
	}
	f.outlet, err = f.needs.Dial(ctx, c)
	return err
}

func halts(err error) bool {
	_, halt := errors.AsType[*Halt](err)
	return halt
}

// held is what a feeder's commands carry: they do nothing to a sink that has changed
// meanwhile, or that another process feeds.
type held struct {
	ID             ident.ID
	Epoch, Version int64
}

func (f *feeder) held() held { return held{f.ID, f.epoch, f.Version} }

func (f *feeder) own(ctx context.Context) context.Context {
	return command.AsSystem(ctx, "sink-"+f.ID.String())
}

// stop pauses the sink, and says why.
func (f *feeder) stop(ctx context.Context, cause error) error {
	_, err := f.halt(f.own(ctx), haltSink{held: f.held(), Reason: plain.Text(cause.Error(), maxReason)})
	return err
}

// tell has who looks after the sink told of an outage, when it is time.
func (f *feeder) tell(ctx context.Context) error {
	told, err := f.noteOutage(f.own(ctx), noteOutage{f.held()})
	switch {
	case err != nil:
		return err
	case told.ID.IsZero():
		return errTaken
	}
	f.Version, f.OutageSince = told.Version, told.OutageSince
	return nil
}

func (f *feeder) moved(ctx context.Context, through int64, sent int) error {
	if err := moves(f.db.Exec(ctx, moveSink, f.ID, f.epoch, through, sent, f.Version)); err != nil {
		return err
	}
	f.Position, f.looked, f.failing, f.checked = through, through, false, time.Now()
	return nil
}

// keepUp stores how far was looked, now and then, and finds out whether the sink is
// still ours.
func (f *feeder) keepUp(ctx context.Context) error {
	switch since := time.Since(f.checked); {
	case ctx.Err() != nil || since < lookEvery:
		return nil
	case !f.failing && f.looked != f.Position && since >= sinkStore:
		return f.moved(ctx, f.looked, 0)
	}
	if err := f.unchanged(ctx); err != nil {
		return err
	}
	if f.failing || f.looked == f.Position {
		f.checked = time.Now()
	}
	return nil
}

// unchanged tells whether the sink is still ours, and as it was when we began.
func (f *feeder) unchanged(ctx context.Context) error {
	return f.stillOurs(ctx, sinkOurs, f.ID, f.epoch, f.Version)
}

// fail keeps a failure where people see it.
func (f *feeder) fail(ctx context.Context, cause error) error {
	f.failing = true
	err := moves(f.db.Exec(ctx, failSink, f.ID, f.epoch, plain.Text(cause.Error(), maxReason), f.Version, f.needs.Runner.Clock()))
	if err != nil || f.OutageSince != nil {
		return err
	}
	return f.tell(ctx)
}

func (f *feeder) hangUp() {
	if f.outlet != nil {
		f.outlet.Close()
		f.outlet = nil
	}
}
