package egress

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"
)

// nameServer answers on UDP and TCP of one port, by what answer makes of a question.
func nameServer(t *testing.T, answer func(network string, m *dnsmessage.Message)) string {
	t.Helper()
	listener, packets, err := onePort()
	for range 10 { // somebody else's may have the same one
		if err != nil {
			listener, packets, err = onePort()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { packets.Close(); listener.Close() })
	reply := func(network string, query []byte) []byte {
		var m dnsmessage.Message
		if err := m.Unpack(query); err != nil {
			t.Error(err)
			return nil
		}
		m.Response = true
		answer(network, &m)
		b, err := m.Pack()
		if err != nil {
			t.Error(err)
		}
		return b
	}
	go func() {
		b := make([]byte, 4096)
		for {
			n, from, err := packets.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = packets.WriteTo([]byte("noise"), from)
			_, _ = packets.WriteTo(reply("udp", b[:n]), from)
		}
	}()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			query, err := readDNS(c)
			if err == nil {
				_ = writeDNS(c, reply("tcp", query))
			}
			c.Close()
		}
	}()
	return packets.LocalAddr().String()
}

// onePort listens on UDP and TCP of the same port.
func onePort() (net.Listener, net.PacketConn, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	packets, err := net.ListenPacket("udp", listener.Addr().String())
	if err != nil {
		listener.Close()
	}
	return listener, packets, err
}

func TestServers(t *testing.T) {
	at := nameServer(t, func(network string, m *dnsmessage.Message) {
		q := m.Questions[0]
		head := func(ttl uint32) dnsmessage.ResourceHeader {
			return dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: ttl}
		}
		switch q.Name.String() {
		case "long.test.":
			if network == "udp" {
				m.Truncated = true
				return
			}
			fallthrough
		case "a.test.":
			m.Answers = []dnsmessage.Resource{
				{Header: head(300), Body: &dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName("b.test.")}},
				{Header: head(30), Body: &dnsmessage.AResource{A: [4]byte{8, 8, 8, 8}}},
				{Header: head(60), Body: &dnsmessage.AResource{A: [4]byte{8, 8, 4, 4}}},
			}
		case "none.test.":
			m.RCode = dnsmessage.RCodeNameError
		case "broken.test.":
			m.RCode = dnsmessage.RCodeServerFailure
		}
	})
	s := Servers{At: []string{"127.0.0.1:1", at}}
	for _, name := range []string{"a.test", "long.test"} {
		found, ttl, err := s.Resolve(t.Context(), name, false)
		want := []netip.Addr{netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("8.8.4.4")}
		if err != nil || ttl != 30*time.Second || cmp.Diff(want, found, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })) != "" {
			t.Errorf("%s: %v for %v, %v", name, found, ttl, err)
		}
	}
	if _, _, err := s.Resolve(t.Context(), "none.test", true); !errors.Is(err, ErrNoName) {
		t.Errorf("a name that does not exist: %v", err)
	}
	if _, _, err := s.Resolve(t.Context(), "broken.test", true); err == nil || errors.Is(err, ErrNoName) {
		t.Errorf("a server that fails: %v", err)
	}
	if _, _, err := (Servers{At: []string{"127.0.0.1:1"}}).Resolve(t.Context(), "a.test", false); err == nil {
		t.Error("no server, and yet an answer")
	}
}
