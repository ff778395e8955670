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
)

// Settings reads what operators set for the whole installation.
type Settings interface {
	Int(ctx context.Context, q pg.Querier, name string) (int64, error)
}

// Letters makes decisions on deliveries; *eventlog.Consumers is one.
type Letters interface {
	Names() []string
	Retry(ctx context.Context, tx *pg.Tx, f eventlog.LetterFilter, at *time.Time, most int) ([]eventlog.Settled, error)
	Discard(ctx context.Context, tx *pg.Tx, f eventlog.LetterFilter, most int) ([]eventlog.Settled, error)
}

// Needs is what the slice stands on.
type Needs struct {
	Runner   *command.Runner
	Letters  Letters
	Settings Settings
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

	noteLevel command.Func[noteLevel, struct{}]

	needs Needs
	db    *pg.DB
}

// New binds the slice.
func New(n Needs) *Slice {
	r := n.Runner
	s := &Slice{needs: n, db: r.DB}
	s.Retry = command.Bind(r, platform[Retry]("dead_letter.retry"), s.retry)
	s.Discard = command.Bind(r, platform[Discard]("dead_letter.discard"), s.discard)
	s.Letters = command.BindQuery(r, everywhere[ListLetters]("dead_letter.list"), s.letters)
	s.Statistics = command.BindQuery(r, everywhere[struct{}]("dead_letter.statistics"), s.statistics)
	s.noteLevel = command.Bind(r, platform[noteLevel]("dead_letter.note_level"), s.note)
	s.SetPolicy = command.Bind(r, platform[SetPolicy]("retry_policy.set"), s.setPolicy)
	s.ClearPolicy = command.Bind(r, platform[ClearPolicy]("retry_policy.clear"), s.clearPolicy)
	s.Policies = command.BindQuery(r, everywhere[struct{}]("retry_policy.list"), s.policies)
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
