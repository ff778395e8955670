package egress_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/egress"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/destination"
)

var driver *sandbox.Driver

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "stoa-egress-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	_, tun := os.Stat("/dev/net/tun")
	var host *sandbox.HostError
	driver, err = sandbox.Open(context.Background(), sandbox.Config{Dir: dir, Log: slog.New(slog.DiscardHandler), NoCompileCache: true, Slots: 2, Parked: 1})
	switch {
	case (errors.As(err, &host) || tun != nil || os.Getuid() != 0) && os.Getenv("CI") == "":
		fmt.Fprintln(os.Stderr, "!!! EVERY EGRESS TEST IN A SANDBOX IS SKIPPED: it takes root and /dev/net/tun.", err, tun)
		driver = nil
	case err != nil:
		panic(err)
	default:
		defer driver.Close()
	}
	return m.Run()
}

// world is everything outside: one TCP and one UDP server that send back what they get, which every
// address leads to, and name servers that know a few names.
type world struct {
	tcp, udp string
	names    map[string][]string
	served   chan net.Conn // TCP connections, as they come

	mu     sync.Mutex
	dialed []string
}

func newWorld(t *testing.T) *world {
	w := &world{served: make(chan net.Conn, 1000), names: map[string][]string{
		"www.example.com": {"11.22.33.44", "2a00:11::44"}, "rebind.example.com": {"127.0.0.1", "10.0.0.1", "169.254.169.254", "9.9.9.9", "fd00::1", "::ffff:10.0.0.1"},
	}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.tcp, w.udp = listener.Addr().String(), packets.LocalAddr().String()
	t.Cleanup(func() { listener.Close(); packets.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			w.served <- c
			go func() {
				_, _ = io.Copy(c, c)
				_ = c.(*net.TCPConn).CloseWrite()
			}()
		}
	}()
	go func() {
		b := make([]byte, 64<<10)
		for {
			n, from, err := packets.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = packets.WriteTo(b[:n], from)
		}
	}()
	return w
}

func (w *world) Resolve(_ context.Context, name string, six bool) ([]netip.Addr, time.Duration, error) {
	texts, known := w.names[name]
	if !known {
		return nil, 0, egress.ErrNoName
	}
	var found []netip.Addr
	for _, text := range texts {
		if a := netip.MustParseAddr(text); a.Is6() == six {
			found = append(found, a)
		}
	}
	return found, time.Second, nil
}

func (w *world) dial(ctx context.Context, network string, to netip.AddrPort) (net.Conn, error) {
	w.mu.Lock()
	w.dialed = append(w.dialed, network+" "+to.String())
	w.mu.Unlock()
	at := w.tcp
	if network == "udp" {
		at = w.udp
	}
	return (&net.Dialer{}).DialContext(ctx, network, at)
}

func policy(t *testing.T, revision int64, rules ...string) egress.Policy {
	t.Helper()
	list, err := destination.ParseList(rules)
	if err != nil {
		t.Fatal(err)
	}
	return egress.Policy{List: list, Revision: revision}
}

func (w *world) gateway(t *testing.T, b egress.Bounds) *egress.Gateway {
	if driver == nil {
		t.Skip("no sandbox with a tun device here")
	}
	g := egress.New(egress.Config{
		Resolver: w, Dial: w.dial, Bounds: b,
		Own: func() ([]netip.Addr, error) { return []netip.Addr{netip.MustParseAddr("9.9.9.9")}, nil },
	})
	t.Cleanup(g.Close)
	return g
}

const prelude = `
import socket, time, sys
def attempt(f):
    begin = time.time()
    try: r = f()
    except socket.gaierror as e: r = "no address"
    except OSError as e: r = type(e).__name__ + " " + str(e.errno)
    if time.time() - begin > 2: r = str(r) + " LATE"
    return r
def tcp(host, port):
    def f():
        with socket.create_connection((host, port), timeout=5) as s:
            s.sendall(b"hello")
            return s.recv(5).decode()
    return attempt(f)
def udp(host, port):
    def f():
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(5)
            s.connect((host, port))
            s.send(b"hello")
            return s.recv(5).decode()
    return attempt(f)
`

// try runs a Python program with the link as its network.
func try(t *testing.T, ctx context.Context, l *egress.Link, class sandbox.Class, source string) (string, sandbox.Result) {
	t.Helper()
	var out strings.Builder
	job := sandbox.Job{ID: t.Name(), Runtime: "python", Class: class, Source: []byte(prelude + source), Limits: sandbox.Limits{Wall: 20 * time.Second}}
	if l != nil {
		job.Network = l.Carry
	}
	r, err := driver.Run(ctx, job, func(_ sandbox.Stream, b []byte) { out.Write(b) })
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), r
}
