package eventplane

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// receiver is a place that calls and copies go to.
type receiver struct {
	mu      sync.Mutex
	refuses int // so many calls yet
	why     string
	calls   []string
	copies  []eventlog.Event
	away    bool   // as a bus
	before  func() // it takes anything from the bus; nil: nothing
}

func (r *receiver) CheckURL(url string) error {
	if strings.Contains(url, "internal") {
		return fault.New(fault.Invalid, "outbound.url", "no")
	}
	return nil
}

func (r *receiver) NewSecret() secret.String { return secret.New("whsec_c2VjcmV0") }

func (r *receiver) Post(_ context.Context, url, kind, id string, key secret.String, body []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuses > 0 {
		r.refuses--
		return errors.New(cmp.Or(r.why, "the receiver answers 503"))
	}
	var events []struct {
		Replay string `json:"stoareplay"`
	}
	if err := json.Unmarshal(body, &events); err != nil || events[0].Replay == "" || key.Reveal() != "whsec_c2VjcmV0" {
		return fmt.Errorf("unmarked or unsigned: %w", err)
	}
	_, place, _ := strings.Cut(strings.TrimPrefix(id, "replay_"), "_")
	r.calls = append(r.calls, fmt.Sprintf("%s+%d", place, len(events)))
	return nil
}

func (r *receiver) Publish(subject string, data []byte) error {
	if r.before != nil {
		r.before()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away {
		return bus.ErrAway
	}
	var e struct {
		ID     ident.ID `json:"id"`
		Replay ident.ID `json:"stoareplay"`
	}
	if err := json.Unmarshal(data, &e); err != nil || subject != "stoa.replay."+e.Replay.String() {
		return fmt.Errorf("published %s to %s", data, subject)
	}
	r.copies = append(r.copies, eventlog.Event{ID: e.ID})
	return nil
}

// replaying is a world whose log has five sold houses, one of them a boat's.
func replaying(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.works()
	w.sold("house", ident.New(), ident.New(), ident.New())
	w.sold("boat", ident.New())
	w.sold("house", ident.New())
	w.caughtUp(5)
	return w
}

// run starts the replays' loop, as the next holder of its lease, and returns how to stop it.
func (w *world) run() (stop func()) {
	w.epoch++
	ctx, cancel := context.WithCancel(w.t.Context())
	ended := make(chan error, 1)
	epoch := w.epoch
	go func() { ended <- w.RunReplays(ctx, epoch) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
	})
	w.t.Cleanup(stop)
	return stop
}

func aim(target Target) CreateReplay {
	c := CreateReplay{ReplayAim: ReplayAim{Target: target, Batch: 2, MaxEvents: 1000, Types: []string{"house.sold.v1"}}, Start: true}
	switch target {
	case ToConsumer:
		c.Consumer = "mail"
	case ToCallback:
		c.URL = "https://example.org/hook"
	case ToBus, ToFile:
	}
	return c
}

func (w *world) create(c CreateReplay) Replay {
	w.t.Helper()
	made, err := w.CreateReplay(w.ann, c)
	w.must(err)
	return made.Replay
}

// until waits for a replay to be so.
func (w *world) until(id ident.ID, ok func(Replay) bool) Replay {
	w.t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		r, err := w.Replay(w.ann, GetReplay{id})
		w.must(err)
		if ok(r) {
			return r
		}
		select {
		case <-deadline:
			w.t.Fatalf("not within two minutes; it is %+v", r)
		case <-tick.C:
		}
	}
}

func is(status ReplayStatus) func(Replay) bool {
	return func(r Replay) bool { return r.Status == status }
}

func TestAReplayReachesEveryTarget(t *testing.T) {
	w := replaying(t)
	w.run()
	for _, target := range []Target{ToBus, ToConsumer, ToCallback, ToFile} {
		r := w.until(w.create(aim(target)).ID, is(Completed))
		if r.Sent != 5 || r.Total != 5 || r.Failed != 0 || r.Position != 5 || r.EndedAt == nil || string(r.Counts) != `{"house.sold.v1": 5}` {
			t.Errorf("%s: %+v", target, r)
		}
		if target == ToFile {
			var file bytes.Buffer
			w.must(w.CopyFile(t.Context(), &file, r.ID))
			if lines := strings.Split(strings.TrimSpace(file.String()), "\n"); len(lines) != 5 || !strings.Contains(lines[4], `"stoareplay":"`+r.ID.String()) {
				t.Error(file.String())
			}
		}
	}
	if len(w.receiver.copies) != 5 {
		t.Errorf("%d copies on the bus", len(w.receiver.copies))
	}
	if diff := gocmp.Diff([]string{"1+2", "3+2", "5+1"}, w.receiver.calls); diff != "" {
		t.Error(diff)
	}
	if len(w.handled) != 10 { // five as they happened, five again
		t.Errorf("handled %d times", len(w.handled))
	}
}

func TestAReplayIsNarrowed(t *testing.T) {
	w := replaying(t)
	w.run()
	c := aim(ToFile)
	c.AggregateKind = "boat"
	if r := w.until(w.create(c).ID, is(Completed)); r.Sent != 1 || r.Total != 1 {
		t.Errorf("of boats: %+v", r)
	}
	c = aim(ToFile)
	c.MaxEvents = 3
	if r := w.until(w.create(c).ID, is(Completed)); r.Sent != 3 || r.Total != 3 || r.Position != 3 {
		t.Errorf("three at most: %+v", r)
	}
	c = aim(ToFile)
	c.AfterPosition = 4
	made := w.create(c)
	w.sold("house", ident.New()) // after it was asked for
	if r := w.until(made.ID, is(Completed)); r.Sent != 1 {
		t.Errorf("after 4: %+v", r)
	}
}

func TestAPreviewCountsAndWaits(t *testing.T) {
	w := replaying(t)
	c := aim(ToBus)
	c.DryRun, c.Start = true, false
	r := w.create(c)
	if r.Status != Preview || r.Total != 5 || len(w.receiver.copies) != 0 {
		t.Errorf("%+v", r)
	}
	_, err := w.StartReplay(w.ann, StartReplay{r.ID})
	w.must(err)
	w.run()
	w.until(r.ID, is(Completed))

	soon := time.Now().Add(-time.Second)
	c = aim(ToBus)
	c.Start, c.StartAt = false, &soon
	if r := w.create(c); r.Status != Scheduled {
		t.Errorf("%+v", r)
	} else {
		w.until(r.ID, is(Completed))
	}
}

// TestAReplayGoesOnWhereItWas: it is paced so slowly that only its first event is due.
func TestAReplayGoesOnWhereItWas(t *testing.T) {
	w := replaying(t)
	w.spread()
	stop := w.run()
	c := aim(ToConsumer)
	c.Speed = 1
	r := w.create(c)
	w.until(r.ID, func(r Replay) bool { return r.Sent == 1 })
	if _, err := w.PauseReplay(w.ann, PauseReplay{r.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.StartReplay(w.ann, StartReplay{r.ID}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a paused one starts: %v", err)
	}
	stop()
	_, err := w.db.Exec(t.Context(), `UPDATE replay SET speed = 0`)
	w.must(err)
	if _, err := w.ResumeReplay(w.ann, ResumeReplay{r.ID}); err != nil {
		t.Fatal(err)
	}
	w.run() // another process
	if r = w.until(r.ID, is(Completed)); r.Sent != 5 || len(w.handled) != 10 {
		t.Errorf("handled %d times: %+v", len(w.handled), r)
	}
	want := []string{"replay.created.v1 running", "replay.moved.v1 paused", "replay.moved.v1 running", "replay.moved.v1 completed"}
	var got []string
	for line := range strings.Lines(w.events(replayKind)) {
		kind, data, _ := strings.Cut(line, " ")
		var said struct{ Status string }
		w.must(json.Unmarshal([]byte(data), &said))
		got = append(got, kind+" "+said.Status)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatATargetRefuses(t *testing.T) {
	w := replaying(t)
	w.run()
	w.mu.Lock()
	w.failing = true
	w.mu.Unlock()
	r := w.until(w.create(aim(ToConsumer)).ID, is(Failed))
	if r.Sent != 0 || r.Reason != "the post office is closed" {
		t.Errorf("%+v", r)
	}
	c := aim(ToConsumer)
	c.SkipErrors = true
	if r := w.until(w.create(c).ID, is(Completed)); r.Sent != 0 || r.Failed != 5 {
		t.Errorf("%+v", r)
	}
	w.works()
	_, err := w.ResumeReplay(w.ann, ResumeReplay{r.ID})
	w.must(err)
	w.until(r.ID, is(Completed))

	w.receiver.refuses = 1 // then it takes the same call
	if r := w.until(w.create(aim(ToCallback)).ID, is(Completed)); r.Sent != 5 {
		t.Errorf("%+v", r)
	}
	if diff := gocmp.Diff([]string{"1+2", "3+2", "5+1"}, w.receiver.calls); diff != "" {
		t.Error(diff)
	}
}

// A target may say anything: what is no text, and cut within a character, ends it all the same.
func TestWhateverATargetSays(t *testing.T) {
	w := replaying(t)
	w.receiver.refuses, w.receiver.why = callAttempts, "x"+strings.Repeat("é", maxReason)+"\x00\xff"
	w.run()
	if r := w.until(w.create(aim(ToCallback)).ID, is(Failed)); r.Sent != 0 || r.Reason != "x"+strings.Repeat("é", maxReason-2)+"…" {
		t.Errorf("%+v", r)
	}
}

func TestNoSuchReplay(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*CreateReplay){
		"speed":          func(c *CreateReplay) { c.Speed = 0.01 },
		"batch":          func(c *CreateReplay) { c.Batch = 0 },
		"max":            func(c *CreateReplay) { c.MaxEvents = 0 },
		"url":            func(c *CreateReplay) { c.URL = "https://example.org" },
		"consumer":       func(c *CreateReplay) { c.Target = ToConsumer },
		"target":         func(c *CreateReplay) { c.Target = "moon" },
		"inside address": func(c *CreateReplay) { c.Target, c.URL = ToCallback, "http://internal" },
	} {
		c := aim(ToBus)
		change(&c)
		if _, err := w.CreateReplay(w.ann, c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := aim(ToConsumer)
	c.Consumer = "audit"
	if _, err := w.CreateReplay(w.ann, c); !fault.Is(err, "replay.not_replayable") {
		t.Error(err)
	}
	if _, err := w.CreateReplay(w.eve, aim(ToBus)); fault.KindOf(err) != fault.Denied {
		t.Error(err)
	}
	if _, err := w.PauseReplay(w.ann, PauseReplay{ident.New()}); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}

func TestReplayMoves(t *testing.T) {
	all := []ReplayStatus{Preview, Scheduled, Created, Running, Paused, Completed, Failed, Cancelled}
	legal := 0
	for _, from := range all {
		for _, to := range all {
			if (Replay{Status: from}).MayBecome(to) {
				legal++
			}
		}
	}
	if legal != 14 || (Replay{Status: Completed}).MayBecome(Running) || (Replay{Status: Cancelled}).MayBecome(Running) {
		t.Errorf("%d legal moves", legal)
	}
}

func keys(t *testing.T) *secret.Keys {
	k, err := secret.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}
