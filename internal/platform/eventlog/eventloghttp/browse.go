package eventloghttp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

const (
	timelineMost = 100
	relatedMost  = 50

	countUsual = 24 * time.Hour
	countMost  = 31 * 24 * time.Hour
	actorsMost = 50
)

// Details is one event with what happened around it, as far as the caller may see it.
type Details struct {
	Event    eventlog.Event
	Timeline []eventlog.Event // of the same thing, oldest first
	Related  []eventlog.Event // to other things, by the same request, oldest first
}

func (s *Slice) details(ctx context.Context, q command.Query, id ident.ID) (d Details, err error) {
	seen, err := s.filter(q.Actor, Choice{All: s.operates(q.Actor)})
	if err != nil {
		return d, err
	}
	d.Event, err = eventlog.ReadEvent(ctx, q, id, seen)
	if errors.Is(err, pgx.ErrNoRows) {
		return d, fault.New(fault.NotFound, "not_found", "There is nothing here that you can see.")
	}
	if err != nil {
		return d, fmt.Errorf("read event: %w", err)
	}
	same := seen
	same.AggregateID = d.Event.AggregateID
	if d.Timeline, _, err = eventlog.Read(ctx, q, 0, timelineMost, same); err != nil {
		return d, err
	}
	request := seen
	request.CorrelationID = d.Event.CorrelationID
	led, _, err := eventlog.Read(ctx, q, 0, relatedMost+timelineMost, request)
	for _, e := range led {
		if e.AggregateID != d.Event.AggregateID && len(d.Related) < relatedMost {
			d.Related = append(d.Related, e)
		}
	}
	return d, err
}

func (s *Slice) statistics(ctx context.Context, q command.Query, in Choice) ([]eventlog.Count, error) {
	f, err := s.counted(q, in)
	if err != nil {
		return nil, err
	}
	return eventlog.CountEvents(ctx, q, f)
}

// causes are who caused how many events, with what they are called.
type causes struct {
	counts []eventlog.ActorCount
	names  map[ident.ID]string
}

func (s *Slice) whoCaused(ctx context.Context, q command.Query, in Choice) (found causes, err error) {
	f, err := s.counted(q, in)
	if err != nil {
		return found, err
	}
	if found.counts, err = eventlog.CountActors(ctx, q, actorsMost, f); err != nil {
		return found, err
	}
	var actors []ident.ID
	for _, c := range found.counts {
		if !c.ActorID.IsZero() {
			actors = append(actors, c.ActorID)
		}
	}
	found.names, err = s.cfg.Names(ctx, q, actors)
	return found, err
}

// counted is the filter of what is counted: of the last day, or from and to as the choice says.
func (s *Slice) counted(q command.Query, in Choice) (eventlog.Filter, error) {
	if in.To.IsZero() {
		in.To = q.Now
	}
	if in.From.IsZero() {
		in.From = in.To.Add(-countUsual)
	}
	if in.To.Sub(in.From) > countMost || in.To.Before(in.From) {
		return eventlog.Filter{}, fault.New(fault.Invalid, "event.range", "Statistics are about 31 days at most, from before to.").At("query.from", "too far from to")
	}
	return s.filter(q.Actor, in)
}
