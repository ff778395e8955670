package egress

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"

	"golang.org/x/time/rate"
	"gvisor.dev/gvisor/pkg/buffer"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/header"
	"gvisor.dev/gvisor/pkg/tcpip/link/channel"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// carrier is a link's stack behind a tun device.
type carrier struct {
	link  *Link
	tun   *os.File
	wire  *channel.Endpoint
	stack *stack.Stack

	ctx     context.Context //nolint:containedctx // the carrier's life
	cancel  context.CancelFunc
	mu      sync.Mutex
	stopped bool
	work    sync.WaitGroup // begun under mu, while not stopped
	fresh   *rate.Limiter  // new connections
	queries *rate.Limiter
	asking  chan struct{} // one element per DNS exchange under way
}

const (
	nic         = 1
	wireQueue   = 256      // packets to the program that wait
	bufferSize  = 64 << 10 // of each TCP connection, each way
	mostSYNs    = 32       // connections that are being made at once
	mostAskings = 32
)

func newCarrier(l *Link, tun *os.File) (*carrier, error) {
	b := l.cfg.Bounds
	c := &carrier{
		link: l, tun: tun, wire: channel.New(wireQueue, sandbox.TunMTU, ""),
		stack: stack.New(stack.Options{
			NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, ipv6.NewProtocol},
			TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol},
		}),
		fresh:   rate.NewLimiter(rate.Limit(b.PerSecond), 10*b.PerSecond),
		queries: rate.NewLimiter(rate.Limit(b.Queries), 10*b.Queries),
		asking:  make(chan struct{}, mostAskings),
	}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	if err := c.setUp(); err != nil {
		c.stack.Destroy()
		return nil, fmt.Errorf("make a network stack: %w", err)
	}
	c.work.Go(c.leave)
	c.work.Go(c.arrive)
	return c, nil
}

func (c *carrier) setUp() error {
	receive := tcpip.TCPReceiveBufferSizeRangeOption{Min: 4 << 10, Default: bufferSize, Max: bufferSize}
	send := tcpip.TCPSendBufferSizeRangeOption{Min: 4 << 10, Default: bufferSize, Max: bufferSize}
	sack := tcpip.TCPSACKEnabled(true)
	for _, err := range []tcpip.Error{
		c.stack.SetTransportProtocolOption(tcp.ProtocolNumber, &receive),
		c.stack.SetTransportProtocolOption(tcp.ProtocolNumber, &send),
		c.stack.SetTransportProtocolOption(tcp.ProtocolNumber, &sack),
		c.stack.CreateNIC(nic, c.wire),
		c.stack.SetPromiscuousMode(nic, true), // it answers for every address
		c.stack.SetSpoofing(nic, true),
	} {
		if err != nil {
			return errors.New(err.String())
		}
	}
	c.stack.SetRouteTable([]tcpip.Route{{Destination: header.IPv4EmptySubnet, NIC: nic}, {Destination: header.IPv6EmptySubnet, NIC: nic}})
	c.stack.SetTransportProtocolHandler(tcp.ProtocolNumber, tcp.NewForwarder(c.stack, bufferSize, mostSYNs, c.tcp).HandlePacket)
	c.stack.SetTransportProtocolHandler(udp.ProtocolNumber, udp.NewForwarder(c.stack, c.udp).HandlePacket)
	return nil
}

// leave takes packets from the program, no more than its share a second.
func (c *carrier) leave() {
	pace := rate.NewLimiter(rate.Limit(c.link.cfg.Bounds.Packets), max(c.link.cfg.Bounds.Packets/4, 1))
	packet := make([]byte, sandbox.TunMTU)
	for {
		n, err := c.tun.Read(packet)
		if err != nil {
			return // closed, or its namespace is gone
		}
		if pace.Wait(c.ctx) != nil {
			return
		}
		if protocol, ok := carried(packet[:n]); ok {
			p := stack.NewPacketBuffer(stack.PacketBufferOptions{Payload: buffer.MakeWithData(packet[:n])})
			c.wire.InjectInbound(protocol, p)
			p.DecRef()
		}
	}
}

// carried picks the packets that are TCP or UDP: nothing else is carried, so that nothing
// seems to answer that does not.
func carried(packet []byte) (tcpip.NetworkProtocolNumber, bool) {
	switch {
	case len(packet) >= header.IPv4MinimumSize && packet[0]>>4 == 4:
		p := packet[9]
		return ipv4.ProtocolNumber, p == uint8(tcp.ProtocolNumber) || p == uint8(udp.ProtocolNumber)
	case len(packet) >= header.IPv6MinimumSize && packet[0]>>4 == 6:
		p := packet[6]
		return ipv6.ProtocolNumber, p == uint8(tcp.ProtocolNumber) || p == uint8(udp.ProtocolNumber)
	}
	return 0, false
}

// arrive gives packets to the program.
func (c *carrier) arrive() {
	for {
		p := c.wire.ReadContext(c.ctx)
		if p == nil {
			return
		}
		v := p.ToView()
		_, _ = c.tun.Write(v.AsSlice()) // a full queue loses packets, as networks do
		v.Release()
		p.DecRef()
	}
}

// stop cuts every connection, and leaves the rest to end by itself.
func (c *carrier) stop() {
	c.mu.Lock()
	c.stopped = true
	c.mu.Unlock()
	c.cancel()
	c.link.cutAll()
	c.stack.Close()
	c.link.gateway.ending.Go(func() {
		c.tun.Close() // the kernel takes tens of milliseconds to take a device away
		c.work.Wait()
		c.wire.Close()
		c.stack.Wait()
	})
}

// begin counts work in, unless the carrier has stopped.
func (c *carrier) begin() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return false
	}
	c.work.Add(1)
	return true
}

// destinationOf is where a packet wants to go.
func destinationOf(id stack.TransportEndpointID) netip.AddrPort {
	a, _ := netip.AddrFromSlice(id.LocalAddress.AsSlice())
	return netip.AddrPortFrom(a, id.LocalPort)
}

func isResolver(to netip.AddrPort) bool {
	return to.Port() == 53 && (to.Addr() == sandbox.TunResolver || to.Addr() == sandbox.TunResolver6)
}
