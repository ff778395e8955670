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
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/agent/egress"
	"github.com/stoa-cloud/stoa/internal/agent/gvisor"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/destination"
)

type runner interface {
	Run(ctx context.Context, job sandbox.Job, out func(sandbox.Stream, []byte)) (sandbox.Result, error)
	Runtimes(ctx context.Context) ([]sandbox.Runtime, error)
}

// drivers run programs, each class in its own. A class that this host cannot offer has none.
var drivers = map[sandbox.Class]runner{}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "stoa-egress-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	_, tun := os.Stat("/dev/net/tun")
	var host *sandbox.HostError
	quiet := slog.New(slog.DiscardHandler)
	driver, err := sandbox.Open(context.Background(), sandbox.Config{Dir: filepath.Join(dir, "sandbox"), Log: quiet, NoCompileCache: true, Slots: 2, Parked: 1})
	switch {
	case (errors.As(err, &host) || tun != nil || os.Getuid() != 0) && os.Getenv("CI") == "":
		fmt.Fprintln(os.Stderr, "!!! EVERY EGRESS TEST IN A SANDBOX IS SKIPPED: it takes root and /dev/net/tun.", err, tun)
		return m.Run()
	case err != nil:
		panic(err)
	}
	defer driver.Close()
	drivers[sandbox.ClassProcess], drivers[sandbox.ClassFresh] = driver, driver
	runsc, err := filepath.Abs("../../../bin/" + gvisor.Program)
	if err != nil {
		panic(err)
	}
	if _, err := os.Stat(runsc); err != nil {
		fmt.Fprintln(os.Stderr, "!!! NO EGRESS TEST IN CLASS GVISOR: `make build` makes", gvisor.Program)
		return m.Run()
	}
	boxed, err := gvisor.Open(context.Background(), gvisor.Config{Base: driver, Runsc: runsc, Dir: filepath.Join(dir, "gvisor"), Log: quiet, Slots: 2, Idle: -1})
	switch {
	case errors.As(err, &host) && os.Getenv("CI") == "":
		fmt.Fprintln(os.Stderr, "!!! NO EGRESS TEST IN CLASS GVISOR:", err)
		return m.Run()
	case err != nil:
		panic(err)
	}
	defer boxed.Close()
	drivers[sandbox.ClassGVisor] = boxed
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
	g := egress.New(egress.Config{
		Resolver: w, Dial: w.dial, Bounds: b,
		Own: func() ([]netip.Addr, error) { return []netip.Addr{netip.MustParseAddr("9.9.9.9")}, nil },
	})
	t.Cleanup(g.Close)
	return g
}

// each runs a test in every class that may have a network of its own kind: what forks an interpreter and what starts one
// share theirs.
func each(t *testing.T, test func(t *testing.T, class sandbox.Class)) {
	t.Helper()
	for _, class := range []sandbox.Class{sandbox.ClassProcess, sandbox.ClassGVisor} {
		t.Run(string(class), func(t *testing.T) {
			if drivers[class] == nil {
				t.Skip("no sandbox of this class with a tun device here")
			}
			test(t, class)
		})
	}
}

const prelude = `
import socket, time, sys
patience = 45
def attempt(f):
    begin = time.time()
    try: r = f()
    except socket.gaierror as e: r = "no address"
    except OSError as e: r = type(e).__name__ + " " + str(e.errno)
    if time.time() - begin > 30: r = str(r) + " LATE" # nobody answered, or only then
    return r
def tcp(host, port):
    def f():
        with socket.create_connection((host, port), timeout=patience) as s:
            s.sendall(b"hello")
            return s.recv(5).decode()
    return attempt(f)
def udp(host, port):
    def f():
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect((host, port))
            s.settimeout(patience / 9)
            for again in range(8):
                try:
                    s.send(b"hello")
                    return s.recv(5).decode()
                except TimeoutError: pass # a datagram may be lost
            s.send(b"hello")
            return s.recv(5).decode()
    return attempt(f)
`

// try runs a Python program with the link as its network.
func try(t *testing.T, ctx context.Context, l *egress.Link, class sandbox.Class, source string) (string, sandbox.Result) {
	t.Helper()
	var out strings.Builder
	job := sandbox.Job{ID: t.Name(), Runtime: "python", Class: class, Source: []byte(prelude + source), Limits: sandbox.Limits{Wall: 5 * time.Minute}}
	if l != nil {
		job.Network = l.Carry
	}
	r, err := drivers[class].Run(ctx, job, func(_ sandbox.Stream, b []byte) { out.Write(b) })
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), r
}
