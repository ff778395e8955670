package notification

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/courier"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Deliver sends what is due, and releases what has waited for its time, until ctx ends.
// Any number of processes may do so.
func (s *Slice) Deliver(ctx context.Context) { s.courier.Run(ctx) }

// DeliverDue does everything that is due now, once, and waits for it.
func (s *Slice) DeliverDue(ctx context.Context) (sent int, err error) { return s.courier.Once(ctx) }

func (s *Slice) newCourier() *courier.Courier[Delivery, Receipt] {
	db := s.runner.DB
	return courier.New(courier.Work[Delivery, Receipt]{
		Name: "deliveries", Clock: s.runner.Clock, Log: s.log, Before: s.releaseDue, Send: s.send,
		Claim: func(ctx context.Context, limit int, now, lease time.Time) ([]Delivery, error) {
			return s.store.Claim(ctx, db, now, lease, limit, courier.Abreast)
		},
		NextDue: func(ctx context.Context) (*time.Time, error) { return s.store.NextDue(ctx, db) },
		Settle: func(ctx context.Context, d Delivery, t courier.Try[Receipt]) error {
			s.observe(d.Channel, t.Failure == "")
			_, err := s.settle(s.asSystem(ctx), settle{Claimed: d, Try: t})
			return err
		},
	})
}

func (s *Slice) send(ctx context.Context, d Delivery, at time.Time) (Receipt, error) {
	sub, err := s.store.Subscription(ctx, s.runner.DB, d.SubscriptionID)
	if err != nil {
		return Receipt{}, errors.New("the subscription is gone")
	}
	p := Parcel{Channel: d.Channel, Body: []byte(d.Payload), At: at}
	if err := json.Unmarshal(p.Body, &p.Message); err != nil {
		return Receipt{Permanent: true}, errors.New("the stored message cannot be read")
	}
	if d.Channel == Email {
		to, err := s.people.Email(ctx, s.runner.DB, d.UserID)
		if err != nil || to == "" {
			return Receipt{Permanent: err == nil}, errors.New("the account has no e-mail address")
		}
		p.Target = secret.New(to)
	} else if p.Target, err = s.keys.Open(sub.Target, sub.purpose("target")); err != nil {
		return Receipt{}, err
	}
	if p.Secrets, err = sub.secrets(s.keys, at); err != nil {
		return Receipt{}, err
	}
	return s.sender.Send(ctx, p)
}
