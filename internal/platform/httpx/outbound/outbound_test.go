package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// forbidden is at least one address of each range, in the spellings that a URL admits.
var forbidden = []string{
	"127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "100.100.100.200",
	"169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.0.192", "192.0.2.1", "192.88.99.1",
	"192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
	"[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::ffff:0:127.0.0.1]", "[::127.0.0.1]",
	"[fe80::1]", "[fec0::1]", "[fc00::1]", "[fd00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]", "[2001::1]", "[2001:10::1]", "[3fff::1]",
	"[64:ff9b::7f00:1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2002:c0a8:1::1]", "[100::1]", "[5f00::1]", "[4000::1]",
}

// unusual spells loopback as some resolvers would read it.
var unusual = []string{
	"2130706433", "0x7f000001", "0X7F.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "0x7f.0.0.1", "127.0.0.1.", "00127.0.0.1",
	"[fe80::1%25eth0]", "localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.08", "1.2.3.4.5",
}

func TestForbiddenAddressesAreNotCalled(t *testing.T) {
	c := New(Config{})
	for _, host := range append(forbidden, unusual...) {
		for _, target := range []string{"http://" + host + "/", "https://" + host + ":8443/x"} {
			if err := c.CheckURL(target); !fault.Is(err, "outbound.url") {
				t.Errorf("%s: %v", target, err)
			}
			if _, err := c.Do(t.Context(), http.MethodPost, target, nil, nil); !errors.Is(err, ErrForbidden) {
				t.Errorf("%s was called: %v", target, err)
			}
		}
	}
}

func TestHostsAreJudgedLikeURLs(t *testing.T) {
	c := New(Config{})
	for _, fine := range []string{"kafka.example.org:9092", "tls://kafka.example.org:9092,other.example.org:9092", "nats://8.8.8.8:4222"} {
		if err := c.CheckHosts(fine); err != nil {
			t.Errorf("%s: %v", fine, err)
		}
	}
	for _, host := range append(forbidden, unusual...) {
		if err := c.CheckHosts("tls://kafka.example.org:9092," + host + ":9092"); !fault.Is(err, "outbound.url") {
			t.Errorf("%s: %v", host, err)
		}
		if conn, err := c.DialContext(t.Context(), "tcp", strings.Trim(host, "[]")+":9092"); err == nil {
			_ = conn.Close()
			t.Errorf("%s was dialled", host)
		}
	}
}

func TestANameIsJudgedByWhatItResolvesTo(t *testing.T) {
	for _, host := range forbidden {
		a := netip.MustParseAddr(strings.Trim(host, "[]"))
		c := New(Config{Lookup: func(context.Context, string) ([]netip.Addr, error) { return []netip.Addr{a}, nil }})
		if err := c.CheckURL("https://inside.example"); err != nil {
			t.Errorf("a name is judged before it is resolved: %v", err)
		}
		if _, err := c.Do(t.Context(), http.MethodPost, "https://inside.example", nil, nil); !errors.Is(err, ErrForbidden) {
			t.Errorf("a name for %s was called: %v", a, err)
		}
	}
}

func TestPublicAddressesMayBeCalled(t *testing.T) {
	c := New(Config{})
	for _, text := range []string{"1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"} {
		if !c.permitted(netip.MustParseAddr(text)) {
			t.Errorf("%s is refused", text)
		}
	}
	for _, target := range []string{"https://hooks.example.com/a?b=c", "http://1.1.1.1:8080", "https://xn--nxasmq6b.example", "https://[2606:4700::1111]/"} {
		if err := c.CheckURL(target); err != nil {
			t.Errorf("%s: %v", target, err)
		}
	}
	for _, target := range []string{"", "ftp://a.example", "https://", "mailto:a@b.example", "https://u:p@a.example", "file:///etc/passwd", "https://a.example:0", "https://a.example:99999", "gopher://a.example", "https://a.example/" + strings.Repeat("a", maxURL)} {
		if err := c.CheckURL(target); !fault.Is(err, "outbound.url") {
			t.Errorf("%.60s: %v", target, err)
		}
	}
}

func TestOwnAddressesAreNotCalled(t *testing.T) {
	own := netip.MustParseAddr("9.9.9.9")
	c := New(Config{Own: func() []netip.Addr { return []netip.Addr{own} }})
	if c.permitted(own) || c.permitted(netip.MustParseAddr("::ffff:9.9.9.9")) {
		t.Error("this machine's public address may be called")
	}
}

func TestAnOperatorsListOpensNetworksButNotMetadata(t *testing.T) {
	c := New(Config{Allow: prefixes("0.0.0.0/0", "::/0")})
	for text, want := range map[string]bool{"10.1.2.3": true, "127.0.0.1": true, "fd00::1": true, "169.254.169.254": false, "fd00:ec2::254": false, "100.100.100.200": false, "fe80::1": false} {
		if c.permitted(netip.MustParseAddr(text)) != want {
			t.Errorf("%s: want %v", text, want)
		}
	}
}

// local is a server on loopback and a client that may call it.
func local(t *testing.T, cfg Config, handler http.HandlerFunc) (*httptest.Server, *Client) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	cfg.Allow = prefixes("127.0.0.0/8")
	return server, New(cfg)
}

func TestRebindingChangesNothing(t *testing.T) {
	var lookups atomic.Int32
	server, c := local(t, Config{}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	c.cfg.Lookup = func(context.Context, string) ([]netip.Addr, error) {
		if lookups.Add(1) == 1 {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil // what is judged
		}
		return []netip.Addr{netip.MustParseAddr("169.254.169.254")}, nil // what a second look would give
	}
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	a, err := c.Do(t.Context(), http.MethodPost, "http://rebind.example:"+u.Port(), nil, []byte("x"))
	if err != nil || a.Status != http.StatusNoContent || lookups.Load() != 1 {
		t.Errorf("%+v, %v after %d look-ups", a, err, lookups.Load())
	}
	c.http.CloseIdleConnections() // so that the next call dials
	if _, err := c.Do(t.Context(), http.MethodPost, "http://rebind.example:"+u.Port(), nil, []byte("x")); !errors.Is(err, ErrForbidden) {
		t.Errorf("the second address was called: %v", err)
	}
}

// Several calls at once find the connections of those before them.
func TestConnectionsAreKept(t *testing.T) {
	const abreast = 4
	var made atomic.Int64
	var together sync.WaitGroup
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		together.Done()
		together.Wait()
		w.WriteHeader(http.StatusNoContent)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			made.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := New(Config{Allow: prefixes("127.0.0.0/8")})
	for range 3 {
		together.Add(abreast)
		var all sync.WaitGroup
		for range abreast {
			all.Go(func() {
				if _, err := c.Do(t.Context(), http.MethodPost, server.URL, nil, nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	if n := made.Load(); n != abreast {
		t.Errorf("three times %d calls at once took %d connections", abreast, n)
	}
}

func TestRedirectsAreAnswers(t *testing.T) {
	var followed atomic.Bool
	server, c := local(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/inside" {
			followed.Store(true)
			return
		}
		http.Redirect(w, r, "/inside", http.StatusTemporaryRedirect)
	})
	a, err := c.Do(t.Context(), http.MethodPost, server.URL+"/hook", nil, []byte("x"))
	if err != nil || a.Status != http.StatusTemporaryRedirect || followed.Load() {
		t.Errorf("%+v, %v, followed %v", a, err, followed.Load())
	}
}

func TestAnswersAreBounded(t *testing.T) {
	server, c := local(t, Config{MaxBody: 100}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprint(w, strings.Repeat("a", 1000))
	})
	a, err := c.Do(t.Context(), http.MethodPost, server.URL, nil, nil)
	if err != nil || len(a.Body) != 100 || !a.Truncated || a.RetryAfter != 7*time.Second || a.Status != http.StatusServiceUnavailable {
		t.Errorf("%d bytes, %+v, %v", len(a.Body), a, err)
	}
}

func TestASilentServerIsLeft(t *testing.T) {
	leave := make(chan struct{})
	server, c := local(t, Config{Timeout: 20 * time.Millisecond}, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-leave:
		case <-r.Context().Done():
		}
	})
	defer close(leave)
	_, err := c.Do(t.Context(), http.MethodPost, server.URL+"/services/T0/secret", nil, nil)
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
}

func TestCertificatesAreChecked(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	server.Config.ErrorLog = nil
	strict := New(Config{Allow: prefixes("127.0.0.0/8")})
	if _, err := strict.Do(t.Context(), http.MethodPost, server.URL, nil, nil); err == nil {
		t.Error("an unknown authority was believed")
	}
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	knowing := New(Config{Allow: prefixes("127.0.0.0/8"), TLS: &tls.Config{RootCAs: pool}})
	if a, err := knowing.Do(t.Context(), http.MethodPost, server.URL, nil, nil); err != nil || a.Status != http.StatusOK {
		t.Errorf("%+v, %v", a, err)
	}
}

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}
