package cli

import (
	"fmt"
	"sync"
	"time"
)

// progress is a line on a terminal that says how far something is; elsewhere nothing is shown.
type progress struct {
	c     *call
	name  string
	shown bool

	mu   sync.Mutex
	next time.Time
}

// progressEvery keeps the line readable.
const progressEvery = 100 * time.Millisecond

func (c *call) progress(name string) *progress {
	return &progress{c: c, name: printable(name), shown: terminal(c.Stderr)}
}

// tell shows how many bytes of how many there are; a negative total is not known.
func (p *progress) tell(have, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !p.shown || now.Before(p.next) && have != total {
		return
	}
	p.next = now.Add(progressEvery)
	fmt.Fprint(p.c.Stderr, "\r\x1b[K"+progressLine(p.name, have, total))
}

// done removes the line.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown && !p.next.IsZero() {
		fmt.Fprint(p.c.Stderr, "\r\x1b[K")
	}
	p.shown = false
}

func progressLine(name string, have, total int64) string {
	if total <= 0 {
		return fmt.Sprintf("%s  %s", name, byteCount(have))
	}
	return fmt.Sprintf("%s  %3d %%  %s of %s", name, have*100/total, byteCount(have), byteCount(total))
}
