package egress

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// dialPatience is how long a place may take to answer.
const dialPatience = 10 * time.Second

// flow is one connection of the run's: its own end, inside, and ours, outside.
type flow struct {
	to    netip.AddrPort
	names []string // that resolved to it when it was opened
	cut   func()   // ends it at once
}

// admit judges a new connection and counts it in. When why is empty, the caller calls
// open or abandon.
func (l *Link) admit(to netip.AddrPort, fast func() bool) (f *flow, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f = &flow{to: to, names: l.namesOf(to.Addr())}
	why = l.refusal(to, f.names)
	switch {
	case why != "":
	case len(l.flows)+l.opening >= l.cfg.Bounds.Connections:
		why = WhyMany
	case !fast():
		why = WhyFast
	}
	if why != "" {
		l.refused(to.String(), why)
		return nil, why
	}
	l.opening++
	return f, ""
}

func (l *Link) abandon() {
	l.mu.Lock()
	l.opening--
	l.mu.Unlock()
}

// open puts an admitted flow under the policy, which may have changed meanwhile: then it is cut.
func (l *Link) open(f *flow, cut func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f.cut = sync.OnceFunc(cut)
	l.opening--
	l.flows[f] = struct{}{}
	l.report.Connections++
	l.change() // the program had its end before this, and may have been told of as having none
	if l.over || l.refusal(f.to, f.names) != "" {
		f.cut()
	}
}

func (l *Link) close(f *flow) {
	l.mu.Lock()
	delete(l.flows, f)
	l.mu.Unlock()
}

// cutAll ends every flow.
func (l *Link) cutAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	for f := range l.flows {
		f.cut()
	}
}

type halfCloser interface {
	net.Conn
	CloseWrite() error
}

// splice copies both ways until both directions have ended, or one breaks: then cut breaks the other.
func (l *Link) splice(inside, outside halfCloser, cut func()) {
	var both sync.WaitGroup
	one := func(to, from halfCloser, moved func(int64)) {
		_, err := io.CopyBuffer(counting{to, moved}, reading{from}, make([]byte, 32<<10))
		if err != nil {
			cut()
			return
		}
		_ = to.CloseWrite()
	}
	both.Go(func() { one(outside, inside, func(n int64) { l.moved(n, 0) }) })
	one(inside, outside, func(n int64) { l.moved(0, n) })
	both.Wait()
	inside.Close()
	outside.Close()
}

// quiet is how long a UDP exchange may be silent before it is forgotten.
const quiet = 60 * time.Second

// exchange passes datagrams both ways until both sides have been silent for a while.
func (l *Link) exchange(inside, outside net.Conn) {
	last := func() { // whoever speaks keeps both awake
		until := time.Now().Add(quiet)
		_ = inside.SetReadDeadline(until)
		_ = outside.SetReadDeadline(until)
	}
	last()
	one := func(to, from net.Conn, moved func(int64)) {
		defer inside.Close()
		defer outside.Close()
		datagram := make([]byte, 64<<10)
		for {
			n, err := from.Read(datagram)
			if err != nil {
				return
			}
			last()
			if _, err := to.Write(datagram[:n]); err == nil {
				moved(int64(n))
			}
		}
	}
	var both sync.WaitGroup
	both.Go(func() { one(outside, inside, func(n int64) { l.moved(n, 0) }) })
	one(inside, outside, func(n int64) { l.moved(0, n) })
	both.Wait()
}

// counting is a writer alone: nothing that copies may go around the count.
type counting struct {
	to    io.Writer
	moved func(int64)
}

func (c counting) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.moved(int64(n))
	return n, err
}

type reading struct{ io.Reader }
