// Package eventplanehttp is the API of what operators do with the event log.
package eventplanehttp

import (
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// states are deliveries' statuses as operators know them: from what they have to do.
var states = map[eventlog.Status]string{
	eventlog.Dead: "pending", eventlog.Retrying: "scheduled", eventlog.Waiting: "waiting", eventlog.Retried: "retried", eventlog.Discarded: "discarded",
}

func statuses(wanted []string) (chosen []eventlog.Status) {
	for _, w := range wanted {
		for status, state := range states {
			if state == w {
				chosen = append(chosen, status)
			}
		}
	}
	return chosen
}

// DeadLetter is an event that a consumer could not handle.
type DeadLetter struct {
	Consumer       string     `json:"consumer" example:"notification"`
	EventID        ident.ID   `json:"event_id"`
	Type           string     `json:"type" example:"execution.completed.v1"`
	Subject        string     `json:"subject" example:"execution/018f9c2e-0000-7000-8000-000000000000"`
	Position       int64      `json:"position" doc:"The event's place in the log."`
	State          string     `json:"state" enum:"pending,scheduled,waiting,retried,discarded" doc:"pending: given up, somebody must decide. scheduled: tried again at next_at. waiting: behind another one of the same subject. retried: worked in the end. discarded: somebody decided to go on without it."`
	Attempts       int        `json:"attempts"`
	NextAt         *time.Time `json:"next_at,omitempty" doc:"Of a scheduled one."`
	Reason         string     `json:"reason,omitempty" doc:"What the consumer said last."`
	OrganizationID ident.ID   `json:"organization_id,omitzero"`
	ProjectID      ident.ID   `json:"project_id,omitzero"`
	CorrelationID  string     `json:"correlation_id,omitempty"`
	FailedAt       time.Time  `json:"failed_at" doc:"First."`
	ChangedAt      time.Time  `json:"changed_at"`
}

func presentLetter(d eventlog.DeadLetter) DeadLetter {
	shown := DeadLetter{
		Consumer: d.Consumer, EventID: d.EventID, Type: d.Type, Subject: d.AggregateKind + "/" + d.AggregateID.String(), Position: d.Position,
		State: states[d.Status], Attempts: d.Attempts, Reason: d.Reason, OrganizationID: d.OrganizationID, ProjectID: d.ProjectID,
		CorrelationID: d.CorrelationID, FailedAt: d.FailedAt, ChangedAt: d.ChangedAt,
	}
	if d.Status == eventlog.Retrying {
		shown.NextAt = &d.NextAt
	}
	return shown
}

// DeadLetterChoice says which dead letters are meant.
type DeadLetterChoice struct {
	Consumer     string     `json:"consumer,omitempty" maxLength:"100"`
	Types        []string   `json:"types,omitempty" maxItems:"50" doc:"Types of events."`
	Kind         string     `json:"kind,omitempty" maxLength:"64" doc:"The kind of thing that the events are about." example:"execution"`
	Reason       string     `json:"reason,omitempty" maxLength:"200" doc:"A part of the reason."`
	EventIDs     []ident.ID `json:"event_ids,omitempty" maxItems:"1000"`
	FailedBefore *time.Time `json:"failed_before,omitempty"`
	All          bool       `json:"all,omitempty" doc:"Every open one; with nothing else."`
	Max          int        `json:"max,omitempty" minimum:"0" maximum:"1000" doc:"At most so many, the oldest first; 1000 when absent."`
}

func (c DeadLetterChoice) choice() eventplane.Choice {
	choice := eventplane.Choice{All: c.All, Most: c.Max, LetterFilter: eventlog.LetterFilter{
		Consumer: c.Consumer, Types: c.Types, Subject: c.Kind, Reason: c.Reason, Events: c.EventIDs,
	}}
	if c.FailedBefore != nil {
		choice.Before = *c.FailedBefore
	}
	return choice
}

// DeadLetterOutcome is what a decision did.
type DeadLetterOutcome struct {
	Events    int                   `json:"events" doc:"How many were decided on."`
	Consumers []DeadLetterConsumers `json:"consumers"`
	More      bool                  `json:"more" doc:"As many as one request decides on: there may be more."`
}

// DeadLetterConsumers is how many of one consumer's dead letters were decided on.
type DeadLetterConsumers struct {
	Consumer string `json:"consumer"`
	Events   int    `json:"events"`
}

func presentOutcome(o eventplane.Outcome) DeadLetterOutcome {
	shown := DeadLetterOutcome{Events: o.Events, More: o.More, Consumers: []DeadLetterConsumers{}}
	for _, c := range o.Consumers {
		shown.Consumers = append(shown.Consumers, DeadLetterConsumers(c))
	}
	return shown
}

// DeadLetterStatistics is how many dead letters there are, and whether that is many.
type DeadLetterStatistics struct {
	Level     string            `json:"level" enum:"ok,warning,critical"`
	Open      int64             `json:"open" doc:"Pending and scheduled ones."`
	Warning   int64             `json:"warning" doc:"From so many on the level is warning."`
	Critical  int64             `json:"critical" doc:"From so many on the level is critical."`
	Consumers []string          `json:"consumers" doc:"Every consumer of the log."`
	Counts    []DeadLetterCount `json:"counts"`
}

// DeadLetterCount is how many dead letters of a type a consumer has in one state.
type DeadLetterCount struct {
	Consumer string    `json:"consumer"`
	State    string    `json:"state" enum:"pending,scheduled,waiting,retried,discarded"`
	Type     string    `json:"type"`
	Events   int64     `json:"events"`
	Oldest   time.Time `json:"oldest" doc:"When the oldest failed first."`
}

func presentStatistics(st eventplane.Statistics) DeadLetterStatistics {
	shown := DeadLetterStatistics{
		Level: string(st.Level), Open: st.Open, Warning: st.Warning, Critical: st.Critical,
		Consumers: append([]string{}, st.Consumers...), Counts: []DeadLetterCount{},
	}
	for _, c := range st.Counts {
		shown.Counts = append(shown.Counts, DeadLetterCount{c.Consumer, states[c.Status], c.Type, c.Events, c.Oldest})
	}
	return shown
}

// RetryPolicy says how failing events are tried again.
type RetryPolicy struct {
	Consumer  string    `json:"consumer,omitempty" doc:"Empty: every consumer that sets nothing itself."`
	Kind      string    `json:"kind,omitempty" doc:"The kind of thing that the events are about; empty: every kind." example:"execution"`
	Strategy  string    `json:"strategy" enum:"immediate,exponential,fixed,scheduled,manual"`
	Attempts  int       `json:"attempts" doc:"Including the first. Then the event is a pending dead letter."`
	FirstMS   int64     `json:"first_ms" doc:"The first pause; of fixed, every one."`
	LongestMS int64     `json:"longest_ms" doc:"Of exponential: the longest pause."`
	Factor    float64   `json:"factor" doc:"Of exponential: how much longer each pause is than the one before."`
	At        string    `json:"at,omitempty" doc:"Of scheduled: the time of the day, UTC." example:"03:30"`
	UpdatedAt time.Time `json:"updated_at"`
}

func presentPolicy(p eventlog.Policy) RetryPolicy {
	shown := RetryPolicy{
		Consumer: p.Consumer, Kind: p.Subject, Strategy: string(p.Strategy), Attempts: p.Attempts,
		FirstMS: p.FirstMS, LongestMS: p.LongestMS, Factor: p.Factor, UpdatedAt: p.UpdatedAt,
	}
	if p.Strategy == eventlog.Scheduled {
		shown.At = fmt.Sprintf("%02d:%02d", p.AtMinute/60, p.AtMinute%60)
	}
	return shown
}

// RetryPolicySet is a policy as it is asked for.
type RetryPolicySet struct {
	Consumer  string  `json:"consumer,omitempty" maxLength:"100" doc:"Empty: every consumer that sets nothing itself."`
	Kind      string  `json:"kind,omitempty" maxLength:"64" doc:"The kind of thing that the events are about; empty: every kind." example:"execution"`
	Strategy  string  `json:"strategy" enum:"immediate,exponential,fixed,scheduled,manual"`
	Attempts  int     `json:"attempts" minimum:"1" maximum:"1000" doc:"Including the first."`
	FirstMS   int64   `json:"first_ms,omitempty" minimum:"0" maximum:"86400000" doc:"The first pause; of fixed, every one."`
	LongestMS int64   `json:"longest_ms,omitempty" minimum:"0" maximum:"604800000" doc:"Of exponential: the longest pause; first_ms when absent."`
	Factor    float64 `json:"factor,omitempty" minimum:"1" maximum:"100" doc:"Of exponential: how much longer each pause is than the one before; 2 when absent." required:"false"`
	At        string  `json:"at,omitempty" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" doc:"Of scheduled: the time of the day, UTC." example:"03:30"`
}

func (in RetryPolicySet) command() (eventplane.SetPolicy, error) {
	p := eventlog.Policy{
		Consumer: in.Consumer, Subject: in.Kind, Strategy: eventlog.Strategy(in.Strategy), Attempts: in.Attempts,
		FirstMS: in.FirstMS, LongestMS: max(in.LongestMS, in.FirstMS), Factor: in.Factor,
	}
	if p.Factor == 0 {
		p.Factor = 2
	}
	if p.Strategy == eventlog.Scheduled {
		at, err := time.Parse("15:04", in.At)
		if err != nil {
			return eventplane.SetPolicy{}, fault.New(fault.Invalid, "retry_policy.no_time", "A scheduled policy needs the time of the day, like 03:30.").At("body.at", "is not a time of the day")
		}
		p.AtMinute = at.Hour()*60 + at.Minute()
	}
	return eventplane.SetPolicy{Policy: p}, nil
}
