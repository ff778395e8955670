package lifecycle

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		wake, done := make(chan struct{}), 0
		began := time.Now()
		go func() {
			time.Sleep(90 * time.Second)
			wake <- struct{}{}
			time.Sleep(time.Hour - 90*time.Second - time.Nanosecond)
			cancel()
		}()
		Every(ctx, time.Minute, wake, func() { done++ })
		if done != 60 || time.Since(began) >= time.Hour { // 59 minutes, and once in between
			t.Errorf("done %d times in %s", done, time.Since(began))
		}
	})
}
