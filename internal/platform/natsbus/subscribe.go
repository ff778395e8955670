package natsbus

import (
	"errors"
	"fmt"
	"sync"

	"github.com/nats-io/nats.go"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
)

type subscription struct {
	bus  *Bus
	nats *nats.Subscription
	lost func(n int)

	mu   sync.Mutex
	told int // drops that the subscriber knows of
}

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(subject string, handle func(bus.Message), options ...bus.Option) (bus.Subscription, error) {
	o := bus.Apply(options)
	s := &subscription{bus: b, lost: o.Lost}
	b.mu.Lock()
	sub, err := b.conn.Subscribe(subject, func(m *nats.Msg) {
		s.tell()
		message := bus.Message{Subject: m.Subject, Data: m.Data}
		if m.Reply != "" {
			message.Answer = func(data []byte) error { return translate(m.Respond(data)) }
		}
		handle(message)
	})
	if err != nil {
		b.mu.Unlock()
		return nil, fmt.Errorf("subscribe to %s: %w", subject, translate(err))
	}
	s.nats = sub
	b.subs[sub] = s
	b.mu.Unlock()
	if err := sub.SetPendingLimits(o.Messages, o.Bytes); err != nil {
		return nil, errors.Join(fmt.Errorf("bound subscription to %s: %w", subject, err), s.Close())
	}
	return s, nil
}

// Close implements bus.Subscription.
func (s *subscription) Close() error {
	s.bus.mu.Lock()
	delete(s.bus.subs, s.nats)
	s.bus.mu.Unlock()
	if err := s.nats.Unsubscribe(); err != nil && !errors.Is(err, nats.ErrConnectionClosed) && !errors.Is(err, nats.ErrBadSubscription) {
		return fmt.Errorf("end subscription: %w", err)
	}
	return nil
}

// tell reports what was dropped since the last time.
func (s *subscription) tell() {
	s.bus.mu.Lock()
	sub := s.nats // set under this lock, perhaps after the first message came
	s.bus.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if dropped, err := sub.Dropped(); err == nil && dropped > s.told {
		s.lost(dropped - s.told)
		s.told = dropped
	}
}

// asyncError hears of the first drop of a full backlog; later ones are told with the next message.
func (b *Bus) asyncError(sub *nats.Subscription, err error) {
	if !errors.Is(err, nats.ErrSlowConsumer) {
		b.log.Warn("bus error", "error", err)
		return
	}
	b.mu.Lock()
	s := b.subs[sub]
	b.mu.Unlock()
	if s != nil {
		s.tell()
	}
}

// reconnected tells every subscriber that an unknown number of messages is missing.
func (b *Bus) reconnected() {
	b.log.Info("bus connection is back")
	b.mu.Lock()
	all := make([]*subscription, 0, len(b.subs))
	for _, s := range b.subs {
		all = append(all, s)
	}
	b.mu.Unlock()
	for _, s := range all {
		s.lost(0)
	}
}
