package eventplane

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// fixed is the same limit for everybody, and ten minutes until an outage is told.
type fixed int64

func (f fixed) Int(_ context.Context, _ pg.Querier, name string, _ ident.ID, _ command.Scope) (command.Allowed, error) {
	if name == "sink.failing.notice_ms" {
		return allowed((10 * time.Minute).Milliseconds()), nil
	}
	return allowed(f), nil
}

type allowed int64

func (a allowed) Int() int64 { return int64(a) }

func (a allowed) Refuse(code, format string, args ...any) error {
	return fault.New(fault.Limited, code, format, args...)
}

// of makes somebody with a role in an organization.
func (w *world) of(organization ident.ID, role permission.Role) context.Context {
	return as(w.t, command.Actor{Kind: command.User, ID: ident.New(), Organizations: map[ident.ID]permission.Role{organization: role}})
}

// happenedIn commits an event of an organization's project, and returns its position.
func (w *world) happenedIn(organization ident.ID) {
	w.t.Helper()
	e := eventlog.Event{
		ID: ident.New(), Type: "house.sold.v1", Time: clock.System(), AggregateKind: "house", AggregateID: ident.New(), Version: 1,
		OrganizationID: organization, ProjectID: ident.New(), ActorKind: "system", CorrelationID: "c", Data: []byte(`{}`),
	}
	w.must(w.db.InTx(w.t.Context(), func(_ context.Context, tx *pg.Tx) error { eventlog.Append(tx, e); return nil }))
	w.hints.Committed([]eventlog.Event{e})
}

func TestAnOrganizationsOwnSink(t *testing.T) {
	w := newWorld(t)
	w.works()
	acme, other := ident.New(), ident.New()
	boss, worker, stranger := w.of(acme, admin), w.of(acme, member), w.of(other, admin)
	w.happenedIn(acme)
	w.happenedIn(other)
	w.happenedIn(acme)
	w.caughtUp(3)
	w.feeding()
	c := CreateSink{Name: "ours", Kind: Kafka, Address: "kafka.example.org:9092", Prefix: "acme", OrganizationID: acme, AggregateKind: "house", Everything: true}
	sink, err := w.CreateSink(boss, c)
	w.must(err)
	got := w.sinkIs(func(s Sink) bool { return s.Sent == 2 })
	if diff := cmp.Diff([]int64{1, 3}, w.elsewhere.has()); diff != "" || !w.elsewhere.guarded || got.Error != "" {
		t.Errorf("%s %+v", diff, got)
	}

	for who, f := range map[string]struct {
		ctx  context.Context
		kind fault.Kind
	}{"a member": {worker, fault.Denied}, "a stranger": {stranger, fault.NotFound}, "somebody without an organization": {w.eve, fault.NotFound}} {
		create := c
		create.Name = "theirs"
		_, made := w.CreateSink(f.ctx, create)
		_, paused := w.PauseSink(f.ctx, PauseSink{sink.ID})
		_, resumed := w.ResumeSink(f.ctx, ResumeSink{sink.ID})
		_, deleted := w.DeleteSink(f.ctx, DeleteSink{sink.ID})
		for verb, err := range map[string]error{"create": made, "pause": paused, "resume": resumed, "delete": deleted} {
			if fault.KindOf(err) != f.kind {
				t.Errorf("%s may %s: %v", who, verb, err)
			}
		}
	}
	if all, err := w.Sinks(stranger, struct{}{}); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
	if _, err := w.Sinks(worker, struct{}{}); fault.KindOf(err) != fault.Denied {
		t.Error(err)
	}

	// The platform's own is nobody else's business, and its name is another's too.
	c.OrganizationID, c.Kind, c.Secret = ident.ID{}, JetStream, secret.String{}
	if _, err := w.CreateSink(boss, c); fault.KindOf(err) != fault.Denied {
		t.Error(err)
	}
	platforms, err := w.CreateSink(w.ann, c)
	w.must(err)
	if _, err := w.PauseSink(boss, PauseSink{platforms.ID}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	mine, err := w.Sinks(boss, struct{}{})
	w.must(err)
	everybodys, err := w.Sinks(w.ann, struct{}{})
	w.must(err)
	if len(mine) != 1 || mine[0].ID != sink.ID || len(everybodys) != 2 {
		t.Errorf("%v %v", mine, everybodys)
	}

	// An address that only the control plane reaches is refused; so is a third sink.
	c.OrganizationID, c.Name = acme, "second"
	inner := c
	inner.Address = "internal:4222"
	if _, err := w.CreateSink(boss, inner); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	inner.Kind, inner.Address, inner.Registry = Kafka, "kafka.example.org:9092", "http://internal"
	if _, err := w.CreateSink(boss, inner); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	_, err = w.CreateSink(boss, c)
	w.must(err)
	c.Name = "third"
	if _, err := w.CreateSink(boss, c); fault.KindOf(err) != fault.Limited || fault.Of(err).Code != "sink.per_organization.exceeded" {
		t.Error(err)
	}
}

func TestAnOrganizationsOwnReplay(t *testing.T) {
	w := newWorld(t)
	w.works()
	acme, other := ident.New(), ident.New()
	boss, worker, stranger := w.of(acme, admin), w.of(acme, member), w.of(other, admin)
	w.happenedIn(acme)
	w.happenedIn(other)
	w.happenedIn(acme)
	w.caughtUp(3)
	w.run()
	c := aim(ToCallback)
	c.OrganizationID, c.URL = acme, "https://example.org"
	made, err := w.CreateReplay(boss, c)
	w.must(err)
	if made.Replay.Total != 2 {
		t.Errorf("%+v", made.Replay)
	}
	w.until(made.Replay.ID, is(Completed))
	if diff := cmp.Diff([]string{"1+2"}, w.receiver.calls); diff != "" {
		t.Error(diff)
	}
	for _, target := range []Target{ToBus, ToConsumer} {
		refused := aim(target)
		refused.OrganizationID = acme
		if target == ToConsumer {
			refused.Consumer = "mail"
		}
		if _, err := w.CreateReplay(boss, refused); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", target, err)
		}
	}
	for who, f := range map[string]struct {
		ctx  context.Context
		kind fault.Kind
	}{"a member": {worker, fault.Denied}, "a stranger": {stranger, fault.NotFound}} {
		_, read := w.Replay(f.ctx, GetReplay{made.Replay.ID})
		_, taken := w.ReplayFile(f.ctx, ReplayFile{made.Replay.ID})
		_, deleted := w.DeleteReplay(f.ctx, DeleteReplay{made.Replay.ID})
		_, again := w.CreateReplay(f.ctx, c)
		for verb, err := range map[string]error{"get": read, "file": taken, "delete": deleted, "create": again} {
			if fault.KindOf(err) != f.kind {
				t.Errorf("%s may %s: %v", who, verb, err)
			}
		}
	}
	list := ListReplays{Limit: 10}
	if all, err := w.Replays(stranger, list); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
	if all, err := w.Replays(boss, list); err != nil || len(all) != 1 {
		t.Error(all, err)
	}

	// What has ended counts until it is deleted.
	held := aim(ToFile)
	held.OrganizationID, held.Start = acme, false
	second, err := w.CreateReplay(boss, held)
	w.must(err)
	if _, err := w.CreateReplay(boss, held); fault.Of(err).Code != "replay.per_organization.exceeded" {
		t.Error(err)
	}
	_, err = w.DeleteReplay(boss, DeleteReplay{second.Replay.ID})
	w.must(err)
	if _, err := w.Replay(boss, GetReplay{second.Replay.ID}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	soon := clock.System().Add(1 << 50)
	held.StartAt = &soon
	third, err := w.CreateReplay(boss, held)
	w.must(err)
	if _, err := w.DeleteReplay(boss, DeleteReplay{third.Replay.ID}); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
}
