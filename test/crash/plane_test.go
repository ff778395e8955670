package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// outside are the labels between another system's “I have it” and our noting so. They
// are no rounds of TestKills, because they need such a system.
var outside = []string{"sink.sent", "replay.given"}

// Killed after the broker has a batch and before that is noted, a sink sends the batch
// again: the broker stores every event of the log once, by its id, and in order.
func TestASinkGoesOnAfterAKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills whole programs")
	}
	broker := startBroker(t)
	in := install(t)
	in.start(t, map[string]string{"stoad": outside[0] + ":1"})
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	in.insist(ctx, t, "/sinks", map[string]any{"name": "broker", "kind": "jetstream", "address": broker.url, "everything": true})
	accepted := in.submitAll(ctx, t, 12, rand.New(rand.NewPCG(3, 4))).wait(t)
	in.awaitAll(ctx, t, accepted)
	in.awaitDied(ctx, t)
	in.awaitConsumer(ctx, t)
	head := in.head(ctx, t)
	in.awaitZero(ctx, t, fmt.Sprintf(`SELECT count(*) FROM sink WHERE position < %d AND cardinality($1::uuid[]) = 0`, head))
	in.checkEvents(t, accepted)

	stored := broker.stored(ctx, t)
	for position := int64(1); position <= head; position++ {
		if stored[position] != 1 {
			t.Errorf("the event at %d is stored %d times", position, stored[position])
		}
	}
	if sent := broker.sent(t); sent <= len(stored) {
		t.Errorf("%d were sent for %d that are stored: nothing was sent again, so nobody died between sending and noting it", sent, len(stored))
	}
	in.stop(t)
	in.checkNothingLeft(t)
}

// Killed after a receiver took a batch, a replay gives the same batch under the same id, and then the rest.
func TestAReplayGoesOnAfterAKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills whole programs")
	}
	receiver := &receiver{bodies: map[string]string{}}
	listening := httptest.NewServer(receiver)
	defer listening.Close()
	in := install(t)
	in.start(t, map[string]string{"stoad": outside[1] + ":2"})
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	in.awaitAll(ctx, t, in.submitAll(ctx, t, 6, rand.New(rand.NewPCG(5, 6))).wait(t))
	in.awaitConsumer(ctx, t)
	head := in.head(ctx, t)
	id := in.insist(ctx, t, "/replays", map[string]any{"target": "callback", "url": listening.URL, "batch": 5, "start": true})
	in.awaitDied(ctx, t)
	for {
		status, err := in.call(ctx, http.MethodGet, "/replays/"+id, nil, "")
		if err == nil && status == "completed" {
			break
		}
		if ctx.Err() != nil || status == "failed" {
			t.Fatalf("the replay is %s: %v", status, err)
		}
		<-time.After(50 * time.Millisecond)
	}
	receiver.check(t, head)
	in.stop(t)
	in.checkNothingLeft(t)
}

// insist asks until it is granted: who answers may die while answering.
func (in *installation) insist(ctx context.Context, t *testing.T, path string, body any) string {
	t.Helper()
	for {
		id, err := in.call(ctx, http.MethodPost, path, body, "insist"+strings.ReplaceAll(path, "/", "-"))
		var refused refusal
		switch {
		case err == nil:
			return id
		case ctx.Err() != nil || errors.As(err, &refused) && refused.final():
			t.Fatalf("POST %s: %v", path, err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// awaitDied waits until the label was met: without that the test would show nothing.
func (in *installation) awaitDied(ctx context.Context, t *testing.T) {
	t.Helper()
	for {
		if _, err := os.Stat(filepath.Join(in.dir, "died-"+strconv.Itoa(in.starts))); err == nil {
			return
		}
		if ctx.Err() != nil {
			t.Fatal("nobody died at the label")
		}
		<-time.After(50 * time.Millisecond)
	}
}

// head is the log's last position.
func (in *installation) head(ctx context.Context, t *testing.T) int64 {
	t.Helper()
	n := in.learn(ctx, t, map[string]string{"head": `SELECT max(position) FROM event_log WHERE cardinality($1::uuid[]) = 0`}, nil)
	if n["head"] == 0 {
		t.Fatal("the log is empty")
	}
	return n["head"]
}

// awaitZero waits until a query counts nothing.
func (in *installation) awaitZero(ctx context.Context, t *testing.T, query string) {
	t.Helper()
	for {
		n, err := in.count(ctx, map[string]string{"n": query}, nil)
		if err == nil && n["n"] == 0 {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%s: %d, %v", query, n["n"], err)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// broker is a JetStream server, and somebody who listens to all that is published, repetitions included.
type broker struct {
	url  string
	conn *nats.Conn
	js   jetstream.JetStream
	all  *nats.Subscription
}

func startBroker(t *testing.T) *broker {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the broker is not ready")
	}
	b := &broker{url: s.ClientURL()}
	if b.conn, err = nats.Connect(b.url, nats.Timeout(time.Minute)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.conn.Close)
	if b.all, err = b.conn.SubscribeSync("stoa.>"); err == nil {
		b.js, err = jetstream.New(b.conn)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sent counts everything that was published so far.
func (b *broker) sent(t *testing.T) int {
	t.Helper()
	err := b.conn.FlushTimeout(time.Minute) // what was published before has come
	n, _, err2 := b.all.Pending()
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	return n
}

// tally counts everything that is published from now on, and keeps none of it.
func (b *broker) tally(t *testing.T) *atomic.Int64 {
	t.Helper()
	n := &atomic.Int64{}
	_, err := b.conn.Subscribe("stoa.>", func(*nats.Msg) { n.Add(1) })
	if err := errors.Join(b.all.Unsubscribe(), err); err != nil {
		t.Fatal(err)
	}
	return n
}

// stored counts by position what the streams hold, and looks at its order.
func (b *broker) stored(ctx context.Context, t *testing.T) map[int64]int {
	t.Helper()
	times := map[int64]int{}
	all := b.js.ListStreams(ctx)
	for info := range all.Info() {
		s, err := b.js.Stream(ctx, info.Config.Name)
		if err != nil {
			t.Fatal(err)
		}
		last := int64(0)
		for seq := info.State.FirstSeq; seq <= info.State.LastSeq; seq++ {
			msg, err := s.GetMsg(ctx, seq)
			if err != nil {
				t.Fatal(err)
			}
			position := event(t, msg.Data).Position
			if position <= last {
				t.Errorf("%s has position %d after %d", info.Config.Name, position, last)
			}
			last = position
			times[position]++
		}
	}
	if err := all.Err(); err != nil {
		t.Fatal(err)
	}
	return times
}

type position struct {
	Position int64 `json:"stoaposition"`
}

func event(t *testing.T, raw []byte) (e position) {
	t.Helper()
	if err := json.Unmarshal(raw, &e); err != nil || e.Position == 0 {
		t.Fatalf("no event: %v: %s", err, raw)
	}
	return e
}

// receiver takes a replay's calls, as one does that knows ids.
type receiver struct {
	mu      sync.Mutex
	bodies  map[string]string // by the call's id
	again   int
	changed []string // ids that came with another body
}

func (r *receiver) ServeHTTP(_ http.ResponseWriter, call *http.Request) {
	body, err := io.ReadAll(call.Body)
	if err != nil {
		return // who called was killed
	}
	id := call.Header.Get("Webhook-Id")
	r.mu.Lock()
	defer r.mu.Unlock()
	before, known := r.bodies[id]
	if known {
		r.again++
	}
	if known && before != string(body) {
		r.changed = append(r.changed, id)
	}
	r.bodies[id] = string(body)
}

func (r *receiver) check(t *testing.T, head int64) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	times := map[int64]int{}
	for body := range maps.Values(r.bodies) {
		var events []position
		if err := json.Unmarshal([]byte(body), &events); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		for _, e := range events {
			times[e.Position]++
		}
	}
	last := slices.Max(slices.Collect(maps.Keys(times)))
	for position := int64(1); position <= max(head, last); position++ {
		if times[position] != 1 {
			t.Errorf("the event at %d came in %d calls", position, times[position])
		}
	}
	if r.again == 0 || len(r.changed) > 0 {
		t.Errorf("%d calls were repeated, of which %d were others under the same id", r.again, len(r.changed))
	}
}
