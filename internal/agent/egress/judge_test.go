package egress

import (
	"errors"
	"log/slog"
	"net/netip"
	"slices"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/destination"
)

func mustList(texts ...string) destination.List {
	l, err := destination.ParseList(texts)
	if err != nil {
		panic(err)
	}
	return l
}

// No list, no answer of a name server and no setting opens what nothing may reach.
func TestNothingOpensWhatIsForbidden(t *testing.T) {
	own := netip.MustParseAddr("9.9.9.9")
	edges := []netip.Addr{}
	for _, text := range []string{
		"127.0.0.1", "0.0.0.0", "169.254.169.254", "224.0.0.251", "255.255.255.255", "9.9.9.9", "::1", "::", "fe80::1", "ff02::1", "fd00:ec2::254",
		"::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:a9fe:a9fe::1", "10.0.0.1", "fc00::1", "192.168.3.4", "8.8.8.8", "2a00::1",
	} {
		edges = append(edges, netip.MustParseAddr(text))
	}
	rapid.Check(t, func(t *rapid.T) {
		rules := rapid.SliceOf(rapid.SampledFrom([]string{"*", "0.0.0.0/0", "::/0", "10.0.0.0/8", "fc00::/7", "n.test", "*.test", "9.9.9.9", "8.0.0.0/5", "192.168.0.0/16:80"})).Draw(t, "rules")
		a := rapid.SampledFrom(edges).Draw(t, "address")
		if rapid.Bool().Draw(t, "random") {
			a = netip.AddrFrom16([16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes")))
		}
		private := rapid.Bool().Draw(t, "private")
		g := New(Config{Own: func() ([]netip.Addr, error) { return []netip.Addr{own}, nil }})
		l := g.Link(Policy{List: mustList(rules...), Private: private}, nil)
		kept := l.answer("n.test", []netip.Addr{a}, time.Hour)
		_, why := l.admit(netip.AddrPortFrom(a, 80), func() bool { return true })
		class := destination.ClassOf(a)
		forbidden := class == destination.Loopback || class == destination.Machinery || destination.Carried(a) == own
		if forbidden && (why == "" || len(kept) > 0) {
			t.Fatalf("%v opens %v", rules, a)
		}
		if class == destination.Private && !private && (why == "" || len(kept) > 0) {
			t.Fatalf("%v opens the private %v", rules, a)
		}
		if len(rules) == 0 && why == "" {
			t.Fatalf("an empty list opens %v", a)
		}
	})
}

// A program asks for names in bytes of its choice; what is told of them is text, or nobody could be told anything.
func TestRefusedNamesAreText(t *testing.T) {
	l := New(Config{Own: func() ([]netip.Addr, error) { return nil, nil }}).Link(Policy{}, nil)
	c := &carrier{link: l, queries: rate.NewLimiter(100, 100)}
	for _, name := range []string{"\xff\xfe.test.", "a\x00b.test.", "a\nb.test."} {
		m := dnsmessage.Message{Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(name), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}}}
		query, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if c.resolve(query, mostDatagram) == nil {
			t.Errorf("%q is not answered", name)
		}
	}
	var told []string
	for _, r := range l.Report().Refused {
		told = append(told, r.Destination)
	}
	if want := []string{"\uFFFD\uFFFD.test", "a\uFFFDb.test"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

func TestGrantsExpireAndAreBounded(t *testing.T) {
	now := time.Unix(0, 0)
	g := New(Config{Own: func() ([]netip.Addr, error) { return nil, nil }, Now: func() time.Time { return now }})
	l := g.Link(Policy{List: mustList("n.test")}, nil)
	a := netip.MustParseAddr("8.8.8.8")
	admitted := func() bool {
		_, why := l.admit(netip.AddrPortFrom(a, 80), func() bool { return true })
		return why == ""
	}
	if admitted() {
		t.Error("reachable before its name was asked for")
	}
	l.answer("n.test", []netip.Addr{a}, time.Second)
	if !admitted() {
		t.Error("not reachable by its name")
	}
	if now = now.Add(leastGrant); admitted() {
		t.Error("reachable after its name's time")
	}
	l.answer("n.test", []netip.Addr{a}, 1000*time.Hour)
	if now = now.Add(mostGrant); admitted() {
		t.Error("a long lifetime is not bounded")
	}
	for i := range 3 * mostGrants {
		l.answer("n.test", []netip.Addr{netip.AddrFrom4([4]byte{8, 1, byte(i >> 8), byte(i)})}, time.Minute)
	}
	if len(l.grants) > mostGrants {
		t.Errorf("%d addresses are kept", len(l.grants))
	}
}

func TestTheHostsAddressesAreAsOfNow(t *testing.T) {
	now, own, failed := time.Unix(0, 0), []netip.Addr(nil), error(nil)
	g := New(Config{Own: func() ([]netip.Addr, error) { return own, failed }, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler)})
	l := g.Link(Policy{List: mustList("*")}, nil)
	why := func() string {
		_, why := l.admit(netip.MustParseAddrPort("8.8.8.8:80"), func() bool { return true })
		return why
	}
	if failed = errors.New("no netlink"); why() != WhyOwn {
		t.Error("reached although nobody knows whose it is")
	}
	if failed = nil; why() != "" {
		t.Error("not reached")
	}
	if own = []netip.Addr{netip.MustParseAddr("8.8.8.8")}; why() != "" {
		t.Error("looked again at once")
	}
	if now = now.Add(ownFor); why() != WhyOwn {
		t.Error("the host has a new address, and it is reached")
	}
	now, own, failed = now.Add(ownFor), nil, errors.New("no netlink")
	if why() != WhyOwn {
		t.Error("what was known was forgotten")
	}
}
