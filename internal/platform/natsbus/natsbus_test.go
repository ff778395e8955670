package natsbus

import (
	"errors"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/bustest"
	"github.com/stoa-cloud/stoa/internal/platform/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

var quiet = slog.New(slog.DiscardHandler)

func TestEmbed(t *testing.T) {
	b, err := Embed(quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	bustest.Run(t, b, b)
}

// listening starts a server that stands for a cluster.
func listening(t *testing.T, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true, Username: "stoa", Password: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the server is not ready")
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	return s
}

func dial(t *testing.T, s *server.Server) *Bus {
	t.Helper()
	b, err := Dial(DialConfig{URL: "nats://stoa:secret@" + s.Addr().String(), Name: t.Name(), Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func TestDial(t *testing.T) {
	s := listening(t, -1)
	bustest.Run(t, dial(t, s), dial(t, s))
}

func TestDialNeedsTheRightCredentials(t *testing.T) {
	s := listening(t, -1)
	if _, err := Dial(DialConfig{URL: "nats://stoa:wrong@" + s.Addr().String(), Log: quiet}); err == nil {
		t.Error("a wrong password was accepted")
	}
}

func TestClosedBusSaysSo(t *testing.T) {
	b, err := Embed(quiet)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.Publish(bus.Subject("test"), nil); !errors.Is(err, bus.ErrClosed) {
		t.Error(err)
	}
	if _, err := b.Subscribe(bus.Subject("test"), func(bus.Message) {}); !errors.Is(err, bus.ErrClosed) {
		t.Error(err)
	}
}

func TestALostConnectionIsToldAndRepaired(t *testing.T) {
	first := listening(t, -1)
	port := first.Addr().(*net.TCPAddr).Port
	b := dial(t, first)
	lost, got := make(chan int, 1), make(chan struct{}, 1)
	if _, err := b.Subscribe(bus.Subject("test"), func(bus.Message) { got <- struct{}{} }, bus.OnLost(func(n int) { lost <- n })); err != nil {
		t.Fatal(err)
	}
	gone := b.conn.StatusChanged()
	first.Shutdown()
	first.WaitForShutdown()
	<-gone
	if err := b.Publish(bus.Subject("test"), nil); !errors.Is(err, bus.ErrAway) {
		t.Errorf("while away: %v", err)
	}
	listening(t, port)
	if n := <-lost; n != 0 {
		t.Errorf("an unknown number is lost, not %d", n)
	}
	if err := b.Publish(bus.Subject("test"), nil); err != nil {
		t.Fatal(err)
	}
	<-got
}
