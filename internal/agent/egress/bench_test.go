package egress_test

import (
	"fmt"
	"net"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/stoa-cloud/stoa/internal/agent/egress"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/destination"
)

// What a way out costs a run that does not use it, beside a run without one.
func BenchmarkRun(b *testing.B) {
	g := egress.New(egress.Config{})
	for class, driver := range drivers {
		for name, with := range map[string]bool{"without": false, "with": true} {
			b.Run(string(class)+"/"+name, func(b *testing.B) {
				for b.Loop() {
					job := sandbox.Job{Runtime: "bash", Class: class, Source: []byte("true")}
					if class == sandbox.ClassProcess {
						job.Runtime, job.Source = "python", []byte("pass")
					}
					if with {
						job.Network = g.Link(egress.Policy{List: destination.List{}}, nil).Carry
					}
					if _, err := driver.Run(b.Context(), job, nil); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
	g.Close()
}

// How fast one connection sends.
func BenchmarkThroughput(b *testing.B) {
	for class, driver := range drivers {
		b.Run(string(class), func(b *testing.B) { benchmarkThroughput(b, class, driver) })
	}
}

func benchmarkThroughput(b *testing.B, class sandbox.Class, driver runner) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				buffer := make([]byte, 1<<20)
				for {
					if _, err := c.Read(buffer); err != nil {
						c.Close()
						return
					}
				}
			}()
		}
	}()
	w := &world{tcp: listener.Addr().String()}
	list, err := destination.ParseList([]string{"*"})
	if err != nil {
		b.Fatal(err)
	}
	g := egress.New(egress.Config{Dial: w.dial})
	defer g.Close()
	b.SetBytes(1 << 20)
	job := sandbox.Job{Runtime: "python", Class: class, Source: fmt.Appendf(nil, `
import socket
s = socket.create_connection(("8.8.8.8", 80))
for i in range(%d): s.sendall(bytes(1 << 20))
s.shutdown(socket.SHUT_WR)
s.recv(1)
`, b.N)}
	job.Network = g.Link(egress.Policy{List: list}, nil).Carry
	if r, err := driver.Run(b.Context(), job, nil); err != nil || r.Outcome != sandbox.Completed {
		b.Fatal(err, r)
	}
}

// What a program that floods costs the agent: cores are those of this process.
func BenchmarkFlood(b *testing.B) {
	for class, driver := range drivers {
		b.Run(string(class), func(b *testing.B) { benchmarkFlood(b, class, driver) })
	}
}

func benchmarkFlood(b *testing.B, class sandbox.Class, driver runner) {
	list, err := destination.ParseList([]string{"a.test"})
	if err != nil {
		b.Fatal(err)
	}
	g := egress.New(egress.Config{})
	defer g.Close()
	job := sandbox.Job{Runtime: "python", Class: class, Source: []byte(`
import socket, time
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
end = time.time() + 2
while time.time() < end:
    for port in range(1, 65535, 8):
        try: u.sendto(b"x", ("8.8.8.8", port))
        except OSError: pass
`)}
	for b.Loop() {
		l := g.Link(egress.Policy{List: list}, nil)
		job.Network = l.Carry
		var before, after unix.Rusage
		_ = unix.Getrusage(unix.RUSAGE_SELF, &before)
		r, err := driver.Run(b.Context(), job, nil)
		if err != nil {
			b.Fatal(err)
		}
		_ = unix.Getrusage(unix.RUSAGE_SELF, &after)
		used := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
		b.ReportMetric(float64(used)/float64(r.Usage.Wall.Nanoseconds()), "cores")
		b.ReportMetric(float64(l.Report().RefusedMore)/r.Usage.Wall.Seconds(), "packets/s")
	}
}
