package sandbox

import (
	"testing"
	"testing/synctest"
	"time"
)

// The library is compiled when nothing has run for a while, or at once when somebody runs Go.
func TestAwaitPrepare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &Driver{closed: make(chan struct{}), background: newBackground()}
		begin := time.Now()
		go func() {
			d.background.enter(&Runtime{Name: "python"})
			time.Sleep(prepareAfter + time.Second) // synctest's clock
			d.background.leave()
		}()
		if !d.awaitPrepare() || time.Since(begin) != 2*prepareAfter+time.Second {
			t.Errorf("began after %v", time.Since(begin))
		}

		d = &Driver{closed: make(chan struct{}), background: newBackground()}
		begin = time.Now()
		go d.background.enter(&Runtime{Name: "go"})
		if !d.awaitPrepare() || time.Since(begin) != 0 {
			t.Errorf("with a Go program, began after %v", time.Since(begin))
		}

		d = &Driver{closed: make(chan struct{}), background: newBackground()}
		close(d.closed)
		if d.awaitPrepare() {
			t.Error("began in a closed driver")
		}
	})
}
