package judge0

import (
	"context"
	"errors"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/courier"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Deliver calls back what is due until ctx ends. Any number of processes may do so.
func (s *Slice) Deliver(ctx context.Context) { s.courier.Run(ctx) }

// DeliverDue calls back what is due now, once, and waits for it.
func (s *Slice) DeliverDue(ctx context.Context) (int, error) { return s.courier.Once(ctx) }

func (s *Slice) newCourier() *courier.Courier[Callback, Receipt] {
	db := s.runner.DB
	return courier.New(courier.Work[Callback, Receipt]{
		Name: "callbacks", Clock: s.runner.Clock, Log: s.log, Send: s.send,
		Claim: func(ctx context.Context, limit int, now, lease time.Time) ([]Callback, error) {
			return pg.All[Callback](ctx, db, claim, now, lease, limit, courier.Abreast)
		},
		NextDue: func(ctx context.Context) (*time.Time, error) { return pg.One[*time.Time](ctx, db, nextDue) },
		Settle: func(ctx context.Context, c Callback, t courier.Try[Receipt]) error {
			s.observe(t.Failure == "")
			_, err := s.settle(command.AsSystem(ctx, "judge0/"+s.runner.NewID().String()), settle{ExecutionID: c.ExecutionID, Number: c.Attempts, Try: t})
			return err
		},
	})
}

func (s *Slice) send(ctx context.Context, c Callback, _ time.Time) (Receipt, error) {
	url, err := s.keys.Open(c.URL, purpose(c.ExecutionID))
	if err != nil {
		return Receipt{Permanent: true}, err
	}
	sub, err := s.Submission(ctx, c.ExecutionID)
	if err != nil {
		return Receipt{}, errors.New("the submission cannot be read")
	}
	d, err := s.executions.Read(ctx, s.runner.DB, c.ExecutionID)
	if err != nil {
		return Receipt{}, errors.New("the execution cannot be read")
	}
	return s.sender.Send(ctx, url, sub, d)
}
