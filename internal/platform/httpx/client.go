package httpx

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/scrub"
)

// maxCorrelationID bounds what a caller may have us carry through logs and events, in bytes.
const maxCorrelationID = 128

// correlationID takes the caller's id if it is sane, and makes one otherwise.
func (s *Server) correlationID(r *http.Request) string {
	if id := r.Header.Get("X-Correlation-Id"); isSaneID(id) && scrub.Credentials(id) == id { // it is stored with events and audit
		return id
	}
	return s.cfg.NewID().String()
}

func isSaneID(id string) bool {
	if id == "" || len(id) > maxCorrelationID {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.:", c) >= 0) {
			return false
		}
	}
	return true
}

// client finds who is calling and whether over TLS. X-Forwarded-For is read from
// the right, and only as far as trusted proxies wrote it: everything further left
// is the caller's own invention.
func (s *Server) client(r *http.Request) (address string, secure bool) {
	secure = r.TLS != nil
	address = r.RemoteAddr
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	if len(s.cfg.TrustedProxies) == 0 || !s.isTrusted(address) {
		return address, secure
	}
	secure = secure || r.Header.Get("X-Forwarded-Proto") == "https"
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		hop = strings.TrimSpace(hop)
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		address = hop
		if !s.isTrusted(hop) {
			break
		}
	}
	return address, secure
}

func (s *Server) isTrusted(address string) bool {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	addr = addr.Unmap()
	for _, prefix := range s.cfg.TrustedProxies {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}
