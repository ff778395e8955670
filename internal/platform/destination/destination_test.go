package destination

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	good := map[string]string{ // as written: as Stoa writes it
		"pypi.org:443": "pypi.org:443", "PyPI.org": "pypi.org", "*.example.com": "*.example.com", "*": "*", "*:443": "*:443",
		"203.0.113.0/24:5432": "203.0.113.0/24:5432", "8.8.8.8": "8.8.8.8", "8.8.8.8/32:53": "8.8.8.8:53",
		"[2001:db8::1]:443": "[2001:db8::1]:443", "2001:db8::/32": "2001:db8::/32", "[2001:db8::/32]:1": "[2001:db8::/32]:1",
		"0.0.0.0/0": "0.0.0.0/0", "::/0": "::/0", "xn--bcher-kva.example": "xn--bcher-kva.example", "a_b.example": "a_b.example",
	}
	for text, want := range good {
		r, err := Parse(text)
		if err != nil || r.String() != want {
			t.Errorf("Parse(%q) = %q, %v; want %q", text, r, err, want)
		}
		if again, err := Parse(r.String()); again != r {
			t.Errorf("%q reads back as %q, %v", r, again, err)
		}
	}
	for _, text := range []string{
		"", ":443", "a b", "pypi.org:", "pypi.org:0", "pypi.org:65536", "pypi.org:+1", "pypi.org:01", "pypi.org:https", "https://pypi.org", "pypi.org/simple",
		"*.", "a.*.b", "**", "*x.com", ".com", "a..b", "a.", "-a.b", "a-.b", "büch.er", "1.2.3", "1.2.3.4.5", "10.0.0.1/8", "1.2.3.4/33", "300.1.1.1",
		"[1.2.3.4]:5", "[::1", "[2001:db8::1]x", "::ffff:8.8.8.8", "fe80::1%eth0", "127.0.0.1", "127.0.0.0/8:80", "0.0.0.0", "::1", "::", "169.254.169.254:80",
		"169.254.0.0/16", "224.0.0.1", "fe80::/64", "fd00:ec2::254", "255.255.255.255", "a.b\x00", strings.Repeat("a", 64) + ".b", "*.1",
	} {
		if r, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) = %q, want an error", text, r)
		}
	}
	if _, err := ParseList([]string{"a.b", "a.b:x"}); err == nil || !strings.Contains(err.Error(), "“a.b:x”") {
		t.Errorf("the error does not name the rule: %v", err)
	}
}

func TestClassOf(t *testing.T) {
	for class, texts := range map[Class]string{
		Public: "8.8.8.8 1.1.1.1 2600::1 2a00:1450::1 64:ff9b::808:808 2002:808:808::1 64:ff9b:1::808:808 64:ff9b:1:fffe::808:808 168.63.129.17",
		Private: "10.1.2.3 172.31.255.255 192.168.0.1 100.64.0.1 192.0.2.1 198.51.100.7 203.0.113.9 198.18.0.1 240.0.0.1 0.1.2.3 fc00::1 fd12::1 " +
			"2001:db8::1 ::ffff:10.0.0.1 64:ff9b::a00:1 2002:a00:1:: 64:ff9b:1::a00:1 100:: ::10.0.0.1",
		Loopback: "127.0.0.1 127.255.255.254 ::1 :: 0.0.0.0 ::ffff:127.0.0.1 ::ffff:0.0.0.0 64:ff9b::7f00:1 2002:7f00:1:: ::127.0.0.1 ::ffff:0:127.0.0.1",
		Machinery: "169.254.169.254 169.254.0.1 224.0.0.1 239.255.255.255 255.255.255.255 fe80::1 fe80::1%lo fec0::1 ff02::1 ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe:: 100.100.100.200 fd00:ec2::254 " +
			"fd00:ec2::23 168.63.129.16 64:ff9b:1::a9fe:a9fe 64:ff9b:1:a9fe:a9:fe00:808:808 64:ff9b:1:a9:fe:a9fe:: 64:ff9b:1:0:a9:fea9:fe00:0",
	} {
		for text := range strings.FieldsSeq(texts) {
			if got := ClassOf(netip.MustParseAddr(text)); got != class {
				t.Errorf("%s is %s, want %s", text, got, class)
			}
		}
	}
	if ClassOf(netip.Addr{}) != Machinery {
		t.Error("no address is a place")
	}
}

func list(t testing.TB, texts ...string) List {
	l, err := ParseList(texts)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestMeet(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{"*", "pypi.org:443", "pypi.org:443"},
		{"*:443", "pypi.org", "pypi.org:443"},
		{"*:443", "pypi.org:80", ""},
		{"*", "*.a.b", "*.a.b"},
		{"*.a.b", "x.a.b:1", "x.a.b:1"},
		{"*.a.b:1", "x.a.b", "x.a.b:1"},
		{"*.a.b", "a.b", ""},
		{"*.a.b", "*.x.a.b", "*.x.a.b"},
		{"*.a.b", "*.a.b", "*.a.b"},
		{"*.a.b", "xa.b", ""},
		{"a.b", "a.b", "a.b"},
		{"a.b", "c.d", ""},
		{"8.0.0.0/8", "8.8.0.0/16:53", "8.8.0.0/16:53"},
		{"8.0.0.0/8", "9.0.0.0/8", ""},
		{"*", "8.8.8.8", "8.8.8.8"},
		{"*", "10.0.0.0/8", ""},
		{"0.0.0.0/0", "10.0.0.0/8", ""},
		{"10.0.0.0/8:5432", "10.1.0.0/16", "10.1.0.0/16:5432"},
		{"8.8.8.8", "a.b", ""},
		{"*", "*", "*"},
		{"*", "*:1", "*:1"},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			got := list(t, pair[0]).Meet(list(t, pair[1]))
			if diff := cmp.Diff(strings.Fields(c.want), append([]string{}, got.Strings()...)); diff != "" {
				t.Errorf("%s meets %s: %s", pair[0], pair[1], diff)
			}
		}
	}
	l := list(t, "*.a.b", "10.0.0.0/8")
	for text, want := range map[string]bool{"x.a.b:1": true, "a.b": false, "*": false, "10.0.0.1": true, "0.0.0.0/0": false} {
		if got := l.Admits(list(t, text)[0]); got != want {
			t.Errorf("admits %s: %v", text, got)
		}
	}
}

func anyRule() *rapid.Generator[Rule] {
	return rapid.Custom(func(t *rapid.T) Rule {
		host := rapid.SampledFrom([]string{"*", "*.a.b", "a.b", "x.a.b", "*.x.a.b", "0.0.0.0/0", "8.0.0.0/8", "8.8.8.8", "10.0.0.0/8", "10.1.0.0/16", "::/0", "2a00::/16", "fc00::/7", "fd00::/8", "128.0.0.0/1"}).Draw(t, "host")
		port := rapid.SampledFrom([]string{"", ":53", ":443"}).Draw(t, "port")
		if strings.Contains(host, "::") {
			host = "[" + host + "]"
		}
		r, err := Parse(host + port)
		if err != nil {
			t.Fatal(err)
		}
		return r
	})
}

func anyAddr() *rapid.Generator[netip.Addr] {
	return rapid.Custom(func(t *rapid.T) netip.Addr {
		if rapid.Bool().Draw(t, "edge") {
			return netip.MustParseAddr(rapid.SampledFrom(strings.Fields("8.8.8.8 10.1.2.3 127.0.0.1 169.254.169.254 ::1 fd00::1 2a00::1 ::ffff:10.1.0.1 64:ff9b::a01:203 9.9.9.9")).Draw(t, "known"))
		}
		b := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes")
		if rapid.Bool().Draw(t, "v4") {
			return netip.AddrFrom4([4]byte(b[:4]))
		}
		return netip.AddrFrom16([16]byte(b))
	})
}

// Whatever the rules: what both admit is what their meeting admits, and nothing admits what nothing may reach.
func TestMeetIsAnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyRule().Draw(t, "a"), anyRule().Draw(t, "b")
		addr, port := anyAddr().Draw(t, "addr"), rapid.SampledFrom([]uint16{53, 443, 80}).Draw(t, "port")
		name := rapid.SampledFrom([]string{"a.b", "x.a.b", "y.x.a.b", "c.d"}).Draw(t, "name")
		both, _ := a.Meet(b)
		if want := a.Address(addr, port) && b.Address(addr, port); both.Address(addr, port) != want {
			t.Fatalf("%v and %v meet in %v; %v:%d: want %v", a, b, both, addr, port, want)
		}
		if want := a.Name(name, port) && b.Name(name, port); both.Name(name, port) != want {
			t.Fatalf("%v and %v meet in %v; %v:%d: want %v", a, b, both, name, port, want)
		}
		if c := ClassOf(addr); a.Address(addr, port) && (c == Loopback || c == Machinery || c == Private && !a.IsPrivate()) {
			t.Fatalf("%v admits %v, which is %v", a, addr, c)
		}
	})
}
