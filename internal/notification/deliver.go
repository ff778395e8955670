package notification

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

const (
	atOnce  = 16 // calls of one process under way
	abreast = 4  // of one subscription: a slow receiver holds nobody else up
	// lookEvery is how often the queue is looked at without a hint.
	lookEvery = 5 * time.Second
)

// Deliver sends what is due, and releases what has waited for its time, until ctx ends.
// Any number of processes may do so.
func (s *Slice) Deliver(ctx context.Context) {
	free := make(chan struct{}, atOnce)
	var sending sync.WaitGroup
	defer sending.Wait()
	for ctx.Err() == nil {
		if err := s.releaseDue(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "notifications", "error", err)
		}
		claimed, err := s.claim(ctx, atOnce-len(free))
		if err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "notifications", "error", err)
		}
		for _, d := range claimed {
			free <- struct{}{}
			sending.Go(func() {
				s.attempt(ctx, d)
				<-free
				s.wake()
			})
		}
		select {
		case <-ctx.Done():
		case <-s.work:
		case <-time.After(s.untilNext(ctx)):
		}
	}
}

// DeliverDue does everything that is due now, once, and waits for it.
func (s *Slice) DeliverDue(ctx context.Context) (sent int, err error) {
	if err := s.releaseDue(ctx); err != nil {
		return 0, err
	}
	claimed, err := s.claim(ctx, atOnce)
	if err != nil {
		return 0, err
	}
	var sending sync.WaitGroup
	for _, d := range claimed {
		sending.Go(func() { s.attempt(ctx, d) })
	}
	sending.Wait()
	return len(claimed), nil
}

// untilNext is how long nothing is due, at most lookEvery.
func (s *Slice) untilNext(ctx context.Context) time.Duration {
	next, err := s.store.NextDue(ctx, s.runner.DB)
	if err != nil || next == nil {
		return lookEvery
	}
	return min(max(next.Sub(s.runner.Clock()), 100*time.Millisecond), lookEvery)
}

func (s *Slice) claim(ctx context.Context, limit int) (claimed []Delivery, err error) {
	if limit <= 0 {
		return nil, nil
	}
	err = s.runner.DB.InTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		claimed, err = s.store.Claim(ctx, tx, s.runner.Clock(), leaseFor, limit, abreast)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return claimed, nil
}

// attempt sends one delivery, outside of any transaction, and records how it went.
func (s *Slice) attempt(ctx context.Context, d Delivery) {
	at := s.runner.Clock()
	began := time.Now()
	receipt, err := s.send(ctx, d, at)
	if ctx.Err() != nil {
		return // the lease runs out and somebody tries again
	}
	in := settle{ID: d.ID, Number: d.Attempts, At: at, Took: time.Since(began), Receipt: receipt, Random: rand.Float64()} //nolint:gosec // jitter
	if err != nil {
		in.Failure = cut(err.Error(), maxReason)
	}
	s.observe(d.Channel, err == nil)
	if _, err := s.settle(s.asSystem(ctx), in); err != nil {
		s.log.WarnContext(ctx, "delivery not settled", "delivery", d.ID, "error", err)
	}
}

const maxReason = 500

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
