package nodegrpc

import (
	"net"
	"sync"
	"testing"
)

// link is the network between agents and the control plane: it can be cut and frozen.
type link struct {
	listener net.Listener
	to       string

	mu     sync.Mutex
	conns  map[net.Conn]bool
	frozen chan struct{} // closed when it thaws; nil when it flows
	broken bool
	all    sync.WaitGroup
}

func newLink(tb testing.TB, to string) *link {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	l := &link{listener: listener, to: to, conns: map[net.Conn]bool{}}
	l.all.Go(l.accept)
	return l
}

func (l *link) address() string { return l.listener.Addr().String() }

func (l *link) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", l.to)
		if err != nil || !l.add(near, far) {
			_ = near.Close()
			if far != nil {
				_ = far.Close()
			}
			continue
		}
		l.all.Go(func() { l.pump(near, far) })
		l.all.Go(func() { l.pump(far, near) })
	}
}

func (l *link) add(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		l.conns[c] = true
	}
	return !l.broken
}

func (l *link) pump(from, to net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		l.mu.Lock()
		frozen := l.frozen
		l.mu.Unlock()
		if frozen != nil {
			<-frozen
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				break
			}
		}
		if err != nil {
			break
		}
	}
	_ = from.Close()
	_ = to.Close()
}

// cut ends every connection; with off, no new one comes through until it is mended.
func (l *link) cut(off bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = off
	for c := range l.conns {
		_ = c.Close()
		delete(l.conns, c)
	}
}

// freeze lets no byte through, as when a machine is unplugged.
func (l *link) freeze() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frozen = make(chan struct{})
}

func (l *link) thaw() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.frozen != nil {
		close(l.frozen)
		l.frozen = nil
	}
}

func (l *link) close() {
	l.thaw()
	_ = l.listener.Close()
	l.cut(true)
	l.all.Wait()
}
