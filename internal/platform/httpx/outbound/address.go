package outbound

import (
	"net/netip"
	"slices"
)

// special are the ranges that nobody outside can mean (the IANA special-purpose
// registries): private, shared, documentation, benchmarking and reserved ones.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "3fff::/20",
)

// never are those that no operator's list opens: this network's own machinery, and
// the addresses at which clouds hand out a machine's credentials.
var never = prefixes(
	"0.0.0.0/32", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32", "100.100.100.200/32",
	"::/128", "fe80::/10", "fec0::/10", "ff00::/8", "fd00:ec2::254/128", "fd20:ce::254/128",
)

var (
	global6 = netip.MustParsePrefix("2000::/3")        // what IPv6 routes between networks
	nat64   = netip.MustParsePrefix("64:ff9b::/96")    // an IPv4 address in its last four bytes
	sixTo4  = netip.MustParsePrefix("2002::/16")       // an IPv4 address in bytes 2 to 5
	mapped4 = netip.MustParsePrefix("::ffff:0:0:0/96") // SIIT: an IPv4 address in its last four bytes
)

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// permitted tells whether an address may be called. An address that carries another
// one inside, as transition mechanisms do, is judged by what it carries.
func (c *Client) permitted(a netip.Addr) bool {
	a = carried(a.Unmap().WithZone(""))
	in := func(p netip.Prefix) bool { return p.Contains(a) }
	switch {
	case !a.IsValid() || slices.ContainsFunc(never, in):
		return false
	case slices.ContainsFunc(c.cfg.Allow, in):
		return true
	case slices.ContainsFunc(special, in) || a.Is6() && !global6.Contains(a):
		return false
	}
	return !slices.Contains(c.cfg.Own(), a)
}

func carried(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	b := a.As16()
	switch {
	case nat64.Contains(a), mapped4.Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixTo4.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return a
}
