package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// audience is everybody outside who is told what happens.
type audience struct {
	stream       *stream
	kafka        *ledger
	kafkaAddress string
	follower     *ledger
	following    sync.WaitGroup
	hooks        *hooks
	called       string // where callbacks go

	mu      sync.Mutex
	replays []*rerun // those that are not checked yet
	reruns  int
	again   int // calls of replays that came once more
}

func assemble(t *testing.T, seed uint64) *audience {
	t.Helper()
	a := &audience{stream: startStream(t), follower: newLedger("the subscriber")}
	a.kafkaAddress, a.kafka = startKafka(t)
	a.hooks = &hooks{random: rand.New(rand.NewPCG(seed, 1)), bodies: map[string]string{}, taken: map[string]int{}}
	mux := http.NewServeMux()
	mux.Handle("/hooks", a.hooks)
	mux.HandleFunc("/replays/{number}", a.rerun)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	a.called = server.URL
	return a
}

// join has everybody told from the first event on.
func (a *audience) join(ctx context.Context, t *testing.T, in *installation) {
	t.Helper()
	for i, ask := range []struct {
		method, path string
		body         map[string]any
	}{
		// The receiver is away for seconds, not for hours, and is to be told everything.
		{http.MethodPut, "/limits/notification.retry.longest_ms", map[string]any{"scope": "global", "value": 2000}},
		{http.MethodPut, "/limits/notification.per_hour", map[string]any{"scope": "global", "value": 10_000}},
		{http.MethodPost, "/notifications/subscriptions", map[string]any{"channel": "webhook", "url": a.called + "/hooks"}},
		{http.MethodPost, "/sinks", map[string]any{"name": "stream", "kind": "jetstream", "address": a.stream.url, "everything": true}},
		{http.MethodPost, "/sinks", map[string]any{"name": "kafka", "kind": "kafka", "address": a.kafkaAddress, "everything": true}},
	} {
		if _, err := in.persist(ctx, ask.method, ask.path, ask.body, "join "+strconv.Itoa(i)); err != nil {
			t.Fatal(err)
		}
	}
	a.following.Go(func() { in.subscribe(ctx, a.follower) })
}

// rerun is one replay, and what came of it.
type rerun struct {
	*receiver
	id    string
	after int64
}

const rerunOf = 200 // events, at most

// replay starts one that gives the last events once more, slowly enough to be hit.
func (a *audience) replay(ctx context.Context, t *testing.T, in *installation) {
	t.Helper()
	r := &rerun{receiver: &receiver{bodies: map[string]string{}}, after: max(0, a.follower.upTo()-rerunOf)}
	a.mu.Lock()
	number := a.reruns
	a.reruns++
	a.replays = append(a.replays, r)
	a.mu.Unlock()
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var err error
	r.id, err = in.persist(within, http.MethodPost, "/replays", map[string]any{
		"target": "callback", "url": a.called + "/replays/" + strconv.Itoa(number), "batch": 10, "start": true, "name": strconv.Itoa(number),
		"events": map[string]any{"after_position": r.after},
	}, "replay "+strconv.Itoa(number))
	if err != nil {
		t.Fatal(err)
	}
}

// rerun answers a replay's call.
func (a *audience) rerun(w http.ResponseWriter, call *http.Request) {
	number, err := strconv.Atoi(call.PathValue("number"))
	a.mu.Lock()
	from := number - (a.reruns - len(a.replays))
	known := err == nil && from >= 0 && from < len(a.replays)
	var r *rerun
	if known {
		r = a.replays[from]
	}
	a.mu.Unlock()
	if !known {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	r.ServeHTTP(w, call)
	<-time.After(50 * time.Millisecond)
}

// check waits until a replay is through, and looks at what came of it: each event in one call, however often that was made.
func (r *rerun) check(ctx context.Context, t *testing.T, in *installation) {
	t.Helper()
	for {
		status, err := in.call(ctx, http.MethodGet, "/replays/"+r.id, nil, "")
		if err == nil && status == "completed" {
			break
		}
		if ctx.Err() != nil || status == "failed" {
			t.Errorf("the replay %s is %s: %v", r.id, status, err)
			return
		}
		<-time.After(50 * time.Millisecond)
	}
	told, err := in.client().Replays.Get(ctx, r.id)
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var given []int64
	for _, body := range r.bodies {
		var events []position
		if err := json.Unmarshal([]byte(body), &events); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		for _, e := range events {
			given = append(given, e.Position)
		}
	}
	slices.Sort(given)
	want := make([]int64, told.Total)
	for i := range want {
		want[i] = r.after + 1 + int64(i)
	}
	if !slices.Equal(given, want) || told.Sent != told.Total {
		t.Errorf("the replay %s after %d was to give %d events, says that it gave %d, and gave %v", r.id, r.after, told.Total, told.Sent, given)
	}
	if len(r.changed) > 0 {
		t.Errorf("calls of the replay %s came again with other bodies: %v", r.id, r.changed)
	}
}

// check waits until everybody was told everything, and compares that with the log and with what was accepted.
func (a *audience) check(t *testing.T, in *installation, work *traffic) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	in.awaitConsumer(ctx, t)
	work.check(t)
	a.mu.Lock()
	ended := a.replays
	a.mu.Unlock()
	for _, r := range ended {
		r.check(ctx, t, in)
	}
	head := in.head(ctx, t)
	nothing := func() {}
	a.stream.check(ctx, t, in, head, func() { a.stream.look(ctx, t) })
	a.kafka.check(ctx, t, in, head, nothing)
	a.follower.check(ctx, t, in, head, nothing)
	for _, other := range []*ledger{a.kafka, a.follower} {
		if n := a.stream.differs(other); n > 0 {
			t.Errorf("%d events are not the same for %s as for JetStream", n, other.name)
		}
	}
	for _, once := range []*ledger{a.stream.ledger, a.follower} {
		if n := once.repeated(); n > 0 {
			t.Errorf("%s has %d events twice", once.name, n)
		}
	}
	a.hooks.check(t, in)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.replays = nil
	for _, r := range ended {
		a.again += r.again
	}
}

func (a *audience) String() string {
	taken, repeated := a.hooks.count()
	return fmt.Sprintf("%d events; sent again: %d to JetStream (stored once), %d to Kafka; %d webhooks and %d again; %d replays and %d of their calls again",
		a.stream.upTo(), a.stream.sent.Load()-a.stream.upTo(), a.kafka.repeated(), taken, repeated, a.reruns, a.again)
}

// hooks is a receiver of notifications that often is in no state to take them.
type hooks struct {
	mu      sync.Mutex
	random  *rand.Rand
	shut    time.Time // until when
	bodies  map[string]string
	taken   map[string]int // how often it said yes
	changed []string       // ids that came with another body
}

func (h *hooks) ServeHTTP(w http.ResponseWriter, call *http.Request) {
	body, err := io.ReadAll(call.Body)
	if err != nil {
		return // who called was killed
	}
	id := call.Header.Get("Webhook-Id")
	h.mu.Lock()
	defer h.mu.Unlock()
	if before, known := h.bodies[id]; known && before != string(body) {
		h.changed = append(h.changed, id)
	}
	h.bodies[id] = string(body)
	mood := h.random.IntN(100)
	switch {
	case time.Now().Before(h.shut):
		panic(http.ErrAbortHandler) // as if nobody were in
	case mood == 0:
		h.shut = time.Now().Add(time.Duration(h.random.IntN(2000)) * time.Millisecond)
		panic(http.ErrAbortHandler)
	case mood < 8:
		w.WriteHeader(http.StatusInternalServerError)
	default:
		h.taken[id]++
	}
}

// telling are the promises about what people are told, as queries with the ids of what the receiver took.
var telling = map[string]string{
	"deliveries that the receiver has not": `
SELECT count(*) FROM notification_delivery d WHERE d.status = 'delivered' AND NOT EXISTS (SELECT FROM unnest($1::uuid[]) r (id) WHERE r.id = d.notification_id)`,
	"deliveries that were given up": `
SELECT count(*) FROM notification_delivery WHERE status IN ('failed', 'skipped') AND $1::uuid[] IS NOT NULL`,
	"deliveries of nothing": `
SELECT count(*) FROM unnest($1::uuid[]) r (id) WHERE NOT EXISTS (SELECT FROM notification_delivery d WHERE d.notification_id = r.id)`,
	"failures of which their owner was not told exactly once": `
SELECT count(*) FROM event e LEFT JOIN (SELECT source_id, count(*) AS n FROM notification GROUP BY source_id) told ON told.source_id = e.id
WHERE e.type IN ('execution.failed.v1', 'execution.timed_out.v1', 'execution.error.v1') AND told.n IS DISTINCT FROM 1 AND $1::uuid[] IS NOT NULL`,
	"notifications without exactly one delivery": `
SELECT count(*) FROM notification n LEFT JOIN (SELECT notification_id, count(*) AS n FROM notification_delivery GROUP BY notification_id) d
	ON d.notification_id = n.id
WHERE n.severity > 0 AND n.status <> 'pending' AND n.reason NOT LIKE 'throttled%' AND d.n IS DISTINCT FROM 1 AND $1::uuid[] IS NOT NULL`,
	"notifications that were held back": `
SELECT count(*) FROM notification WHERE severity > 0 AND reason LIKE 'throttled%' AND $1::uuid[] IS NOT NULL`,
}

// check compares what the receiver took with what Stoa says: both go on meanwhile, for what was refused is tried again.
func (h *hooks) check(t *testing.T, in *installation) {
	t.Helper()
	h.mu.Lock()
	for _, id := range h.changed {
		t.Errorf("notification %s came with another body", id)
	}
	h.mu.Unlock()
	in.hold(t, telling, func() []string {
		h.mu.Lock()
		defer h.mu.Unlock()
		return slices.Collect(maps.Keys(h.taken))
	})
}

// checkAllArrived waits until nothing is on its way any more.
func (h *hooks) checkAllArrived(t *testing.T, in *installation) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	// What somebody took along into death waits for minutes.
	const age = `
WITH older AS (UPDATE notification_delivery SET lease_until = lease_until - interval '2 minutes' WHERE status = 'sending' AND cardinality($1::uuid[]) = 0 RETURNING 1)
SELECT count(*) FROM older`
	in.learn(ctx, t, map[string]string{"n": age}, nil)
	in.awaitZero(ctx, t, `SELECT count(*) FROM notification_delivery WHERE status IN ('queued', 'sending') AND cardinality($1::uuid[]) = 0`)
	h.check(t, in)
}

// count is how many notifications the receiver took, and how often it took one that it had.
func (h *hooks) count() (taken, again int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, times := range h.taken {
		again += times - 1
	}
	return len(h.taken), again
}
