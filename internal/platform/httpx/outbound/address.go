package outbound

import (
	"net/netip"
	"slices"

	"github.com/stoa-cloud/stoa/internal/platform/destination"
)

// permitted tells whether an address may be called: public ones that are not our own,
// and of the private and loopback ones those that the operator's list opens.
func (c *Client) permitted(a netip.Addr) bool {
	a = destination.Carried(a)
	class := destination.ClassOf(a)
	switch {
	case class == destination.Machinery || a.IsUnspecified():
		return false
	case slices.ContainsFunc(c.cfg.Allow, func(p netip.Prefix) bool { return p.Contains(a) }):
		return true
	}
	return class == destination.Public && !slices.Contains(c.cfg.Own(), a)
}
