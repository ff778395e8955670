// Package eventplane is what operators do with the event log: they look at what
// consumers could not handle, retry or discard it, and say how often failures are
// tried. The mechanism is eventlog's; here are its commands, with their rights,
// events and audit records.
package eventplane

import (
	"context"
	"log/slog"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
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

// Publisher is the side of the bus that replays need.
type Publisher interface {
	Publish(subject string, data []byte) error
}

// Needs is what the slice stands on.
type Needs struct {
	Runner   *command.Runner
	Letters  Letters
	Settings Settings
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
	Replays      command.Func[ListReplays, []Replay]
	Replay       command.Func[GetReplay, Replay]
	ReplayFile   command.Func[ReplayFile, Replay]

	CreateSink command.Func[CreateSink, Sink]
	PauseSink  command.Func[PauseSink, Sink]
	ResumeSink command.Func[ResumeSink, Sink]
	DeleteSink command.Func[DeleteSink, struct{}]
	Sinks      command.Func[struct{}, []Sink]

	begin     command.Func[beginReplay, Replay]
	end       command.Func[endReplay, Replay]
	noteLevel command.Func[noteLevel, struct{}]

	needs       Needs
	db          *pg.DB
	wake        chan struct{} // a replay is running that was not
	wakeOutlets chan struct{} // a sink is enabled that was not
}

// New binds the slice.
func New(n Needs) *Slice {
	r := n.Runner
	s := &Slice{needs: n, db: r.DB, wake: make(chan struct{}, 1), wakeOutlets: make(chan struct{}, 1)}
	s.Retry = command.Bind(r, platform[Retry]("dead_letter.retry"), s.retry)
	s.Discard = command.Bind(r, platform[Discard]("dead_letter.discard"), s.discard)
	s.Letters = command.BindQuery(r, everywhere[ListLetters]("dead_letter.list"), s.letters)
	s.Statistics = command.BindQuery(r, everywhere[struct{}]("dead_letter.statistics"), s.statistics)
	s.noteLevel = command.Bind(r, platform[noteLevel]("dead_letter.note_level"), s.note)
	s.SetPolicy = command.Bind(r, platform[SetPolicy]("retry_policy.set"), s.setPolicy)
	s.ClearPolicy = command.Bind(r, platform[ClearPolicy]("retry_policy.clear"), s.clearPolicy)
	s.Policies = command.BindQuery(r, everywhere[struct{}]("retry_policy.list"), s.policies)
	s.CreateReplay = command.Bind(r, platform[CreateReplay]("replay.create"), s.createReplay)
	s.StartReplay = command.Bind(r, platform[StartReplay]("replay.start"), s.startReplay)
	s.PauseReplay = command.Bind(r, platform[PauseReplay]("replay.pause"), s.pauseReplay)
	s.ResumeReplay = command.Bind(r, platform[ResumeReplay]("replay.resume"), s.resumeReplay)
	s.CancelReplay = command.Bind(r, platform[CancelReplay]("replay.cancel"), s.cancelReplay)
	s.begin = command.Bind(r, platform[beginReplay]("replay.begin"), s.beginReplay)
	s.end = command.Bind(r, platform[endReplay]("replay.end"), s.endReplay)
	s.Replays = command.BindQuery(r, everywhere[ListReplays]("replay.list"), s.replays)
	s.Replay = command.BindQuery(r, everywhere[GetReplay]("replay.get"), s.getReplay)
	s.ReplayFile = command.BindQuery(r, everywhere[ReplayFile]("replay.file"), s.replayFile)
	s.CreateSink = command.Bind(r, platform[CreateSink]("sink.create"), s.createSink)
	s.PauseSink = command.Bind(r, platform[PauseSink]("sink.pause"), s.pauseSink)
	s.ResumeSink = command.Bind(r, platform[ResumeSink]("sink.resume"), s.resumeSink)
	s.DeleteSink = command.Bind(r, platform[DeleteSink]("sink.delete"), s.deleteSink)
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
