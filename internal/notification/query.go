package notification

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// List asks for a page of the caller's notifications, newest first.
type List struct {
	UnreadOnly bool
	HeldBack   bool // also what was skipped
	Tag        string
	Before     ident.ID // the last one of the page before
	Limit      int
}

// Filter is List for somebody.
type Filter struct {
	User ident.ID
	List
}

// ListDeliveries asks for a page of what was sent elsewhere, newest first.
type ListDeliveries struct {
	Subscription ident.ID // zero: all
	Notification ident.ID // zero: all
	Before       ident.ID
	Limit        int
}

// DeliveryFilter is ListDeliveries for somebody.
type DeliveryFilter struct {
	User ident.ID
	ListDeliveries
}

// GetDelivery asks for one delivery with its attempts.
type GetDelivery struct {
	ID ident.ID
}

// DeliveryDetails is the answer.
type DeliveryDetails struct {
	Delivery
	Tries []Attempt
}

func (s *Slice) bindQueries(r *command.Runner) {
	s.List = ownQuery(r, "notification.list", func(ctx context.Context, q command.Query, in List) ([]Notification, error) {
		return s.store.List(ctx, q, Filter{User: q.Actor.ID, List: in})
	})
	s.Unread = ownQuery(r, "notification.unread", func(ctx context.Context, q command.Query, _ struct{}) (int, error) {
		return s.store.Unread(ctx, q, q.Actor.ID)
	})
	s.Subscriptions = ownQuery(r, "notification.subscriptions", func(ctx context.Context, q command.Query, _ struct{}) ([]Subscription, error) {
		return s.subscriptions(ctx, q, q.Actor.ID, q.Now)
	})
	s.Deliveries = ownQuery(r, "notification.deliveries", func(ctx context.Context, q command.Query, in ListDeliveries) ([]Delivery, error) {
		return s.store.Deliveries(ctx, q, DeliveryFilter{User: q.Actor.ID, ListDeliveries: in})
	})
	s.Delivery = command.BindQuery(r, command.QuerySpec[GetDelivery]{
		Name: "notification.delivery",
		Scope: func(ctx context.Context, q pg.Querier, _ command.Actor, in GetDelivery) (command.Scope, error) {
			d, err := s.store.Delivery(ctx, q, in.ID)
			return d.scope(), command.NotFoundIfNoRows(err)
		},
	}, func(ctx context.Context, q command.Query, in GetDelivery) (DeliveryDetails, error) {
		d, err := s.store.Delivery(ctx, q, in.ID)
		if err != nil {
			return DeliveryDetails{}, command.NotFoundIfNoRows(err)
		}
		tries, err := s.store.Attempts(ctx, q, in.ID)
		return DeliveryDetails{d, tries}, err
	})
}

// ownQuery is about the caller's own inbox.
func ownQuery[Q, R any](r *command.Runner, name string, read func(context.Context, command.Query, Q) (R, error)) command.Func[Q, R] {
	return command.BindQuery(r, command.QuerySpec[Q]{
		Name: name,
		Scope: func(_ context.Context, _ pg.Querier, actor command.Actor, _ Q) (command.Scope, error) {
			return command.Scope{Owner: actor.ID}, nil
		},
	}, read)
}

// subscriptions lists a user's, the console's first.
func (s *Slice) subscriptions(ctx context.Context, q pg.Querier, user ident.ID, now time.Time) ([]Subscription, error) {
	stored, err := s.store.Subscriptions(ctx, q, user)
	if err != nil {
		return nil, fmt.Errorf("read subscriptions: %w", err)
	}
	all := []Subscription{inConsole(user, now)}
	for _, sub := range stored {
		if sub.Channel == InApp {
			all[0] = sub
		} else {
			all = append(all, sub)
		}
	}
	return all, nil
}

func noRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }

func ignoreNoRows(err error) error {
	if noRows(err) {
		return nil
	}
	return err
}
