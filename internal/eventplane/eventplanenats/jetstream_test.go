package eventplanenats

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/stoa-cloud/stoa/internal/eventplane"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// run starts a real server with JetStream, on a port of its own.
func run(t *testing.T) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true, Username: "ann", Password: "secret",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the server is not ready")
	}
	return s
}

func event(kind string) eventlog.Event {
	return eventlog.Event{ID: ident.New(), Type: kind, Time: time.Now(), AggregateKind: "house", AggregateID: ident.New(), Version: 1, Data: []byte(`{}`)}
}

func TestConnectionsAreGuarded(t *testing.T) {
	s := run(t)
	forbidden := errors.New("not a public address")
	c := eventplane.Connection{Sink: eventplane.Sink{Address: s.ClientURL()}, Credentials: secret.New("ann:secret")}
	c.DialContext = func(context.Context, string, string) (net.Conn, error) { return nil, forbidden }
	if _, err := Dial(t.Context(), c); !errors.Is(err, forbidden) {
		t.Errorf("called what may not be called: %v", err)
	}
}

func TestEventsArriveOnceAndInOrder(t *testing.T) {
	s := run(t)
	sink := eventplane.Sink{Name: "test", Address: s.ClientURL(), Prefix: "stoa"}
	if _, err := Dial(t.Context(), eventplane.Connection{Sink: sink, Credentials: secret.New("ann:wrong")}); err == nil {
		t.Error("a wrong password is accepted")
	}
	events := []eventlog.Event{event("house.built.v1"), event("boat.built.v1"), event("house.sold.v1")}
	for range 2 { // the second time as after a crash: all of it again
		outlet, err := Dial(t.Context(), eventplane.Connection{Sink: sink, Credentials: secret.New("ann:secret")})
		if err != nil {
			t.Fatal(err)
		}
		if err := outlet.Send(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		outlet.Close()
	}
	conn, err := nats.Connect(s.ClientURL(), nats.UserInfo("ann", "secret"), nats.Timeout(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{"STOA_HOUSE": {"stoa.house.built.v1", "stoa.house.sold.v1"}, "STOA_BOAT": {"stoa.boat.built.v1"}} {
		stream, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for seq := uint64(1); seq <= stream.CachedInfo().State.Msgs; seq++ {
			msg, err := stream.GetMsg(t.Context(), seq)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, msg.Subject)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAServerThatIsGone(t *testing.T) {
	s := run(t)
	outlet, err := Dial(t.Context(), eventplane.Connection{Sink: eventplane.Sink{Address: s.ClientURL(), Prefix: "stoa"}, Credentials: secret.New("ann:secret")})
	if err != nil {
		t.Fatal(err)
	}
	defer outlet.Close()
	s.Shutdown()
	s.WaitForShutdown()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := outlet.Send(ctx, []eventlog.Event{event("house.built.v1")}); err == nil {
		t.Error("sent to nobody")
	}
}
