package stream

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
)

func read(s *Subscription) (data []string) {
	for f := range s.C {
		data = append(data, string(f.Data))
	}
	return data
}

func TestProduce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Produce(t.Context(), func(_ context.Context, send func(Frame) error) error {
			for i := range 100 { // more than the buffer: sending waits
				if err := send(Frame{Data: fmt.Append(nil, i)}); err != nil {
					return err
				}
			}
			return errors.New("the end")
		})
		if got := read(s); len(got) != 100 || got[99] != "99" || s.Err() == nil || s.Err().Error() != "the end" {
			t.Error(len(got), s.Err())
		}
		left := make(chan error, 1)
		s = Produce(t.Context(), func(_ context.Context, send func(Frame) error) error {
			for {
				if err := send(Frame{}); err != nil {
					left <- err
					return err
				}
			}
		})
		<-s.C
		s.Close()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		read(s)
		if s.Err() != nil {
			t.Errorf("closing is no error: %v", s.Err())
		}
	})
}
