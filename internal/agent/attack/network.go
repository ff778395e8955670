package attack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/egress"
	"github.com/stoa-cloud/stoa/internal/platform/destination"
)

// network is the way out of an attack that has one: its list admits places of the outside, of which it is to reach none.
func (h *Host) network(rules []string) (func(tun *os.File) (stop func(), err error), error) {
	if len(rules) == 0 {
		return nil, nil //nolint:nilnil // no network is the usual thing
	}
	list, err := destination.ParseList(rules)
	if err != nil {
		return nil, fmt.Errorf("read what it may connect to: %w", err)
	}
	return h.gateway.Link(egress.Policy{List: list, Private: true, Revision: 1}, nil).Carry, nil
}

// dialled is told where the agent would have connected to.
func (h *Host) dialled(_ context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	h.say(fmt.Errorf("the agent was made to connect to %s %s", network, to))
	return nil, errors.New("an attack goes nowhere")
}

// inwards is a name server in the attacker's hand: every name leads inside.
type inwards struct{ host *Host }

// Resolve implements egress.Resolver.
func (i inwards) Resolve(_ context.Context, _ string, six bool) ([]netip.Addr, time.Duration, error) {
	if six {
		return []netip.Addr{netip.MustParseAddr("::1"), netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("::ffff:127.0.0.1")}, time.Second, nil
	}
	found := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("169.254.169.254")}
	if at, err := netip.ParseAddrPort(i.host.outside); err == nil {
		found = append(found, at.Addr())
	}
	return found, time.Second, nil
}
