package egress_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/agent/egress"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

func TestOnlyWhatIsListed(t *testing.T) {
	for _, class := range []sandbox.Class{sandbox.ClassFresh, sandbox.ClassProcess, sandbox.ClassGVisor} {
		t.Run(string(class), func(t *testing.T) {
			if drivers[class] == nil {
				t.Skip("no sandbox of this class with a tun device here")
			}
			w := newWorld(t)
			l := w.gateway(t, egress.Bounds{}).Link(policy(t, 1, "11.22.33.44:80", "11.22.33.55:53", "[2a00:11::1]:80", "*.example.com:443"), nil)
			got, _ := try(t, t.Context(), l, class, `
print(tcp("11.22.33.44", 80), udp("11.22.33.55", 53), tcp("2a00:11::1", 80), tcp("www.example.com", 443), udp("www.example.com", 443))
print(tcp("11.22.33.44", 443)) # by its name's grant
print(tcp("11.22.33.44", 81), tcp("11.22.33.45", 80), udp("11.22.33.44", 81), tcp("2a00:11::2", 80), udp("2a00:11::2", 80))
print(tcp("www.example.com", 8080), tcp("other.test", 443), tcp("missing.example.com", 443), tcp("example.com", 443))
`)
			want := `hello hello hello hello hello
hello
ConnectionRefusedError 111 ConnectionRefusedError 111 ConnectionRefusedError 111 ConnectionRefusedError 111 ConnectionRefusedError 111
ConnectionRefusedError 111 no address no address no address
`
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			r := l.Report()
			if r.Connections < 6 || r.BytesOut < 30 || r.BytesIn < 30 || len(r.Refused) < 6 || r.Revision != 1 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// Whatever the list says: "*" and every range that there is.
func TestForbiddenPlaces(t *testing.T) { each(t, forbiddenPlaces) }

func forbiddenPlaces(t *testing.T, class sandbox.Class) {
	w := newWorld(t)
	p := policy(t, 1, "*", "0.0.0.0/0", "::/0", "128.0.0.0/1", "*.example.com")
	l := w.gateway(t, egress.Bounds{}).Link(p, nil)
	places := strings.Fields("169.254.169.254 169.254.1.1 100.100.100.200 9.9.9.9 10.1.2.3 172.16.0.1 192.168.1.1 100.64.0.1 192.0.0.1 198.18.0.1 " +
		"240.0.0.1 0.0.0.1 fd00:ec2::254 fc00::1 fd73:746f:6100::1 64:ff9b::a9fe:a9fe 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1 64:ff9b::909:909 " +
		"127.0.0.2 ::1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:10.0.0.1 fe80::1%2")
	groups, patience := "255.255.255.255 ff02::1%2", 45.
	if class == sandbox.ClassGVisor { // whose own network sends to them, and nobody answers
		patience = 0.3
	}
	got, _ := try(t, t.Context(), l, class, fmt.Sprintf(`
for place in %q.split():
    for answer in (tcp(place, 80), udp(place, 80)):
        if "Error" not in answer or "LATE" in answer: print(place, answer)
patience = %v
for place in %q.split():
    for answer in (tcp(place, 80), udp(place, 80)):
        if "Error" not in answer or "LATE" in answer: print(place, answer)
patience = 45
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.sendto(b"hello", ("224.0.0.1", 80)) # what is sent to a group has no answer, here neither
print(tcp("rebind.example.com", 80))
print(tcp("8.8.8.8", 80))
`, strings.Join(places, " "), patience, groups))
	if got != "no address\nhello\n" {
		t.Error(got)
	}
	if diff := cmp.Diff([]string{"tcp 8.8.8.8:80"}, w.dialed); diff != "" {
		t.Error(diff)
	}
	why := map[string]string{}
	for _, r := range l.Report().Refused {
		why[r.Destination] = r.Why
	}
	if why["169.254.169.254:80"] != egress.WhyMetadata || why["9.9.9.9:80"] != egress.WhyOwn || why["10.1.2.3:80"] != egress.WhyUnlisted {
		t.Errorf("%v", why)
	}
}

func TestPrivateAddressesTakeTheirRuleAndTheOperator(t *testing.T) {
	each(t, privateAddressesTakeTheirRuleAndTheOperator)
}

func privateAddressesTakeTheirRuleAndTheOperator(t *testing.T, class sandbox.Class) {
	for _, allowed := range []bool{false, true} {
		w := newWorld(t)
		w.names["db.example.com"] = []string{"10.1.2.3"}
		p := policy(t, 1, "*", "10.1.0.0/16:80")
		p.Private = allowed
		l := w.gateway(t, egress.Bounds{}).Link(p, nil)
		got, _ := try(t, t.Context(), l, class, `print(tcp("10.1.2.3", 80), tcp("10.1.2.3", 81), tcp("10.2.2.3", 80), tcp("db.example.com", 80))`)
		want := "ConnectionRefusedError 111 ConnectionRefusedError 111 ConnectionRefusedError 111 no address\n"
		if allowed {
			want = "hello ConnectionRefusedError 111 ConnectionRefusedError 111 hello\n"
		}
		if got != want {
			t.Errorf("allowed %v: %s", allowed, got)
		}
	}
}

func TestAListChangesWhileItIsUsed(t *testing.T) { each(t, aListChangesWhileItIsUsed) }

func aListChangesWhileItIsUsed(t *testing.T, class sandbox.Class) {
	w := newWorld(t)
	changed := make(chan struct{}, 100)
	l := w.gateway(t, egress.Bounds{}).Link(policy(t, 1, "11.1.1.1:80", "www.example.com"), func() { changed <- struct{}{} })
	go func() {
		<-w.served
		<-w.served
		l.Update(policy(t, 2, "11.2.2.2:80", "www.example.com"))
		l.Update(policy(t, 1, "11.1.1.1:80")) // late: an older one
	}()
	got, _ := try(t, t.Context(), l, class, `
print(tcp("11.2.2.2", 80))
kept = socket.create_connection(("www.example.com", 443))
def cut():
    with socket.create_connection(("11.1.1.1", 80)) as s: return s.recv(1)
print(attempt(cut))
print(tcp("11.1.1.1", 80), tcp("11.2.2.2", 80))
kept.sendall(b"hello")
print(kept.recv(5).decode())
`)
	want := "ConnectionRefusedError 111\nConnectionResetError 104\nConnectionRefusedError 111 hello\nhello\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// News are the list, two refusals and, since one may be all that a program makes, each connection.
	if r := l.Report(); r.Revision != 2 || len(changed) != 6 {
		t.Errorf("%+v, %d changes", r, len(changed))
	}
}

// What a compiler sends reaches nobody, not even later.
func TestCompilersHaveNone(t *testing.T) {
	each(t, func(t *testing.T, class sandbox.Class) {
		runtimes, err := drivers[class].Runtimes(t.Context())
		i := slices.IndexFunc(runtimes, func(r sandbox.Runtime) bool { return r.Name == "python" })
		if err != nil || i < 0 {
			t.Fatalf("no python: %v", err)
		}
		python := runtimes[i].Path
		w := newWorld(t)
		l := w.gateway(t, egress.Bounds{}).Link(policy(t, 1, "*"), nil)
		var out strings.Builder
		if class == sandbox.ClassProcess {
			class = sandbox.ClassFresh
		}
		r, err := drivers[class].Run(t.Context(), sandbox.Job{
			ID: t.Name(), Class: class, Network: l.Carry, Limits: sandbox.Limits{Wall: 5 * time.Minute},
			As: &sandbox.Runtime{FileName: "main.py", Compile: []string{python, "main.py", "compile"}, Command: []string{python, "main.py", "run"}},
			Source: []byte(prelude + `
if sys.argv[1] == "run": print(tcp("8.8.8.8", 80), udp("8.8.8.8", 80))
else:
    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for i in range(50): attempt(lambda: u.sendto(b"x", ("8.8.4.4", 53)))
    s = socket.socket(); s.settimeout(0.5)
    try: s.connect(("8.8.4.4", 80)); print("CONNECTED")
    except OSError: pass
`),
		}, func(_ sandbox.Stream, b []byte) { out.Write(b) })
		if err != nil || r.Outcome != sandbox.Completed || out.String() != "hello hello\n" {
			t.Errorf("%+v, %v: %s", r, err, out.String())
		}
		if diff := cmp.Diff([]string{"tcp 8.8.8.8:80", "udp 8.8.8.8:80"}, w.dialed); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMuchDataAndHalfClosedConnections(t *testing.T) { each(t, muchDataAndHalfClosedConnections) }

func muchDataAndHalfClosedConnections(t *testing.T, class sandbox.Class) {
	w := newWorld(t)
	l := w.gateway(t, egress.Bounds{}).Link(policy(t, 1, "*"), nil)
	got, _ := try(t, t.Context(), l, class, `
import threading, hashlib, os
s = socket.create_connection(("8.8.8.8", 80))
block = os.urandom(1 << 20)
def send():
    for i in range(8): s.sendall(block)
    s.shutdown(socket.SHUT_WR)
threading.Thread(target=send).start()
got, n = hashlib.sha256(), 0
while True:
    b = s.recv(1 << 16)
    if not b: break
    got.update(b); n += len(b)
print(n, got.digest() == hashlib.sha256(block * 8).digest())
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.settimeout(5)
def large(left):
    u.sendto(b"x" * 40000, ("8.8.8.8", 53))
    try: return len(u.recv(65536))
    except TimeoutError: return left and large(left - 1) # a datagram may be lost
print(large(8))
`)
	if got != "8388608 True\n40000\n" {
		t.Error(got)
	}
	if r := l.Report(); r.BytesOut < 8<<20 || r.BytesIn < 8<<20 {
		t.Errorf("%+v", r)
	}
}

func TestBounds(t *testing.T) { each(t, bounds) }

func bounds(t *testing.T, class sandbox.Class) {
	w := newWorld(t)
	g := w.gateway(t, egress.Bounds{Connections: 3, PerSecond: 1, Queries: 1, Packets: 200})
	l := g.Link(policy(t, 1, "*"), nil)
	got, _ := try(t, t.Context(), l, class, `
held = [attempt(lambda: socket.create_connection(("8.8.8.8", 80))) for i in range(5)]
print(*["open" if isinstance(h, socket.socket) else h for h in held])
for h in held[:3]: h.close()
`)
	if got != "open open open ConnectionRefusedError 111 ConnectionRefusedError 111\n" {
		t.Error(got)
	}
	if r := l.Report(); len(r.Refused) != 1 || r.Refused[0] != (egress.Refusal{Destination: "8.8.8.8:80", Why: egress.WhyMany, Count: 2}) {
		t.Errorf("%+v", r)
	}
	// A flood of packets: the agent looks at no more than its share.
	l = g.Link(policy(t, 1, "*"), nil)
	begin := time.Now()
	_, _ = try(t, t.Context(), l, class, `
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end = time.time() + 1
while time.time() < end:
    for port in range(1, 65535, 64):
        try: u.sendto(b"x", ("10.0.0.1", port))
        except OSError: pass
`)
	r := l.Report()
	seen := r.RefusedMore
	for _, x := range r.Refused {
		seen += x.Count
	}
	if most := int64(200*time.Since(begin).Seconds()) + 60; seen > most || seen < 50 || len(r.Refused) > 32 {
		t.Errorf("%d packets were judged, at most %d: %+v", seen, most, r)
	}
	// New connections and DNS queries, one a second and ten at once.
	l = g.Link(policy(t, 1, "*"), nil)
	got, _ = try(t, t.Context(), l, class, `
def bounded(admitted, f):
    begin = time.time()
    n = sum(admitted(f()) for i in range(20))
    print(n if n > 11 + time.time() - begin else "bounded")
bounded(lambda r: r == "hello", lambda: tcp("8.8.8.8", 80))
bounded(lambda r: r != "no address", lambda: attempt(lambda: socket.getaddrinfo("www.example.com", 80, socket.AF_INET)))
`)
	if got != "bounded\nbounded\n" {
		t.Error(got)
	}
	for why, found := range map[string]bool{egress.WhyFast: false, egress.WhyQueries: false} {
		for _, x := range l.Report().Refused {
			found = found || x.Why == why
		}
		if !found {
			t.Errorf("nothing was refused for %q: %+v", why, l.Report())
		}
	}
}

func TestNothingIsLeft(t *testing.T) { each(t, nothingIsLeft) }

func nothingIsLeft(t *testing.T, class sandbox.Class) {
	w := newWorld(t)
	g := w.gateway(t, egress.Bounds{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	l := g.Link(policy(t, 1, "*"), nil)
	go func() {
		c := <-w.served
		cancel()
		if _, err := bufio.NewReader(c).ReadByte(); err == nil {
			t.Error("the killed run's connection lives")
		}
		w.served <- nil
	}()
	if _, r := try(t, ctx, l, class, `
s = socket.create_connection(("8.8.8.8", 80))
time.sleep(30)
`); r.Outcome != sandbox.Cancelled {
		t.Errorf("%+v", r)
	}
	<-w.served
	g.Close()
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(fds) == 0 {
		t.Fatalf("%d descriptors, %v", len(fds), err)
	}
	for _, fd := range fds {
		if what, _ := os.Readlink(fd); what == "/dev/net/tun" { // it would hold the run's network namespace too
			t.Error("a device is left")
		}
	}
	// Whichever slot they get: without a network of its own a run has none of an earlier one's.
	for range 6 {
		got, _ := try(t, t.Context(), nil, class, `print(tcp("8.8.8.8", 80), udp("8.8.8.8", 80), tcp("www.example.com", 80))`)
		if got != "OSError 101 OSError 101 no address\n" {
			t.Error(got)
		}
	}
}
