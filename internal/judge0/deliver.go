package judge0

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	atOnce  = 16 // calls of one process under way
	abreast = 4  // of one person: a slow receiver holds nobody else up
	// lookEvery is how often the queue is looked at without a hint.
	lookEvery = 5 * time.Second
)

// Deliver calls back what is due until ctx ends. Any number of processes may do so.
func (s *Slice) Deliver(ctx context.Context) {
	free := make(chan struct{}, atOnce)
	var sending sync.WaitGroup
	defer sending.Wait()
	for ctx.Err() == nil {
		claimed, err := s.claim(ctx, atOnce-len(free))
		if err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "callbacks", "error", err)
		}
		for _, c := range claimed {
			free <- struct{}{}
			sending.Go(func() {
				s.attempt(ctx, c)
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

// DeliverDue calls back what is due now, once, and waits for it.
func (s *Slice) DeliverDue(ctx context.Context) (int, error) {
	claimed, err := s.claim(ctx, atOnce)
	if err != nil {
		return 0, err
	}
	var sending sync.WaitGroup
	for _, c := range claimed {
		sending.Go(func() { s.attempt(ctx, c) })
	}
	sending.Wait()
	return len(claimed), nil
}

// untilNext is how long nothing is due, at most lookEvery.
func (s *Slice) untilNext(ctx context.Context) time.Duration {
	due, err := pg.One[*time.Time](ctx, s.runner.DB, nextDue)
	if err != nil || due == nil {
		return lookEvery
	}
	return min(max(due.Sub(s.runner.Clock()), 100*time.Millisecond), lookEvery)
}

func (s *Slice) claim(ctx context.Context, limit int) (claimed []Callback, err error) {
	if limit <= 0 {
		return nil, nil
	}
	err = s.runner.DB.InTx(ctx, func(ctx context.Context, tx *pg.Tx) error {
		claimed, err = claimDue(ctx, tx, s.runner.Clock(), limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim callbacks: %w", err)
	}
	return claimed, nil
}

// attempt calls once, outside of any transaction, and records how it went.
func (s *Slice) attempt(ctx context.Context, c Callback) {
	receipt, err := s.send(ctx, c)
	if ctx.Err() != nil {
		return // the lease runs out and somebody tries again
	}
	in := settle{ExecutionID: c.ExecutionID, Number: c.Attempts, Receipt: receipt, Random: rand.Float64()} //nolint:gosec // jitter
	if err != nil {
		in.Failure = strings.ToValidUTF8(err.Error(), "?")
		in.Failure = strings.ToValidUTF8(in.Failure[:min(len(in.Failure), maxReason)], "")
	}
	s.observe(err == nil)
	system := command.AsSystem(context.WithoutCancel(ctx), "judge0/"+s.runner.NewID().String())
	if _, err := s.settle(system, in); err != nil {
		s.log.WarnContext(ctx, "callback not settled", "execution", c.ExecutionID, "error", err)
	}
}

const maxReason = 500 // bytes

func (s *Slice) send(ctx context.Context, c Callback) (Receipt, error) {
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
