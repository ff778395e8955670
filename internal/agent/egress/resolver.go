package egress

import (
	"encoding/binary"
	"io"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// mostDatagram is the longest answer over UDP without extensions; longer ones are asked for over TCP.
const mostDatagram = 512

// answerTTL bounds how long the program may keep an answer: less than its grant lasts.
const answerTTL = leastGrant / 2

// resolve answers one query of the program's: A and AAAA of allowed names. Other names do
// not exist, other types are empty. Nil: it is no query. most bounds the answer, 0 does not.
func (c *carrier) resolve(query []byte, most int) []byte {
	var p dnsmessage.Parser
	h, err := p.Start(query)
	if err != nil || h.Response || h.OpCode != 0 {
		return nil
	}
	q, err := p.Question()
	if err != nil {
		return nil
	}
	answer := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: h.ID, Response: true, RecursionDesired: h.RecursionDesired, RecursionAvailable: true},
		Questions: []dnsmessage.Question{q},
	}
	var ttl time.Duration
	var found []netip.Addr
	found, ttl, answer.RCode = c.lookUp(strings.ToLower(strings.TrimSuffix(q.Name.String(), ".")), q)
	for _, a := range found {
		r := dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: uint32(min(ttl, answerTTL).Seconds())}}
		if a.Is4() {
			r.Body = &dnsmessage.AResource{A: a.As4()}
		} else {
			r.Body = &dnsmessage.AAAAResource{AAAA: a.As16()}
		}
		answer.Answers = append(answer.Answers, r)
	}
	b, err := answer.Pack()
	if err == nil && most > 0 && len(b) > most {
		answer.Answers, answer.Truncated = nil, true
		b, err = answer.Pack()
	}
	if err != nil {
		return nil
	}
	return b
}

func (c *carrier) lookUp(name string, q dnsmessage.Question) ([]netip.Addr, time.Duration, dnsmessage.RCode) {
	l := c.link
	l.mu.Lock()
	l.report.Queries++
	allowed, fast := l.policy.List.Name(name, 0), c.queries.Allow()
	switch {
	case !fast:
		l.refused("DNS", WhyQueries)
	case !allowed:
		l.refused(name, WhyUnlisted)
	}
	l.mu.Unlock()
	isAddress := q.Type == dnsmessage.TypeA || q.Type == dnsmessage.TypeAAAA
	switch {
	case !fast:
		return nil, 0, dnsmessage.RCodeServerFailure
	case !allowed:
		return nil, 0, dnsmessage.RCodeNameError
	case q.Class != dnsmessage.ClassINET || !isAddress:
		return nil, 0, dnsmessage.RCodeSuccess
	}
	found, ttl, err := l.cfg.Resolver.Resolve(c.ctx, name, q.Type == dnsmessage.TypeAAAA)
	switch {
	case err == nil:
		return l.answer(name, found, ttl), ttl, dnsmessage.RCodeSuccess
	case isNoName(err):
		return nil, 0, dnsmessage.RCodeNameError
	}
	l.cfg.Log.Debug("cannot resolve a name for a run", "error", err)
	return nil, 0, dnsmessage.RCodeServerFailure
}

// Over TCP each message has its length before it.
func readDNS(r io.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(r, message)
	return message, err
}

func writeDNS(w io.Writer, message []byte) error {
	_, err := w.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)) //nolint:gosec // packed: below 64 KiB
	return err
}
