package stream

import "context"

// Subscription is one reader's bounded share of a source.
type Subscription struct {
	// C gives the frames. It is closed at the end; then Err says why.
	C <-chan Frame

	err   error // written before C is closed
	close func()
}

// Err tells why C was closed: nil when the source came to its end, or when Close was called.
// It must not be asked before.
func (s *Subscription) Err() error { return s.err }

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() { s.close() }

// Produce makes a subscription of a function that sends frames in its own time:
// stored ones first, say, then live ones. Sending waits for the reader, so
// that nobody is cut off here; it fails when the reader has gone. What the
// function returns is the subscription's Err.
func Produce(ctx context.Context, produce func(ctx context.Context, send func(Frame) error) error) *Subscription {
	ctx, cancel := context.WithCancel(ctx)
	c := make(chan Frame, 16) // lets a burst become one write
	s := &Subscription{C: c, close: cancel}
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
