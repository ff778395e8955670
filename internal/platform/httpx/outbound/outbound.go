// Package outbound calls addresses that people gave us: webhooks, callbacks, sinks.
//
// Such an address is a way to make the control plane speak to machines that only it
// can reach. So this client resolves names itself, judges every address that it is
// about to dial, dials exactly the address that it judged (a name that resolves
// differently a moment later changes nothing), follows no redirects, goes through no
// proxy, and bounds what it reads and how long it waits.
package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// ErrForbidden says that a name or address is not one that Stoa calls for people.
var ErrForbidden = errors.New("the address is not a public one")

// Config is what a client obeys. The zero Config is good.
type Config struct {
	Allow   []netip.Prefix // networks that are not public and may be called all the same
	Timeout time.Duration  // of a whole call; default 30 s
	MaxBody int64          // bytes of an answer that are read; default 64 KiB

	// Lookup resolves names, and Own lists this machine's addresses: both are the system's by default.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	Own    func() []netip.Addr
	// TLS is for tests with certificates of their own.
	TLS *tls.Config
}

// Client calls out. It is safe for concurrent use.
type Client struct {
	cfg  Config
	http *http.Client
}

const (
	defaultTimeout = 30 * time.Second
	defaultMaxBody = 64 << 10
	dialWithin     = 10 * time.Second
	maxURL         = 2048
	// idlePerHost is how many connections to one host wait for the next call, for half a minute: as many calls of
	// a courier are under way at once, and each of them would else begin with handshakes.
	idlePerHost = 4
)

// New makes a client.
func New(cfg Config) *Client {
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = defaultMaxBody
	}
	if cfg.Lookup == nil {
		cfg.Lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	if cfg.Own == nil {
		cfg.Own = ownAddresses
	}
	c := &Client{cfg: cfg}
	c.http = &http.Client{
		Timeout: cfg.Timeout,
		Transport: &http.Transport{
			DialContext: c.DialContext, TLSClientConfig: cfg.TLS, TLSHandshakeTimeout: dialWithin, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: idlePerHost, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 32 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// CheckURL tells people at once what will not be called: it judges an address that is
// written as such, and leaves names to the moment of the call.
func (c *Client) CheckURL(text string) error {
	refuse := func(why string) error {
		return fault.New(fault.Invalid, "outbound.url", "Stoa does not call this address: %s.", why).At("body.url", why)
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || len(text) > maxURL || u.Opaque != "" || u.Hostname() == "":
		return refuse("it is not a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("it must begin with https:// or http://")
	case u.User != nil:
		return refuse("it must not carry a user name or password")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return refuse("its port is not a number from 1 to 65535")
		}
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	if a, err := netip.ParseAddr(host); err == nil {
		if !c.permitted(a) {
			return refuse("it is not a public address")
		}
		return nil
	}
	if looksNumeric(host) {
		return refuse("it is an address in an unusual spelling")
	}
	if strings.EqualFold(host, "localhost") || strings.HasSuffix(strings.ToLower(host), ".localhost") {
		return c.checkLocal(refuse)
	}
	return nil
}

// checkLocal refuses “localhost” unless loopback is among what may be called.
func (c *Client) checkLocal(refuse func(string) error) error {
	if c.permitted(netip.MustParseAddr("127.0.0.1")) || c.permitted(netip.IPv6Loopback()) {
		return nil
	}
	return refuse("it is not a public address")
}

// looksNumeric finds what some resolvers read as an IPv4 address: 2130706433,
// 0x7f.1, 0177.0.0.1. No name ends in such a label.
func looksNumeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	_, err := strconv.ParseUint(last, 0, 64)
	return err == nil || last == "" || strings.HasPrefix(strings.ToLower(last), "0x") || strings.Trim(last, "0123456789") == ""
}

// Answer is what came back, bounded.
type Answer struct {
	Status     int
	Header     http.Header
	Body       []byte
	Truncated  bool // there was more than is read
	RetryAfter time.Duration
}

// Do sends a request. Any status is an answer, redirects too; an error means that
// there was none. The error's text holds no more of the URL than its host.
func (c *Client) Do(ctx context.Context, method, target string, header http.Header, body []byte) (Answer, error) {
	if err := c.CheckURL(target); err != nil {
		return Answer{}, errors.Join(ErrForbidden, err)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body)) //nolint:gosec // dial judges every address that is called: that is what this package is for
	if err != nil {
		return Answer{}, errors.New("make request: not a URL")
	}
	if header != nil {
		req.Header = header.Clone()
	}
	resp, err := c.http.Do(req) //nolint:gosec // as above
	if err != nil {
		return Answer{}, fmt.Errorf("call %s: %w", req.URL.Hostname(), unwrapURL(err))
	}
	defer func() { _ = resp.Body.Close() }()
	read, err := io.ReadAll(io.LimitReader(resp.Body, c.cfg.MaxBody+1))
	if err != nil && len(read) == 0 {
		return Answer{}, fmt.Errorf("read the answer of %s: %w", req.URL.Hostname(), unwrapURL(err))
	}
	a := Answer{Status: resp.StatusCode, Header: resp.Header, Body: read, RetryAfter: retryAfter(resp.Header)}
	if int64(len(read)) > c.cfg.MaxBody {
		a.Body, a.Truncated = read[:c.cfg.MaxBody], true
	}
	return a, nil
}

// unwrapURL takes the URL out of the error: its path and query may be secret.
func unwrapURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// retryAfter reads the header in seconds; dates are rare and not needed.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseInt(h.Get("Retry-After"), 10, 32)
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// CheckHosts does what CheckURL does, for hosts with ports that are separated by commas:
// "host:9092,host:9092", each with a scheme or without.
func (c *Client) CheckHosts(addresses string) error {
	for address := range strings.SplitSeq(addresses, ",") {
		if _, rest, hasScheme := strings.Cut(address, "://"); hasScheme {
			address = rest
		}
		if err := c.CheckURL("https://" + address); err != nil {
			return err
		}
	}
	return nil
}

// DialContext resolves, judges, and dials what it judged. It is for protocols other
// than HTTP.
func (c *Client) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	addresses, err := c.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	failed := ErrForbidden
	var dialer net.Dialer
	for _, a := range addresses {
		if !c.permitted(a) {
			continue
		}
		conn, err := dialer.DialContext(ctx, network, net.JoinHostPort(a.Unmap().String(), port))
		if err == nil {
			return conn, nil
		}
		failed = err
	}
	return nil, failed
}

func (c *Client) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	addresses, err := c.cfg.Lookup(ctx, host)
	if failed, ok := errors.AsType[*net.DNSError](err); ok {
		failed.Server = "" // which resolver we ask is nobody's business
	}
	return addresses, err
}

func ownAddresses() []netip.Addr {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var own []netip.Addr
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			own = append(own, p.Addr().Unmap().WithZone(""))
		}
	}
	return own
}
