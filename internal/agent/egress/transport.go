package egress

import (
	"net"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"
)

// tcp handles a SYN, in a goroutine of its own. The program's connection is made when
// ours is; a refused one is reset at once.
func (c *carrier) tcp(r *tcp.ForwarderRequest) {
	if !c.begin() {
		r.Complete(false)
		return
	}
	defer c.work.Done()
	to := destinationOf(r.ID())
	if isResolver(to) {
		c.tcpResolver(r)
		return
	}
	f, why := c.link.admit(to, c.fresh.Allow)
	if why != "" {
		r.Complete(true)
		return
	}
	out, err := c.link.cfg.Dial(c.ctx, "tcp", to)
	if err != nil {
		c.link.abandon()
		r.Complete(true)
		return
	}
	outside := out.(*net.TCPConn)
	inside, cut := accept(r)
	if inside == nil {
		c.link.abandon()
		outside.Close()
		return
	}
	c.link.open(f, func() {
		cut() // first, or the program would see a proper end
		_ = outside.SetLinger(0)
		outside.Close()
	})
	defer c.link.close(f)
	c.link.splice(inside, outside, f.cut)
}

// accept makes the program's end. It is nil when the program has gone away meanwhile.
func accept(r *tcp.ForwarderRequest) (conn *gonet.TCPConn, cut func()) {
	var queue waiter.Queue
	end, err := r.CreateEndpoint(&queue)
	if err != nil {
		r.Complete(true)
		return nil, nil
	}
	r.Complete(false)
	return gonet.NewTCPConn(&queue, end), end.Abort
}

// udp handles the first datagram of an exchange. What is refused is unreachable at once (ICMP).
func (c *carrier) udp(r *udp.ForwarderRequest) bool {
	to := destinationOf(r.ID())
	if isResolver(to) {
		return c.udpResolver(r)
	}
	f, why := c.link.admit(to, c.fresh.Allow)
	if why != "" {
		return false
	}
	outside, err := c.link.cfg.Dial(c.ctx, "udp", to)
	if err != nil {
		c.link.abandon()
		return false
	}
	var queue waiter.Queue
	end, failed := r.CreateEndpoint(&queue)
	if failed != nil {
		c.link.abandon()
		outside.Close()
		return false
	}
	inside := gonet.NewUDPConn(&queue, end)
	c.link.open(f, func() {
		outside.Close()
		inside.Close()
	})
	c.work.Go(func() {
		defer c.link.close(f)
		c.link.exchange(inside, outside)
	})
	return true
}

// ask takes a place for one DNS exchange.
func (c *carrier) ask() bool {
	select {
	case c.asking <- struct{}{}:
		return true
	default:
		return false
	}
}

// The longest silence of a program that speaks to the resolver.
const resolverPatience = 10 * time.Second

func (c *carrier) tcpResolver(r *tcp.ForwarderRequest) {
	if !c.ask() {
		r.Complete(true)
		return
	}
	defer func() { <-c.asking }()
	inside, cut := accept(r)
	if inside == nil {
		return
	}
	defer inside.Close()
	ended := make(chan struct{})
	defer close(ended)
	c.work.Go(func() {
		select {
		case <-c.ctx.Done():
			cut()
		case <-ended:
		}
	})
	for {
		_ = inside.SetDeadline(time.Now().Add(resolverPatience))
		query, err := readDNS(inside)
		if err != nil {
			return
		}
		if reply := c.resolve(query, 0); reply == nil || writeDNS(inside, reply) != nil {
			return
		}
	}
}

func (c *carrier) udpResolver(r *udp.ForwarderRequest) bool {
	if c.ctx.Err() != nil || !c.ask() {
		return false
	}
	var queue waiter.Queue
	end, failed := r.CreateEndpoint(&queue)
	if failed != nil {
		<-c.asking
		return false
	}
	inside := gonet.NewUDPConn(&queue, end)
	ended := make(chan struct{})
	c.work.Go(func() {
		select {
		case <-c.ctx.Done():
			inside.Close()
		case <-ended:
		}
	})
	c.work.Go(func() {
		defer func() { <-c.asking }()
		defer inside.Close()
		defer close(ended)
		query := make([]byte, 4096)
		for {
			_ = inside.SetReadDeadline(time.Now().Add(resolverPatience / 5))
			n, err := inside.Read(query)
			if err != nil {
				return
			}
			if reply := c.resolve(query[:n], mostDatagram); reply != nil {
				_, _ = inside.Write(reply)
			}
		}
	})
	return true
}
