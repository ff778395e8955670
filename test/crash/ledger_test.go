package crash

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// ledger is what somebody outside was given of the log.
type ledger struct {
	name string

	mu    sync.Mutex
	given map[int64]copied
	last  map[string]int64 // in each part that has an order of its own, the highest position so far
	whole int64            // nothing up to here is missing
	again int              // repetitions
	wrong []string
}

type copied struct {
	id   string
	hash uint64
}

func newLedger(name string) *ledger {
	return &ledger{name: name, given: map[int64]copied{}, last: map[string]int64{}}
}

// take notes one event that came in a part.
func (l *ledger) take(part string, raw []byte) (position int64) {
	var e struct {
		ID       string `json:"id"`
		Position int64  `json:"stoaposition"`
	}
	err := json.Unmarshal(raw, &e)
	sum := fnv.New64a()
	_, _ = sum.Write(raw)
	this := copied{e.ID, sum.Sum64()}
	l.mu.Lock()
	defer l.mu.Unlock()
	before, known := l.given[e.Position]
	switch {
	case err != nil || e.Position == 0:
		l.complain("no event: %v: %s", err, raw)
	case known:
		l.again++
		if before != this {
			l.complain("position %d came again with other bytes: %s", e.Position, raw)
		}
	default:
		if e.Position <= l.last[part] {
			l.complain("position %d came after %d in %s", e.Position, l.last[part], part)
		}
		l.given[e.Position], l.last[part] = this, e.Position
	}
	for l.given[l.whole+1].id != "" {
		l.whole++
	}
	return e.Position
}

// complain notes what is wrong, the first times. It holds the lock.
func (l *ledger) complain(format string, args ...any) {
	const enough = 10
	if len(l.wrong) < enough {
		l.wrong = append(l.wrong, fmt.Sprintf(format, args...))
	}
}

// repeated is how many events came once more.
func (l *ledger) repeated() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.again
}

// upTo is where the first event is missing, less one.
func (l *ledger) upTo() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.whole
}

// check waits until everything up to head is there, and compares it with the log.
func (l *ledger) check(ctx context.Context, t *testing.T, in *installation, head int64, look func()) {
	t.Helper()
	for look(); l.upTo() < head; look() {
		if ctx.Err() != nil {
			t.Errorf("%s: nothing came from position %d of %d on, or that one is lost", l.name, l.upTo()+1, head)
			break
		}
		<-time.After(20 * time.Millisecond)
	}
	l.mu.Lock()
	ids := make([]string, l.whole)
	for i := range ids {
		ids[i] = l.given[int64(i)+1].id
	}
	for _, what := range l.wrong {
		t.Errorf("%s: %s", l.name, what)
	}
	l.mu.Unlock()
	in.hold(t, map[string]string{"events that " + l.name + " has under another id than the log": `
SELECT count(*) FROM unnest($1::uuid[]) WITH ORDINALITY a (id, position) LEFT JOIN event_log l USING (position) WHERE l.event_id IS DISTINCT FROM a.id`}, func() []string { return ids })
}

// differs counts the events of which the other ledger has other bytes.
func (l *ledger) differs(other *ledger) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	other.mu.Lock()
	defer other.mu.Unlock()
	for position, this := range l.given {
		if that, known := other.given[position]; known && this != that {
			n++
		}
	}
	return n
}

// stream is a JetStream server's side: what it stored, and how much was sent to it.
type stream struct {
	*broker
	*ledger
	read map[string]uint64 // by stream, up to which message
	sent *atomic.Int64
}

func startStream(t *testing.T) *stream {
	t.Helper()
	s := &stream{broker: startBroker(t), ledger: newLedger("JetStream"), read: map[string]uint64{}}
	s.sent = s.tally(t)
	return s
}

// look takes what was stored since it last looked.
func (s *stream) look(ctx context.Context, t *testing.T) {
	t.Helper()
	all := s.js.ListStreams(ctx)
	for info := range all.Info() {
		name := info.Config.Name
		one, err := s.js.Stream(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		for next := s.read[name] + 1; next <= info.State.LastSeq; next++ {
			msg, err := one.GetMsg(ctx, next)
			if err != nil {
				t.Fatal(err)
			}
			s.take(name, msg.Data)
			s.read[name] = next
		}
	}
	if err := all.Err(); err != nil {
		t.Fatal(err)
	}
}

// startKafka starts a broker, and somebody who reads all that comes.
func startKafka(t *testing.T) (address string, l *ledger) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.AllowAutoTopicCreation(), kfake.DefaultNumPartitions(3))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	address = cluster.ListenAddrs()[0]
	reader, err := kgo.NewClient(
		kgo.SeedBrokers(address), kgo.ConsumeRegex(), kgo.ConsumeTopics(`^stoa\.`), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.MetadataMinAge(100*time.Millisecond), kgo.MetadataMaxAge(time.Second), // areas come one by one
	)
	if err != nil {
		t.Fatal(err)
	}
	l = newLedger("Kafka")
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			fetches := reader.PollFetches(context.Background())
			if fetches.IsClientClosed() {
				return
			}
			fetches.EachRecord(func(r *kgo.Record) { l.take(r.Topic+" "+strconv.Itoa(int(r.Partition)), r.Value) })
		}
	}()
	t.Cleanup(func() { reader.Close(); <-done })
	return address, l
}

// subscribe follows the events as stoa events watch does, from the first one on, until ctx ends.
func (in *installation) subscribe(ctx context.Context, l *ledger) {
	var last int64
	for ctx.Err() == nil {
		for e, err := range in.client().Events.Watch(ctx, stoa.EventFilter{All: true, After: strconv.FormatInt(last, 10)}) {
			if err != nil {
				break // nobody answers for long: it begins where it was
			}
			if last = l.take("the stream", e.Raw); last == 0 {
				return // it was told to begin anew, which is wrong
			}
		}
	}
}
