package eventplane

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// elsewhere is a system that sinks send to.
type elsewhere struct {
	mu          sync.Mutex
	down        bool
	refuses     bool    // for good
	got         []int64 // positions
	credentials string  // and the registry's
	guarded     bool    // the connection may not go anywhere
	before      func()  // it takes anything; nil: nothing
}

func (e *elsewhere) dial(_ context.Context, c Connection) (Outlet, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.credentials, e.guarded = c.Credentials.Reveal()+" "+c.RegistryCredentials.Reveal(), c.DialContext != nil
	return e, nil
}

func (e *elsewhere) CheckHosts(addresses string) error { return (&receiver{}).CheckURL(addresses) }

func (e *elsewhere) DialContext(context.Context, string, string) (net.Conn, error) {
	return nil, errors.New("nobody is called in this test")
}

func (e *elsewhere) Send(_ context.Context, events []eventlog.Event) error {
	if e.before != nil {
		e.before()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, one := range events {
		if e.refuses {
			return &Halt{Err: errors.New("this is no house")}
		}
		if e.down {
			return errors.New("elsewhere is closed")
		}
		e.got = append(e.got, one.Position)
	}
	return nil
}

func (e *elsewhere) Close() {}

func (e *elsewhere) is(down bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.down, e.refuses = down, false
}

func (e *elsewhere) has() []int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.got)
}

// feeding starts the sinks' loop, as the next holder of its lease, and returns how to stop it.
func (w *world) feeding() (stop func()) {
	w.epoch++
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	epoch := w.epoch
	go func() { ended <- w.RunSinks(ctx, epoch) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
	})
	w.t.Cleanup(stop)
	return stop
}

// sinkIs waits for the one sink to be so.
func (w *world) sinkIs(ok func(Sink) bool) Sink {
	w.t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		all, err := w.Sinks(w.ann, struct{}{})
		w.must(err)
		if ok(all[0]) {
			return all[0]
		}
		select {
		case <-deadline:
			w.t.Fatalf("not within two minutes; it is %+v", all[0])
		case <-tick.C:
		}
	}
}

func houses() CreateSink {
	return CreateSink{
		Name: "warehouse", Kind: JetStream, Address: "nats://example.org", Prefix: "stoa", Secret: secret.New("ann:secret"),
		AggregateKind: "house", Everything: true,
	}
}

func TestASinkGetsWhatItChoseInOrder(t *testing.T) {
	w := replaying(t) // 1 2 3 and 5 are houses
	w.feeding()
	sink, err := w.CreateSink(w.ann, houses())
	w.must(err)
	got := w.sinkIs(func(s Sink) bool { return s.Sent == 4 })
	if got.Lag > 1 || got.Error != "" || w.elsewhere.credentials != "ann:secret " || w.elsewhere.guarded || string(got.SealedSecret) == "ann:secret" {
		t.Errorf("%+v", got)
	}
	w.sold("house", ident.New())
	w.sinkIs(func(s Sink) bool { return s.Sent == 5 })
	if diff := cmp.Diff([]int64{1, 2, 3, 5}, w.elsewhere.has()[:4]); diff != "" {
		t.Error(diff)
	}

	_, err = w.PauseSink(w.ann, PauseSink{sink.ID})
	w.must(err)
	w.sold("house", ident.New())
	_, err = w.ResumeSink(w.ann, ResumeSink{sink.ID})
	w.must(err)
	w.sinkIs(func(s Sink) bool { return s.Sent == 6 })
	_, err = w.DeleteSink(w.ann, DeleteSink{sink.ID})
	w.must(err)
	if all, err := w.Sinks(w.ann, struct{}{}); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
	want := `sink.created.v1 {"kind": "jetstream"}
sink.switched.v1 {"enabled": false}
sink.switched.v1 {"enabled": true}
sink.deleted.v1 {}`
	if diff := cmp.Diff(want, w.events(sinkKind)); diff != "" {
		t.Error(diff)
	}
}

// A password is rotated and the filter widened while events come: the sink goes on where it is.
func TestASinkThatChangesGoesOnWhereItIs(t *testing.T) {
	w := replaying(t) // 1 2 3 and 5 are houses
	w.feeding()
	sink, err := w.CreateSink(w.ann, houses())
	w.must(err)
	w.sinkIs(func(s Sink) bool { return s.Sent == 4 })
	got, err := w.UpdateSink(w.ann, UpdateSink{ID: sink.ID, Secret: new(secret.New("ann:next")), AggregateKind: new("")})
	w.must(err)
	if got.Position < 5 || got.Address != sink.Address || got.AggregateKind != "" {
		t.Errorf("%+v", got)
	}
	w.sold("boat", ident.New())
	w.sinkIs(func(Sink) bool { return slices.Contains(w.elsewhere.has(), 8) }) // 6 and 7 say what became of the sink
	if has := w.elsewhere.has(); w.elsewhere.credentials != "ann:next " || slices.Contains(has, 4) {
		t.Errorf("%s has %v", w.elsewhere.credentials, has)
	}

	// What is kept for one address is not shown to another.
	elsewhere := UpdateSink{ID: sink.ID, Address: new("nats://mallory.example.org")}
	if _, err := w.UpdateSink(w.ann, elsewhere); !fault.Is(err, "sink.credentials") {
		t.Error(err)
	}
	elsewhere.Secret = new(secret.New(""))
	got, err = w.UpdateSink(w.ann, elsewhere)
	w.must(err)
	if got.SealedSecret != nil || got.Address != *elsewhere.Address {
		t.Errorf("%+v", got)
	}
	w.sold("house", ident.New())
	w.sinkIs(func(Sink) bool { return slices.Contains(w.elsewhere.has(), 10) })
	if w.elsewhere.credentials != " " {
		t.Errorf("it was shown %q", w.elsewhere.credentials)
	}

	for name, bad := range map[string]UpdateSink{
		"no address":                  {Address: new("")},
		"a registry of JetStream":     {Registry: new("https://registry.example.org")},
		"credentials for no registry": {RegistrySecret: new(secret.New("a:b"))},
	} {
		bad.ID, bad.Secret = sink.ID, new(secret.New(""))
		if _, err := w.UpdateSink(w.ann, bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.UpdateSink(w.eve, UpdateSink{ID: sink.ID}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

func TestASinkThatIsDownGetsItLater(t *testing.T) {
	w := replaying(t)
	w.elsewhere.is(true)
	stop := w.feeding()
	_, err := w.CreateSink(w.ann, houses())
	w.must(err)
	got := w.sinkIs(func(s Sink) bool { return s.FailingSince != nil })
	if got.Error != "elsewhere is closed" || got.Position != 0 || got.Lag < 5 {
		t.Errorf("%+v", got)
	}
	stop()
	w.elsewhere.is(false)
	w.feeding() // another process
	got = w.sinkIs(func(s Sink) bool { return s.Sent == 4 })
	if got.Error != "" || got.FailingSince != nil {
		t.Errorf("%+v", got)
	}
	if diff := cmp.Diff([]int64{1, 2, 3, 5}, w.elsewhere.has()); diff != "" {
		t.Error(diff)
	}
}

func TestASinkThatRefusesForGoodIsPaused(t *testing.T) {
	w := replaying(t)
	w.elsewhere.refuses = true
	w.feeding()
	c := houses()
	c.Kind, c.Registry, c.RegistrySecret = Kafka, "https://registry.example.org", secret.New("reg:istry")
	sink, err := w.CreateSink(w.ann, c)
	w.must(err)
	got := w.sinkIs(func(s Sink) bool { return !s.Enabled })
	if got.Error != "this is no house" || got.Position != 0 || w.elsewhere.credentials != "ann:secret reg:istry" {
		t.Errorf("%+v", got)
	}
	if said := w.events(sinkKind); !strings.HasSuffix(said, `sink.switched.v1 {"halted": true, "enabled": false}`) {
		t.Error(said)
	}
	w.elsewhere.is(false)
	got, err = w.ResumeSink(w.ann, ResumeSink{sink.ID})
	w.must(err)
	if got.Error != "" {
		t.Errorf("resumed: %q", got.Error)
	}
	w.sinkIs(func(s Sink) bool { return s.Sent == 4 })
}

func TestNoSuchSink(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*CreateSink){
		"name":    func(c *CreateSink) { c.Name = "No spaces" },
		"kind":    func(c *CreateSink) { c.Kind = "pigeon" },
		"address": func(c *CreateSink) { c.Address = "" },
		"prefix":  func(c *CreateSink) { c.Prefix = "a.>" },

		"registry of JetStream":       func(c *CreateSink) { c.Registry = "https://registry.example.org" },
		"registry with a password":    func(c *CreateSink) { c.Kind, c.Registry = Kafka, "https://a:b@registry.example.org" },
		"credentials for no registry": func(c *CreateSink) { c.Kind, c.RegistrySecret = Kafka, secret.New("a:b") },
	} {
		c := houses()
		change(&c)
		if _, err := w.CreateSink(w.ann, c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.CreateSink(w.eve, houses()); fault.KindOf(err) != fault.Denied {
		t.Error(err)
	}
	_, err := w.CreateSink(w.ann, houses())
	w.must(err)
	if _, err := w.CreateSink(w.ann, houses()); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
}
