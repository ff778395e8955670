package stream

import (
	"context"
	"sync"
)

// Measure is told of what a hub does; each is a count to add.
type Measure struct {
	Subscribers func(delta int) // now subscribed
	Published   func(n int)     // frames that found a subscriber
	Slow        func(n int)     // subscriptions cut off
}

// Hub fans frames out by topic. Topics exist while somebody subscribes to them.
type Hub struct {
	measure Measure

	mu     sync.Mutex
	closed bool
	topics map[string]map[*Subscription]struct{}
}

// NewHub makes a hub; the functions of measure may be nil.
func NewHub(measure Measure) *Hub {
	for _, f := range []*func(int){&measure.Subscribers, &measure.Published, &measure.Slow} {
		if *f == nil {
			*f = func(int) {}
		}
	}
	return &Hub{measure: measure, topics: map[string]map[*Subscription]struct{}{}}
}

// Subscription is one reader's bounded share of a source.
type Subscription struct {
	// C gives the frames. It is closed at the end; then Err says why.
	C <-chan Frame

	c     chan Frame
	err   error // written before c is closed
	close func()
}

// Err tells why C was closed: nil when the source came to its end, or when Close was called.
// It must not be asked before.
func (s *Subscription) Err() error { return s.err }

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() { s.close() }

// Subscribe joins a topic with room for buffer frames that wait to be read.
func (h *Hub) Subscribe(topic string, buffer int) *Subscription {
	c := make(chan Frame, buffer)
	s := &Subscription{C: c, c: c}
	s.close = func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.cut(topic, s, nil)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		s.err = ErrClosed
		close(c)
		return s
	}
	if h.topics[topic] == nil {
		h.topics[topic] = map[*Subscription]struct{}{}
	}
	h.topics[topic][s] = struct{}{}
	h.measure.Subscribers(1)
	return s
}

// Publish gives a frame to all subscribers of a topic and never blocks: who has
// no room is cut off with ErrSlow. It reports how many received it.
func (h *Hub) Publish(topic string, f Frame) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	subs := h.topics[topic]
	if len(subs) == 0 {
		return 0
	}
	f = f.Encode()
	reached := 0
	for s := range subs {
		select {
		case s.c <- f:
			reached++
		default:
			h.cut(topic, s, ErrSlow)
			h.measure.Slow(1)
		}
	}
	h.measure.Published(1)
	return reached
}

// End ends a topic: its subscribers read what waits for them, and then the end.
func (h *Hub) End(topic string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.topics[topic] {
		h.cut(topic, s, nil)
	}
}

// Close ends all topics with ErrClosed; later subscriptions end at once.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for topic, subs := range h.topics {
		for s := range subs {
			h.cut(topic, s, ErrClosed)
		}
	}
}

// cut needs the lock, which also keeps Publish from sending on a closed channel.
func (h *Hub) cut(topic string, s *Subscription, reason error) {
	if _, ok := h.topics[topic][s]; !ok {
		return
	}
	delete(h.topics[topic], s)
	if len(h.topics[topic]) == 0 {
		delete(h.topics, topic)
	}
	s.err = reason
	close(s.c)
	h.measure.Subscribers(-1)
}

// Produce makes a subscription of a function that sends frames in its own time:
// stored ones first, say, then live ones. Sending waits for the reader, so
// that nobody is cut off here; it fails when the reader has gone. What the
// function returns is the subscription's Err.
func Produce(ctx context.Context, produce func(ctx context.Context, send func(Frame) error) error) *Subscription {
	ctx, cancel := context.WithCancel(ctx)
	c := make(chan Frame, 16) // lets a burst become one write
	s := &Subscription{C: c, c: c, close: cancel}
	go func() {
		defer cancel()
		err := produce(ctx, func(f Frame) error {
			select {
			case c <- f:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		if ctx.Err() == nil {
			s.err = err
		}
		close(c)
	}()
	return s
}
