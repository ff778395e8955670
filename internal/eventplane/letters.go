package eventplane

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// MostLetters is how many dead letters one command decides on.
const MostLetters = 1000

// Choice says which dead letters are meant.
type Choice struct {
	eventlog.LetterFilter
	All  bool // every one that is open: said aloud, so that nobody means it by leaving everything out
	Most int  // at most so many, the oldest first; zero: MostLetters
}

// Validate checks the input's shape.
func (c Choice) Validate() error {
	none := c.Consumer == "" && c.Subject == "" && c.Reason == "" && len(c.Types) == 0 && len(c.Events) == 0 && c.Before.IsZero()
	if none != c.All {
		return fault.New(fault.Invalid, "dead_letter.choice", "Choose by consumer, type, kind, reason, event or time; or say “all”, and nothing else.").At("body", "chooses nothing, or too much")
	}
	return nil
}

func (c Choice) most() int {
	if c.Most <= 0 {
		return MostLetters
	}
	return min(c.Most, MostLetters)
}

// Retry makes dead letters due, with all their attempts before them.
type Retry struct {
	Choice
	At *time.Time // nil: at once
}

// Discard goes on without dead letters.
type Discard struct{ Choice }

// Outcome is what a decision did.
type Outcome struct {
	Consumers []Decided
	Events    int
	More      bool // as many as one command decides on: there may be more
}

// Decided is how many dead letters of one consumer were decided on.
type Decided struct {
	Consumer string
	Events   int
}

func (s *Slice) retry(ctx context.Context, tx *command.Tx, in Retry) (Outcome, error) {
	settled, err := s.needs.Letters.Retry(ctx, tx.Tx, in.LetterFilter, in.At, in.most())
	return outcome(tx, in.Choice, settled, err, func(one eventlog.Settled) eventlog.Fact { return LettersRetried{one.Consumer, one.Events} })
}

func (s *Slice) discard(ctx context.Context, tx *command.Tx, in Discard) (Outcome, error) {
	settled, err := s.needs.Letters.Discard(ctx, tx.Tx, in.LetterFilter, in.most())
	return outcome(tx, in.Choice, settled, err, func(one eventlog.Settled) eventlog.Fact { return LettersDiscarded{one.Consumer, one.Events} })
}

func outcome(tx *command.Tx, c Choice, settled []eventlog.Settled, err error, fact func(eventlog.Settled) eventlog.Fact) (Outcome, error) {
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Consumers: []Decided{}}
	for _, one := range settled {
		tx.Emit(eventlog.Aggregate{Kind: consumerKind, ID: one.ID, Version: one.Version}, fact(one))
		out.Consumers = append(out.Consumers, Decided{one.Consumer, one.Events})
		out.Events += one.Events
	}
	if len(settled) > 0 {
		tx.Audit(consumerKind, settled[0].ID, out)
	}
	out.More = out.Events == c.most()
	return out, nil
}

// ListLetters asks for dead letters in log order.
type ListLetters struct {
	eventlog.LetterFilter
	After         int64  // a position
	AfterConsumer string // at that position
	Limit         int
}

func (s *Slice) letters(ctx context.Context, q command.Query, in ListLetters) ([]eventlog.DeadLetter, error) {
	return eventlog.DeadLetters(ctx, q, in.LetterFilter, in.After, in.AfterConsumer, in.Limit)
}

// Statistics is how many dead letters there are of what, and what that means.
type Statistics struct {
	Counts            []eventlog.LetterCount
	Consumers         []string // every consumer of this program
	Open              int64
	Level             Level
	Warning, Critical int64 // the thresholds
}

func (s *Slice) statistics(ctx context.Context, q command.Query, _ struct{}) (st Statistics, err error) {
	if st.Counts, err = eventlog.CountDeadLetters(ctx, q, eventlog.LetterFilter{}); err != nil {
		return st, err
	}
	for _, c := range st.Counts {
		if c.Status == eventlog.Dead || c.Status == eventlog.Retrying {
			st.Open += c.Events
		}
	}
	if st.Warning, st.Critical, err = s.thresholds(ctx, q); err != nil {
		return st, err
	}
	st.Consumers, st.Level = s.needs.Letters.Names(), levelOf(st.Open, st.Warning, st.Critical)
	return st, nil
}
