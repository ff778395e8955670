package egress

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// Resolver finds a name's IPv4 or IPv6 addresses and how long they hold. ErrNoName: there is no such name.
type Resolver interface {
	Resolve(ctx context.Context, name string, six bool) ([]netip.Addr, time.Duration, error)
}

// ErrNoName says that a name does not exist.
var ErrNoName = errors.New("no such name")

func isNoName(err error) bool { return errors.Is(err, ErrNoName) }

// Servers asks name servers, which recurse. It reads addresses and lifetimes itself, for
// Go's own resolver does not tell lifetimes.
type Servers struct {
	// At are the servers, "192.0.2.1:53", asked one after the other. Empty: those of /etc/resolv.conf, as of now.
	At []string
}

// serverPatience is how long one server has to answer.
const serverPatience = 3 * time.Second

// Resolve implements Resolver.
func (s Servers) Resolve(ctx context.Context, name string, six bool) ([]netip.Addr, time.Duration, error) {
	query, err := newQuery(name, six)
	if err != nil {
		return nil, 0, err
	}
	at := s.At
	if len(at) == 0 {
		at = hostServers()
	}
	failed := errors.New("this host has no name server")
	for _, server := range at {
		found, ttl, err := ask(ctx, server, query)
		if err == nil || isNoName(err) {
			return found, ttl, err
		}
		failed = fmt.Errorf("ask %s: %w", server, err)
	}
	return nil, 0, failed
}

func hostServers() []string {
	file, err := os.ReadFile("/etc/resolv.conf")
	if err != nil {
		return nil
	}
	var all []string
	for line := range bytes.Lines(file) {
		if words := strings.Fields(string(line)); len(words) > 1 && words[0] == "nameserver" {
			all = append(all, net.JoinHostPort(words[1], "53"))
		}
	}
	return all
}

func newQuery(name string, six bool) ([]byte, error) {
	full, err := dnsmessage.NewName(name + ".")
	if err != nil {
		return nil, fmt.Errorf("ask for %q: %w", name, err)
	}
	var id [2]byte
	_, _ = rand.Read(id[:])
	kind := dnsmessage.TypeA
	if six {
		kind = dnsmessage.TypeAAAA
	}
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: binary.BigEndian.Uint16(id[:]), RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: full, Type: kind, Class: dnsmessage.ClassINET}},
	}
	return m.Pack()
}

// ask asks one server, over TCP if the answer is too long for a datagram.
func ask(ctx context.Context, server string, query []byte) ([]netip.Addr, time.Duration, error) {
	for _, network := range []string{"udp", "tcp"} {
		var m dnsmessage.Message
		if err := exchangeDNS(ctx, network, server, query, &m); err != nil {
			return nil, 0, err
		}
		switch {
		case m.Truncated && network == "udp":
			continue
		case m.RCode == dnsmessage.RCodeNameError:
			return nil, 0, ErrNoName
		case m.RCode != dnsmessage.RCodeSuccess:
			return nil, 0, fmt.Errorf("it answered %s", m.RCode)
		}
		found, ttl := addressesIn(m.Answers)
		return found, ttl, nil
	}
	return nil, 0, errors.New("its answer is too long")
}

func exchangeDNS(ctx context.Context, network, server string, query []byte, m *dnsmessage.Message) error {
	ctx, cancel := context.WithTimeout(ctx, serverPatience)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, server)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if network == "tcp" {
		if err := writeDNS(conn, query); err != nil {
			return err
		}
		answer, err := readDNS(bufio.NewReader(conn))
		if err != nil {
			return err
		}
		return unpack(answer, query, m)
	}
	if _, err := conn.Write(query); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	for { // what is not the answer to this question is somebody's guess
		n, err := conn.Read(answer)
		if err != nil {
			return err
		}
		if unpack(answer[:n], query, m) == nil {
			return nil
		}
	}
}

// unpack reads an answer, if it is to this query.
func unpack(answer, query []byte, m *dnsmessage.Message) error {
	var asked dnsmessage.Message
	if err := asked.Unpack(query); err != nil {
		return err
	}
	if err := m.Unpack(answer); err != nil {
		return err
	}
	if !m.Response || m.ID != asked.ID || len(m.Questions) != 1 || !strings.EqualFold(m.Questions[0].Name.String(), asked.Questions[0].Name.String()) ||
		m.Questions[0].Type != asked.Questions[0].Type {
		return errors.New("an answer to another question")
	}
	return nil
}

// addressesIn are all addresses of an answer, whose aliases the server has followed, and the shortest lifetime.
func addressesIn(answers []dnsmessage.Resource) ([]netip.Addr, time.Duration) {
	var found []netip.Addr
	ttl := mostGrant
	for _, r := range answers {
		ttl = min(ttl, time.Duration(r.Header.TTL)*time.Second)
		switch body := r.Body.(type) {
		case *dnsmessage.AResource:
			found = append(found, netip.AddrFrom4(body.A))
		case *dnsmessage.AAAAResource:
			found = append(found, netip.AddrFrom16(body.AAAA))
		}
	}
	return found, ttl
}
