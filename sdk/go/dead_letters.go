package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"
)

// DeadLetters is what consumers of the event log could not handle, and how often they try. For operators.
type DeadLetters struct{ c *Client }

// DeadLetterFilter narrows dead letters; what is empty does not narrow.
type DeadLetterFilter struct {
	Consumer string
	States   []string // pending, scheduled, waiting, retried, discarded
	Type     string   // of the event
	Kind     string   // of the thing that the event is about
	Reason   string   // a part of it
	EventID  string
	PageSize int
}

// List gives dead letters in the order of the log.
func (s *DeadLetters) List(ctx context.Context, f DeadLetterFilter) iter.Seq2[DeadLetter, error] {
	q := query{}.set("consumer", f.Consumer).set("type", f.Type).set("kind", f.Kind).set("reason", f.Reason).set("event_id", f.EventID).
		set("state", strings.Join(f.States, ",")).size(f.PageSize)
	return items[DeadLetter](ctx, s.c, "/dead-letters", q.values())
}

// Statistics counts dead letters, and says whether that is many.
func (s *DeadLetters) Statistics(ctx context.Context) (*DeadLetterStatistics, error) {
	var out DeadLetterStatistics
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/dead-letters/statistics"}, &out)
	return &out, err
}

// Retry makes pending and scheduled dead letters due: 1,000 at most, the oldest first.
func (s *DeadLetters) Retry(ctx context.Context, in DeadLetterRetryRequest) (*DeadLetterOutcome, error) {
	return s.decide(ctx, "retry", in)
}

// Discard goes on without pending and scheduled dead letters: 1,000 at most, the oldest first.
func (s *DeadLetters) Discard(ctx context.Context, in DeadLetterDiscardRequest) (*DeadLetterOutcome, error) {
	return s.decide(ctx, "discard", in)
}

func (s *DeadLetters) decide(ctx context.Context, verb string, in any) (*DeadLetterOutcome, error) {
	var out DeadLetterOutcome
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/dead-letters/" + verb, body: in}, &out)
	return &out, err
}

// Policies gives how failing events are tried again.
func (s *DeadLetters) Policies(ctx context.Context) iter.Seq2[RetryPolicy, error] {
	return items[RetryPolicy](ctx, s.c, "/retry-policies", url.Values{})
}

// SetPolicy says how failing events of a consumer and a kind are tried again.
func (s *DeadLetters) SetPolicy(ctx context.Context, in RetryPolicySetRequest) (*RetryPolicy, error) {
	var out RetryPolicy
	_, err := s.c.do(ctx, request{method: http.MethodPut, path: "/retry-policies", body: in}, &out)
	return &out, err
}

// ClearPolicy takes the policy of exactly this consumer and kind away.
func (s *DeadLetters) ClearPolicy(ctx context.Context, consumer, kind string) error {
	q := query{}.set("consumer", consumer).set("kind", kind).values()
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/retry-policies", query: q}, nil)
	return err
}
