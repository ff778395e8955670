package egress

import (
	"net/netip"
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/destination"
)

// Why a destination is refused, in the words that its owner reads.
const (
	WhyUnlisted  = "not on the list"
	WhyPrivate   = "private addresses are not allowed here"
	WhyLoopback  = "loopback"
	WhyMetadata  = "metadata"
	WhyMachinery = "link-local or multicast"
	WhyOwn       = "the host or the control plane"
	WhyMany      = "too many connections at once"
	WhyFast      = "too many connections in a short time"
	WhyQueries   = "too many DNS queries in a short time"
)

// metadata are the addresses at which clouds hand out a machine's credentials.
var metadata = []netip.Addr{
	netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("169.254.170.2"), netip.MustParseAddr("169.254.170.23"),
	netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("168.63.129.16"),
	netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("fd00:ec2::23"), netip.MustParseAddr("fd20:ce::254"),
}

// never says why an address is refused whatever the list says; empty when it is not.
func never(a netip.Addr, own []netip.Addr) string {
	a = destination.Carried(a)
	class := destination.ClassOf(a)
	switch {
	case slices.Contains(metadata, a):
		return WhyMetadata
	case class == destination.Loopback:
		return WhyLoopback
	case class == destination.Machinery:
		return WhyMachinery
	case own == nil || slices.Contains(own, a):
		return WhyOwn
	}
	return ""
}

// refusal says why a destination is refused; empty when it is admitted. names are what
// resolved to it. The caller holds l.mu.
func (l *Link) refusal(to netip.AddrPort, names []string) string {
	if why := never(to.Addr(), l.gateway.ownAddresses()); why != "" {
		return why
	}
	private := destination.ClassOf(to.Addr()) == destination.Private
	switch listed := l.policy.List.Address(to.Addr(), to.Port()); {
	case private && listed && !l.policy.Private:
		return WhyPrivate
	case listed:
		return ""
	case private:
		return WhyUnlisted // a name opens no private address
	}
	for _, name := range names {
		if l.policy.List.Name(name, to.Port()) {
			return ""
		}
	}
	return WhyUnlisted
}

// Grants last as long as the DNS answer, within these bounds: long enough to connect,
// not so long that an address outlives its name by much.
const (
	leastGrant = time.Minute
	mostGrant  = time.Hour
	mostGrants = 1024 // addresses
)

// answer keeps, of what a name resolved to, the addresses that may be reached by it on
// some port, and lets them be.
func (l *Link) answer(name string, found []netip.Addr, ttl time.Duration) []netip.Addr {
	own, now := l.gateway.ownAddresses(), l.cfg.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	var kept []netip.Addr
	for _, a := range found {
		why := never(a, own)
		if why == "" && destination.ClassOf(a) == destination.Private && (!l.policy.Private || !l.policy.List.Address(a, 0)) {
			why = WhyPrivate
		}
		if why != "" {
			l.refused(name+" ("+a.String()+")", why)
			continue
		}
		kept = append(kept, a)
		l.grant(a, name, now, ttl)
	}
	return kept
}

func (l *Link) grant(a netip.Addr, name string, now time.Time, ttl time.Duration) {
	names := l.grants[a]
	if names == nil {
		if len(l.grants) >= mostGrants {
			l.forget(now)
		}
		names = map[string]time.Time{}
		l.grants[a] = names
	}
	names[name] = now.Add(min(max(ttl, leastGrant), mostGrant))
}

// forget drops what has expired, or, if that makes no room, everything: names are asked for again.
func (l *Link) forget(now time.Time) {
	for a, names := range l.grants {
		for name, until := range names {
			if until.Before(now) {
				delete(names, name)
			}
		}
		if len(names) == 0 {
			delete(l.grants, a)
		}
	}
	if len(l.grants) >= mostGrants {
		clear(l.grants)
	}
}

// namesOf are the names that resolve to an address now.
func (l *Link) namesOf(a netip.Addr) []string {
	var names []string
	now := l.cfg.Now()
	for name, until := range l.grants[a] {
		if now.Before(until) {
			names = append(names, name)
		}
	}
	return names
}
