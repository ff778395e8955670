// Package egress lets a sandboxed program reach the places that a list names, and no
// others.
//
// The program has an ordinary network device (a tun) in its own network namespace, and
// needs to know of nothing. What leaves it ends in a TCP/IP stack inside the agent, one
// per run (gVisor's netstack), which judges each connection's destination and then makes
// the connection itself, from the host. No packet of the program's is ever routed by the
// host. Names are resolved by the agent: only what an allowed name resolves to becomes
// reachable, and every address is judged again when it is dialled, so an answer that
// points inside (DNS rebinding) opens nothing.
//
// Whatever the list says, these are never reached: loopback, link-local, multicast and
// cloud metadata addresses, the host's own addresses and the control plane's. Private
// addresses are reached only where a rule names them as such and the operator allows it.
package egress

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/destination"
)

// Policy is what one run may reach.
type Policy struct {
	List     destination.List
	Private  bool  // rules for private addresses count
	Revision int64 // counts up with each change of the list
}

// Bounds are what one run may cost the agent. A zero takes that of DefaultBounds.
type Bounds struct {
	Connections int // at once, TCP and UDP together
	PerSecond   int // new connections, with ten seconds' worth at once
	Queries     int // DNS queries a second
	Packets     int // from the program, a second: more of them wait in the program's own queue
}

// DefaultBounds are enough for a busy program; one that floods costs the agent about a tenth of a core.
func DefaultBounds() Bounds {
	return Bounds{Connections: 64, PerSecond: 20, Queries: 20, Packets: 5_000}
}

// Config is what all runs of a node share.
type Config struct {
	// Own lists addresses that are the host's or the control plane's, as of now. Nil: HostAddresses.
	Own func() ([]netip.Addr, error)
	// Resolver resolves allowed names. Nil: the host's name servers.
	Resolver Resolver
	// Dial connects from the host to an address that was judged. Nil: as it says.
	Dial   func(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error)
	Bounds Bounds
	Log    *slog.Logger
	Now    func() time.Time
}

// Gateway opens links, one for each run that has egress.
type Gateway struct {
	cfg    Config
	ending sync.WaitGroup // what is left of carriers that stopped

	mu    sync.Mutex
	own   []netip.Addr
	ownAt time.Time
}

// ownFor is how long a look at the host's addresses serves: a program can ask for many a second.
const ownFor = time.Second

// ownAddresses are the host's and the control plane's, as of a moment ago. Nil: they were
// never known, and so nothing may be reached.
func (g *Gateway) ownAddresses() []netip.Addr {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.cfg.Now()
	if g.own != nil && now.Sub(g.ownAt) < ownFor {
		return g.own
	}
	fresh, err := g.cfg.Own()
	if err != nil {
		g.cfg.Log.Error("cannot tell this host's own addresses", "error", err)
		return g.own
	}
	g.own, g.ownAt = append([]netip.Addr{}, fresh...), now
	return g.own
}

// Close waits until nothing is left of links that were stopped.
func (g *Gateway) Close() { g.ending.Wait() }

// New makes a gateway.
func New(c Config) *Gateway {
	if c.Own == nil {
		c.Own = HostAddresses
	}
	if c.Resolver == nil {
		c.Resolver = Servers{}
	}
	if c.Dial == nil {
		c.Dial = func(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
			return (&net.Dialer{Timeout: dialPatience}).DialContext(ctx, network, to.String())
		}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	def := DefaultBounds()
	for _, b := range []struct{ v, def *int }{
		{&c.Bounds.Connections, &def.Connections},
		{&c.Bounds.PerSecond, &def.PerSecond},
		{&c.Bounds.Queries, &def.Queries},
		{&c.Bounds.Packets, &def.Packets},
	} {
		if *b.v <= 0 {
			*b.v = *b.def
		}
	}
	return &Gateway{cfg: c}
}

// HostAddresses are those of this machine's interfaces.
func HostAddresses() ([]netip.Addr, error) {
	found, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list this host's addresses: %w", err)
	}
	all := make([]netip.Addr, 0, len(found))
	for _, a := range found {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			all = append(all, p.Addr().Unmap())
		}
	}
	return all, nil
}

// Link is one run's way out. Its methods may be called at any time, by any goroutine.
type Link struct {
	gateway *Gateway
	cfg     *Config
	change  func()

	mu       sync.Mutex
	policy   Policy
	grants   map[netip.Addr]map[string]time.Time // what names resolved to, and until when that counts
	flows    map[*flow]struct{}
	opening  int  // admitted, not yet flows
	over     bool // nothing opens any more
	report   Report
	refusals map[Refusal]int // index in report.Refused; its Count is zero
}

// Link makes the link of a run. change, which may be nil, is called when the report has
// something new to say that is worth showing soon; it must not block or call the link.
func (g *Gateway) Link(p Policy, change func()) *Link {
	if change == nil {
		change = func() {}
	}
	l := &Link{
		gateway: g, cfg: &g.cfg, change: change, policy: p, grants: map[netip.Addr]map[string]time.Time{},
		flows: map[*flow]struct{}{}, refusals: map[Refusal]int{},
	}
	l.report.Revision = p.Revision
	return l
}

// Update puts another policy in force: new connections obey it at once, existing ones to
// places that it does not admit are cut. An older revision than the present is ignored.
func (l *Link) Update(p Policy) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.Revision < l.policy.Revision {
		return
	}
	l.policy, l.report.Revision = p, p.Revision
	for f := range l.flows {
		if l.refusal(f.to, f.names) != "" {
			f.cut()
		}
	}
	l.change()
}

// Carry connects the run's tun device, which it takes over. stop ends all connections and
// closes the device.
func (l *Link) Carry(tun *os.File) (stop func(), err error) {
	l.mu.Lock()
	l.over = false
	l.mu.Unlock()
	c, err := newCarrier(l, tun)
	if err != nil {
		tun.Close()
		return nil, err
	}
	return c.stop, nil
}
