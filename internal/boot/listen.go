package boot

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"
)

// split serves two protocols on one port: a connection whose first byte begins a
// TLS handshake is an agent's, everything else is HTTP. So an installation has one
// address, and a proxy that ends TLS for browsers can stand before it.
type split struct {
	net.Listener
	http, agents *branch
}

const (
	tlsHandshake = 0x16
	peekWithin   = 10 * time.Second
)

func listen(ctx context.Context, address string) (*split, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program listens on %s: choose another address with --listen or STOA_LISTEN", address)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	s := &split{Listener: l, http: newBranch(l), agents: newBranch(l)}
	go s.run()
	return s, nil
}

func (s *split) run() {
	defer func() { _ = s.http.Close(); _ = s.agents.Close() }()
	for {
		conn, err := s.Accept()
		var temporary interface{ Temporary() bool }
		switch {
		case err == nil:
			go s.sort(conn)
		case errors.As(err, &temporary) && temporary.Temporary(): // out of descriptors, say
			time.Sleep(10 * time.Millisecond)
		default:
			return
		}
	}
}

// sort looks at the first byte without taking it.
func (s *split) sort(conn net.Conn) {
	_ = conn.SetReadDeadline(time.Now().Add(peekWithin))
	reader := bufio.NewReaderSize(conn, 4096)
	first, err := reader.Peek(1)
	if err != nil {
		_ = conn.Close()
		return
	}
	_ = conn.SetReadDeadline(time.Time{})
	to := s.http
	if first[0] == tlsHandshake {
		to = s.agents
	}
	to.give(&peeked{Conn: conn, reader: reader})
}

// peeked is a connection whose first bytes wait in a reader.
type peeked struct {
	net.Conn
	reader *bufio.Reader
}

func (p *peeked) Read(b []byte) (int, error) {
	if p.reader.Buffered() > 0 {
		return p.reader.Read(b)
	}
	return p.Conn.Read(b)
}

// branch is the listener of one of the two protocols.
type branch struct {
	address net.Addr
	conns   chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func newBranch(l net.Listener) *branch {
	return &branch{address: l.Addr(), conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (b *branch) give(conn net.Conn) {
	select {
	case b.conns <- conn:
	case <-b.closed:
		_ = conn.Close()
	}
}

// Accept implements net.Listener.
func (b *branch) Accept() (net.Conn, error) {
	select {
	case conn := <-b.conns:
		return conn, nil
	case <-b.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (b *branch) Close() error {
	b.once.Do(func() { close(b.closed) })
	return nil
}

// Addr implements net.Listener.
func (b *branch) Addr() net.Addr { return b.address }
