package ratelimit

import "net/netip"

// Network is what counts as one caller of who is known by their address alone: the
// address, or of IPv6, where a customer holds at least a /64, the network around it. What
// is no address stays as it is.
func Network(address string) string {
	if addr, err := netip.ParseAddr(address); err == nil && addr.Is6() && !addr.Is4In6() {
		if prefix, err := addr.Prefix(64); err == nil {
			return prefix.String()
		}
	}
	return address
}
