package execution

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Step is one thing that was done for an execution, as its events tell it: there is
// no second book. Undone says that the step took back what the one before had done.
type Step struct {
	Name    string // "submitted", "queued", "claimed", "started", "returned", …
	Time    time.Time
	Event   ident.ID // what says so; zero: the execution itself
	NodeID  ident.ID
	Attempt int
	Status  Status // of the end
	Reason  string // a code
	Undone  bool
}

// Happened is a stored event of an execution.
type Happened struct {
	ID   ident.ID        `db:"id"`
	Type string          `db:"type"`
	Time time.Time       `db:"time"`
	Data json.RawMessage `db:"data"`
}

// steps reads what happened to an execution, oldest first.
func (s *Slice) steps(ctx context.Context, q command.Query, in Get) ([]Step, error) {
	e, err := s.store.Get(ctx, q, in.ID)
	if err != nil {
		return nil, command.NotFoundIfNoRows(err)
	}
	events, err := s.store.Happened(ctx, q, in.ID)
	if err != nil {
		return nil, fmt.Errorf("read the execution's events: %w", err)
	}
	return stepsOf(e, events)
}

// stepsOf tells the steps of an execution's events.
func stepsOf(e Execution, events []Happened) ([]Step, error) {
	var all []Step
	began := false
	for _, event := range events {
		var d struct {
			NodeID  ident.ID `json:"node_id"`
			Attempt int      `json:"attempt"`
			Status  Status   `json:"status"`
			Reason  string   `json:"reason"`
		}
		if err := json.Unmarshal(event.Data, &d); err != nil {
			return nil, fmt.Errorf("read %s: %w", event.Type, err)
		}
		step := Step{Time: event.Time, Event: event.ID, NodeID: d.NodeID, Attempt: d.Attempt, Reason: d.Reason}
		add := func(name string) {
			step.Name = name
			all = append(all, step)
		}
		switch event.Type {
		case Submitted{}.EventType():
			node := step.NodeID
			step.NodeID = ident.ID{}
			add("submitted")
			if d.Status == Queued {
				add("queued")
				break
			}
			step.NodeID, step.Attempt = node, 1
			add("claimed")
		case Assigned{}.EventType():
			add("claimed")
		case Began{}.EventType():
			began = true
			add("started")
		case Requeued{}.EventType():
			began, step.Undone = false, true
			add("returned") // to the queue: the node was lost
		case CancelRequested{}.EventType():
			add("cancel_asked")
		case Reprioritized{}.EventType():
			add("reprioritized")
		case EgressChanged{}.EventType():
			add("egress_changed")
		default:
			if !d.Status.Terminal() || d.Status == "" {
				break
			}
			if !began && e.StartedAt != nil { // too short for an event of its own
				all = append(all, Step{Name: "started", Time: *e.StartedAt, NodeID: e.NodeID, Attempt: e.Attempt})
			}
			step.Status = d.Status
			add("ended")
		}
	}
	return all, nil
}
