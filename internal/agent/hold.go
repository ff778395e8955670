package agent

import (
	"sync"
	"time"
)

// hold is how long executions may go on without a word from the control plane. Every
// answer extends it, counted from when the question was sent: so it ends here before
// the control plane may start the same work elsewhere.
type hold struct {
	mu    sync.Mutex
	until time.Time
	timer *time.Timer
}

// newHold calls lost when the time is over.
func newHold(lost func()) *hold {
	h := &hold{}
	h.timer = time.AfterFunc(time.Hour, lost)
	h.timer.Stop()
	return h
}

// extend never shortens.
func (h *hold) extend(asked time.Time, ms int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if until := asked.Add(time.Duration(ms) * time.Millisecond); until.After(h.until) {
		h.until = until
		h.timer.Reset(time.Until(until))
	}
}

// over tells whether the time is over: then nothing may start either. A task can wait
// in a connection whose process was stopped for a while.
func (h *hold) over() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !time.Now().Before(h.until)
}

func (h *hold) end() { h.timer.Stop() }
