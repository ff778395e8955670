// Package destination says where programs may connect to: rules as people write them,
// lists of rules, and what kind of place an address is.
//
//	pypi.org:443           a name, one port
//	*.example.com          every name below it, any port
//	203.0.113.0/24:5432    addresses (CIDR), one port
//	[2001:db8::1]:443      one IPv6 address
//	*                      every public place; *:443 on one port
package destination

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Rule admits some destinations. The zero Rule admits none.
type Rule struct {
	kind   kind
	name   string // without "*."; lower case
	prefix netip.Prefix
	port   uint16 // 0: every port
}

type kind byte

const (
	nothing kind = iota
	everything
	oneName
	namesBelow
	addresses
)

// Parse reads a rule. The error says what is wrong, without naming the rule.
func Parse(text string) (Rule, error) {
	host, port, err := cutPort(text)
	if err != nil {
		return Rule{}, err
	}
	r := Rule{port: port}
	switch {
	case host == "*":
		r.kind = everything
		return r, nil
	case strings.HasPrefix(host, "*."):
		r.kind, r.name = namesBelow, strings.ToLower(host[2:])
		return r, checkName(r.name)
	case strings.ContainsAny(host, ":/") || digitsLast(host):
		r.kind = addresses
		r.prefix, err = parsePrefix(host)
		return r, err
	}
	r.kind, r.name = oneName, strings.ToLower(host)
	return r, checkName(r.name)
}

func cutPort(text string) (host string, port uint16, err error) {
	host = text
	given, digits := false, ""
	if inside, found := strings.CutPrefix(text, "["); found {
		var after string
		if host, after, found = strings.Cut(inside, "]"); !found || !strings.Contains(host, ":") {
			return "", 0, errors.New("brackets are for IPv6 addresses, as in [2001:db8::1]:443")
		}
		if digits, given = strings.CutPrefix(after, ":"); !given && after != "" {
			return "", 0, errors.New("after ] comes :port or nothing")
		}
	} else if strings.Count(text, ":") == 1 {
		host, digits, given = strings.Cut(text, ":")
	}
	if !given {
		return host, 0, nil
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || n == 0 || digits[0] == '0' || digits[0] == '+' {
		return "", 0, fmt.Errorf("%q is not a port: 1 to 65535", digits)
	}
	return host, uint16(n), nil
}

func parsePrefix(host string) (netip.Prefix, error) {
	if !strings.Contains(host, "/") {
		host += "/32"
		if strings.Contains(host, ":") {
			host = strings.TrimSuffix(host, "32") + "128"
		}
	}
	p, err := netip.ParsePrefix(host)
	switch {
	case err != nil:
		return p, errors.New("is neither a name nor an address or range of addresses")
	case p.Addr().Is4In6():
		return p, errors.New("write IPv4 addresses as such")
	case p != p.Masked():
		return p, fmt.Errorf("is not a whole range; that would be %s", p.Masked())
	}
	for _, never := range append(append([]netip.Prefix{}, loopback...), machinery...) {
		if never.Bits() <= p.Bits() && never.Contains(p.Addr()) {
			return p, fmt.Errorf("is %s, which nothing may reach", ClassOf(p.Addr()))
		}
	}
	return p, nil
}

// digitsLast tells what looks like an address by its last label: no name ends in a number.
func digitsLast(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last != "" && strings.Trim(last, "0123456789") == ""
}

func checkName(name string) error {
	if len(name) > 253 {
		return errors.New("is longer than a name can be")
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" ||
			strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return errors.New("is not a host name: letters, digits and hyphens between dots (xn--… for others)")
		}
	}
	if digitsLast(name) {
		return errors.New("is not a host name: its last part is a number")
	}
	return nil
}

// String writes a rule as Parse reads it.
func (r Rule) String() string {
	var host string
	switch r.kind {
	case everything:
		host = "*"
	case namesBelow:
		host = "*." + r.name
	case oneName:
		host = r.name
	case addresses:
		host = r.prefix.String()
		if r.prefix.IsSingleIP() {
			host = r.prefix.Addr().String()
		}
		if r.port != 0 && r.prefix.Addr().Is6() {
			host = "[" + host + "]"
		}
	}
	if r.port == 0 {
		return host
	}
	return host + ":" + strconv.Itoa(int(r.port))
}

// IsPrivate tells whether the rule opens addresses that only the own network has.
func (r Rule) IsPrivate() bool {
	if r.kind != addresses {
		return false
	}
	last := r.prefix.Addr()
	for _, p := range private {
		if p.Bits() <= r.prefix.Bits() && p.Contains(last) {
			return true
		}
	}
	return last.Is6() && r.prefix.Bits() >= 3 && !global6.Contains(last)
}

// Name tells whether the rule admits this name at the port; port 0 asks for any port.
// The name is in lower case, without a final dot.
func (r Rule) Name(name string, port uint16) bool {
	if port != 0 && r.port != 0 && port != r.port {
		return false
	}
	switch r.kind {
	case everything:
		return true
	case oneName:
		return name == r.name
	case namesBelow:
		return strings.HasSuffix(name, "."+r.name)
	}
	return false
}

// Address tells whether the rule by itself admits this address at the port, port 0 any port.
// A rule for private addresses says so for those only; every other rule, for public ones only.
func (r Rule) Address(a netip.Addr, port uint16) bool {
	if port != 0 && r.port != 0 && port != r.port {
		return false
	}
	class := ClassOf(a)
	switch r.kind {
	case everything:
		return class == Public
	case addresses:
		a = Carried(a)
		return r.prefix.Contains(a) && (class == Public && !r.IsPrivate() || class == Private && r.IsPrivate())
	}
	return false
}

// Meet is the rule that admits what both do; false if they have nothing in common.
func (r Rule) Meet(o Rule) (Rule, bool) {
	port := max(r.port, o.port)
	if r.port != 0 && o.port != 0 && r.port != o.port {
		return Rule{}, false
	}
	narrow := r
	switch {
	case r.kind == everything && !o.IsPrivate():
		narrow = o
	case o.kind == everything && !r.IsPrivate():
	case r.kind == addresses && o.kind == addresses && r.prefix.Overlaps(o.prefix) && r.IsPrivate() == o.IsPrivate():
		if o.prefix.Bits() > r.prefix.Bits() {
			narrow = o
		}
	case o.kind == oneName && r.kind != addresses && r.Name(o.name, 0), o.kind == namesBelow && r.kind == namesBelow && (o.name == r.name || r.Name(o.name, 0)):
		narrow = o
	case r.kind == oneName && o.kind != addresses && o.Name(r.name, 0), o.kind == namesBelow && r.kind == namesBelow && o.Name(r.name, 0):
	default:
		return Rule{}, false
	}
	narrow.port = port
	return narrow, narrow.kind != nothing
}
