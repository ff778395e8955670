package destination

import (
	"net/netip"
	"slices"
)

// Class says what kind of place an address is.
type Class int

// The classes.
const (
	Public    Class = iota // what the internet routes
	Private                // special-purpose: private, shared, documentation, benchmarking, reserved
	Loopback               // the machine itself, whichever that is
	Machinery              // link-local, multicast, broadcast, and where clouds hand out a machine's credentials
)

func (c Class) String() string {
	return [...]string{"public", "private", "loopback", "link-local, multicast or metadata"}[c]
}

// loopback includes "this network": Linux takes 0.0.0.0 and :: for itself.
var loopback = prefixes("127.0.0.0/8", "0.0.0.0/32", "::1/128", "::/128")

var machinery = prefixes(
	"169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32", "100.100.100.200/32",
	"168.63.129.16/32", // Azure's WireServer, which looks like any public address
	"fe80::/10", "fec0::/10", "ff00::/8", "fd00:ec2::/32", "fd20:ce::254/128",
)

// private are the ranges that nobody outside can mean (the IANA special-purpose registries).
var private = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "3fff::/20",
)

var (
	global6 = netip.MustParsePrefix("2000::/3")        // what IPv6 routes between networks
	nat64   = netip.MustParsePrefix("64:ff9b::/96")    // an IPv4 address in its last four bytes
	local64 = netip.MustParsePrefix("64:ff9b:1::/48")  // one somewhere, of one's own network
	sixTo4  = netip.MustParsePrefix("2002::/16")       // an IPv4 address in bytes 2 to 5
	siit    = netip.MustParsePrefix("::ffff:0:0:0/96") // an IPv4 address in its last four bytes
	compat  = netip.MustParsePrefix("::/96")           // the same, long deprecated
)

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// ClassOf tells an address's class. One that carries another one inside, as transition
// mechanisms do, is judged by what it carries. What is no address is Machinery.
func ClassOf(a netip.Addr) Class {
	class := classOf(Carried(a))
	if a = a.WithZone(""); local64.Contains(a) {
		for _, maybe := range elsewhere(a) {
			class = max(class, classOf(maybe))
		}
	}
	return class
}

// elsewhere are the IPv4 addresses that a NAT64 of one's own network may find in an
// address, beside the last four bytes: where depends on its prefix (RFC 6052, 2.2),
// which only its operator knows. What no network routes is none: it is part of the prefix.
func elsewhere(a netip.Addr) (all []netip.Addr) {
	b := a.As16()
	for _, four := range [][4]byte{{b[6], b[7], b[9], b[10]}, {b[7], b[9], b[10], b[11]}, {b[9], b[10], b[11], b[12]}} {
		if four[0] != 0 && four[0] < 240 {
			all = append(all, netip.AddrFrom4(four))
		}
	}
	return all
}

func classOf(a netip.Addr) Class {
	in := func(p netip.Prefix) bool { return p.Contains(a) }
	switch {
	case !a.IsValid() || slices.ContainsFunc(machinery, in):
		return Machinery
	case slices.ContainsFunc(loopback, in):
		return Loopback
	case slices.ContainsFunc(private, in) || a.Is6() && !global6.Contains(a):
		return Private
	}
	return Public
}

// Carried is the address that is meant: without a zone, and the IPv4 address inside where there is one.
func Carried(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.Is6() {
		return a
	}
	b := a.As16()
	switch {
	case a == netip.IPv6Unspecified() || a == netip.IPv6Loopback():
	case nat64.Contains(a), local64.Contains(a), siit.Contains(a), compat.Contains(a):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case sixTo4.Contains(a):
		return netip.AddrFrom4([4]byte(b[2:6]))
	}
	return a
}
