// Package eventplane is what operators do with the event log: they look at what
// consumers could not handle, retry or discard it, and say how often failures are
// tried; and what they and organizations let others have of it: replays and sinks.
// The mechanism is eventlog's; here are its commands, with their rights,
// events and audit records.
package eventplane

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Settings reads what operators set for the whole installation.
type Settings interface {
	Int(ctx context.Context, q pg.Querier, name string) (int64, error)
}

// Letters makes decisions on deliveries; *eventlog.Consumers is one.
type Letters interface {
	Names() []string
	Replayable(consumer string) bool
	Again(ctx context.Context, tx *pg.Tx, consumer string, e eventlog.Event) error
	Retry(ctx context.Context, tx *pg.Tx, f eventlog.LetterFilter, at *time.Time, most int) ([]eventlog.Settled, error)
	Discard(ctx context.Context, tx *pg.Tx, f eventlog.LetterFilter, most int) ([]eventlog.Settled, error)
}

// Guard connects to addresses that organizations gave us, and only to those that it may.
type Guard interface {
	// CheckHosts refuses what is plainly no address to call: hosts with ports,
	// separated by commas, each with a scheme or without.
	CheckHosts(addresses string) error
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Publisher is the side of the bus that replays need.
type Publisher interface {
	Publish(subject string, data []byte) error
}

// Needs is what the slice stands on.
type Needs struct {
	Runner   *command.Runner
	Letters  Letters
	Settings Settings
	Limits   command.Limits
	Managers []permission.Role // who runs sinks and replays, of the platform and of organizations
	Guard    Guard
	Bus      Publisher
	Keys     *secret.Keys
	Caller   Caller
	Tail     Tail
	Dial     Dial
	Log      *slog.Logger
}

// Slice is the bound commands and queries.
type Slice struct {
	Retry       command.Func[Retry, Outcome]
	Discard     command.Func[Discard, Outcome]
	Letters     command.Func[ListLetters, []eventlog.DeadLetter]
	Statistics  command.Func[struct{}, Statistics]
	SetPolicy   command.Func[SetPolicy, eventlog.Policy]
	ClearPolicy command.Func[ClearPolicy, struct{}]
	Policies    command.Func[struct{}, []eventlog.Policy]

	CreateReplay command.Func[CreateReplay, CreatedReplay]
	StartReplay  command.Func[StartReplay, Replay]
	PauseReplay  command.Func[PauseReplay, Replay]
	ResumeReplay command.Func[ResumeReplay, Replay]
	CancelReplay command.Func[CancelReplay, Replay]
	DeleteReplay command.Func[DeleteReplay, struct{}]
	Replays      command.Func[ListReplays, []Replay]
	Replay       command.Func[GetReplay, Replay]
	ReplayFile   command.Func[ReplayFile, Replay]

	CreateSink command.Func[CreateSink, Sink]
	UpdateSink command.Func[UpdateSink, Sink]
	PauseSink  command.Func[PauseSink, Sink]
	ResumeSink command.Func[ResumeSink, Sink]
	DeleteSink command.Func[DeleteSink, struct{}]
	Sinks      command.Func[struct{}, []Sink]

	begin      command.Func[beginReplay, Replay]
	end        command.Func[endReplay, Replay]
	halt       command.Func[haltSink, Sink]
	noteOutage command.Func[noteOutage, Sink]
	noteLevel  command.Func[noteLevel, struct{}]

	needs      Needs
	db         *pg.DB
	replayBell lifecycle.Bell // a replay is running that was not
	sinkBell   lifecycle.Bell // a sink is enabled that was not
}

// New binds the slice.
func New(n Needs) *Slice {
	r := n.Runner
	s := &Slice{needs: n, db: r.DB, replayBell: lifecycle.NewBell(), sinkBell: lifecycle.NewBell()}
	s.Retry = command.Bind(r, platform[Retry]("dead_letter.retry"), s.retry)
	s.Discard = command.Bind(r, platform[Discard]("dead_letter.discard"), s.discard)
	s.Letters = command.BindQuery(r, everywhere[ListLetters]("dead_letter.list"), s.letters)
	s.Statistics = command.BindQuery(r, everywhere[struct{}]("dead_letter.statistics"), s.statistics)
	s.noteLevel = command.Bind(r, platform[noteLevel]("dead_letter.note_level"), s.note)
	s.SetPolicy = command.Bind(r, platform[SetPolicy]("retry_policy.set"), s.setPolicy)
	s.ClearPolicy = command.Bind(r, platform[ClearPolicy]("retry_policy.clear"), s.clearPolicy)
	s.Policies = command.BindQuery(r, everywhere[struct{}]("retry_policy.list"), s.policies)
	s.CreateReplay = command.Bind(r, inOrganization("replay.create", func(c CreateReplay) ident.ID { return c.OrganizationID }), s.createReplay)
	s.StartReplay = command.Bind(r, owned("replay.start", replayOwner, func(c StartReplay) ident.ID { return c.ID }), s.startReplay)
	s.PauseReplay = command.Bind(r, owned("replay.pause", replayOwner, func(c PauseReplay) ident.ID { return c.ID }), s.pauseReplay)
	s.ResumeReplay = command.Bind(r, owned("replay.resume", replayOwner, func(c ResumeReplay) ident.ID { return c.ID }), s.resumeReplay)
	s.CancelReplay = command.Bind(r, owned("replay.cancel", replayOwner, func(c CancelReplay) ident.ID { return c.ID }), s.cancelReplay)
	s.DeleteReplay = command.Bind(r, owned("replay.delete", replayOwner, func(c DeleteReplay) ident.ID { return c.ID }), s.deleteReplay)
	s.begin = command.Bind(r, owned("replay.begin", replayOwner, func(c beginReplay) ident.ID { return c.ID }), s.beginReplay)
	s.end = command.Bind(r, owned("replay.end", replayOwner, func(c endReplay) ident.ID { return c.ID }), s.endReplay)
	s.Replays = command.BindQuery(r, everywhere[ListReplays]("replay.list"), s.replays)
	s.Replay = command.BindQuery(r, ownedQuery("replay.get", func(q GetReplay) ident.ID { return q.ID }), s.getReplay)
	s.ReplayFile = command.BindQuery(r, ownedQuery("replay.file", func(q ReplayFile) ident.ID { return q.ID }), s.replayFile)
	s.CreateSink = command.Bind(r, inOrganization("sink.create", func(c CreateSink) ident.ID { return c.OrganizationID }), s.createSink)
	s.UpdateSink = command.Bind(r, owned("sink.update", sinkOwner, func(c UpdateSink) ident.ID { return c.ID }), s.updateSink)
	s.PauseSink = command.Bind(r, owned("sink.pause", sinkOwner, func(c PauseSink) ident.ID { return c.ID }), s.pauseSink)
	s.ResumeSink = command.Bind(r, owned("sink.resume", sinkOwner, func(c ResumeSink) ident.ID { return c.ID }), s.resumeSink)
	s.DeleteSink = command.Bind(r, owned("sink.delete", sinkOwner, func(c DeleteSink) ident.ID { return c.ID }), s.deleteSink)
	s.halt = command.Bind(r, owned("sink.halt", sinkOwner, func(c haltSink) ident.ID { return c.ID }), s.haltSink)
	s.noteOutage = command.Bind(r, owned("sink.note_outage", sinkOwner, func(c noteOutage) ident.ID { return c.ID }), s.outage)
	s.Sinks = command.BindQuery(r, everywhere[struct{}]("sink.list"), s.sinks)
	return s
}

// platform declares a command that acts on the platform: the log is everybody's.
func platform[C any](name string) command.Spec[C] {
	return command.Spec[C]{Name: name, Scope: command.NoScope[C]}
}

func everywhere[Q any](name string) command.QuerySpec[Q] {
	return command.QuerySpec[Q]{Name: name, Scope: func(context.Context, pg.Querier, command.Actor, Q) (command.Scope, error) {
		return command.Scope{}, nil
	}}
}
