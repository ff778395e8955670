package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog/eventloghttp"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/natsbus"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

type fact struct{}

func (fact) EventType() string { return "bench.happened.v1" }

// everybody is an authenticator to whom all are the operator.
type everybody struct{ actor command.Actor }

func (e everybody) Authenticate(context.Context, *http.Request) (command.Actor, error) {
	return e.actor, nil
}

// eventsSent is how many events a measurement sends.
const eventsSent = 500

// measureEvents tells how long after its commit an event reaches a client: PostgreSQL
// with fsync, the bus, the sequencer, the tail, HTTP and Server-Sent Events on
// loopback, all in this process as in stoad. The time of a bare commit stands beside
// it for scale. Each event is sent when the last one has arrived (a quiet
// installation), and then 200 a second to eight clients.
func measureEvents(ctx context.Context, o options) error {
	for _, w := range []struct {
		clients int
		rate    float64
	}{{1, 0}, {8, 200}} {
		took, bare, err := followEvents(ctx, w.clients, w.rate)
		if err != nil {
			return err
		}
		fmt.Fprintf(o.out, "%d events, %d client(s), %g/s (0: one after the other)\n", eventsSent, w.clients, w.rate)
		showTimes(o.out, "commit acknowledged → SSE client", took)
		showTimes(o.out, "bare commit of one event", bare)
		fmt.Fprintf(o.out, "ratio of the medians: %.2fx\n", float64(percentile(took, 50))/float64(percentile(bare, 50)))
	}
	return nil
}

// followEvents measures once, on a server of its own.
func followEvents(ctx context.Context, clients int, rate float64) (took, bare []time.Duration, err error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	db, closeDB, err := database(ctx, log)
	if err != nil {
		return nil, nil, err
	}
	defer closeDB()
	b, err := natsbus.Embed(log)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = b.Close() }()
	hints := eventlog.NewHints(b, log)
	tail := eventlog.NewTail(db, hints, log)
	sequencer := eventlog.NewSequencer(db, hints, log)
	ctx, stop := context.WithCancel(ctx)
	var loops sync.WaitGroup
	defer loops.Wait()
	defer stop()
	loops.Go(func() { _ = hints.Run(ctx) })
	loops.Go(func() { _ = tail.Run(ctx) })
	loops.Go(func() { _ = sequencer.Lead(ctx, 1) })

	url, err := serve(ctx, log, db, tail)
	if err != nil {
		return nil, nil, err
	}
	arrivals := make(chan arrival, 1024)
	for range clients {
		if err := follow(ctx, url, arrivals); err != nil {
			return nil, nil, err
		}
	}
	return commitEvents(ctx, db, hints, clients, rate, arrivals)
}

// database is a fresh, durable server of our own.
func database(ctx context.Context, log *slog.Logger) (*pg.DB, func(), error) {
	dir, err := os.MkdirTemp("", "stoa-bench-")
	if err != nil {
		return nil, nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, nil, err
	}
	server, err := pg.Embed(ctx, pg.EmbedConfig{Dir: filepath.Join(dir, "postgres"), RunDir: filepath.Join(dir, "run"), Log: log})
	if err != nil {
		return nil, nil, err
	}
	end := func() {
		_ = server.Stop(context.WithoutCancel(ctx))
		_ = os.RemoveAll(dir)
	}
	if err := pg.Migrate(ctx, server.URL()); err != nil {
		end()
		return nil, nil, err
	}
	db, err := pg.Open(ctx, pg.Config{URL: server.URL(), Log: log})
	if err != nil {
		end()
		return nil, nil, err
	}
	return db, func() { db.Close(); end() }, nil
}

func serve(ctx context.Context, log *slog.Logger, db *pg.DB, tail *eventlog.Tail) (string, error) {
	const operator permission.Role = "operator"
	auth := everybody{command.Actor{Kind: command.User, ID: ident.New(), Platform: []permission.Role{operator}}}
	runner := &command.Runner{DB: db, Clock: clock.System, NewID: ident.New, Log: log, Table: permission.Table{"event.stream": {operator}}}
	catalogue, err := eventlog.NewCatalogue(fact{})
	if err != nil {
		return "", err
	}
	slice, err := eventloghttp.New(runner, eventloghttp.Config{Tail: tail, Catalogue: catalogue, Authenticator: auth, Operator: operator})
	if err != nil {
		return "", err
	}
	edge, err := httpx.New(httpx.Config{Log: log, Authenticator: auth})
	if err != nil {
		return "", err
	}
	eventloghttp.Register(edge.API(), slice)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := edge.HTTP()
	go func() { _ = server.Serve(listener) }()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return "http://" + listener.Addr().String(), nil
}

type arrival struct {
	position int64
	at       time.Time
}

// follow opens a stream, and reports when each event arrives.
func follow(ctx context.Context, url string, arrivals chan<- arrival) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/v1/events/stream?all=true&last_event_id=0", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r) //nolint:bodyclose // closed by the reader
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		_ = answer.Body.Close()
		return fmt.Errorf("the stream answers %s", answer.Status)
	}
	go func() {
		defer func() { _ = answer.Body.Close() }()
		lines := bufio.NewScanner(answer.Body)
		var position int64
		for lines.Scan() {
			if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				position, _ = strconv.ParseInt(id, 10, 64)
			} else if lines.Text() == "" && position > 0 {
				arrivals <- arrival{position, time.Now()}
				position = 0
			}
		}
	}()
	return nil
}

// commitEvents commits events one after the other, so that the i-th has position i.
func commitEvents(ctx context.Context, db *pg.DB, hints *eventlog.Hints, clients int, rate float64, arrivals <-chan arrival) (took, bare []time.Duration, err error) {
	committed := make([]time.Time, eventsSent+1)
	var mu sync.Mutex // guards committed
	received := make(chan struct{}, eventsSent*clients)
	var collector sync.WaitGroup
	collector.Go(func() {
		for range eventsSent * clients {
			select {
			case <-ctx.Done():
				return
			case a := <-arrivals:
				mu.Lock()
				took = append(took, max(0, a.at.Sub(committed[a.position])))
				mu.Unlock()
				received <- struct{}{}
			}
		}
	})
	began := time.Now()
	for i := 1; i <= eventsSent; i++ {
		if rate > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(time.Until(began.Add(time.Duration(float64(i) / rate * float64(time.Second))))):
			}
		}
		e := eventlog.Event{
			ID: ident.New(), Type: "bench.happened.v1", Time: clock.System(), AggregateKind: "bench", AggregateID: ident.New(), Version: 1,
			ActorKind: "system", CorrelationID: "bench", Data: []byte(`{}`),
		}
		start := time.Now()
		mu.Lock() // an event may arrive before we have noted its commit
		err := db.InTx(ctx, func(_ context.Context, tx *pg.Tx) error { eventlog.Append(tx, e); return nil })
		committed[i] = time.Now()
		mu.Unlock()
		if err != nil {
			return nil, nil, err
		}
		hints.Committed([]eventlog.Event{e})
		bare = append(bare, committed[i].Sub(start))
		for waiting := clients; rate == 0 && waiting > 0; waiting-- {
			select {
			case <-ctx.Done():
				return nil, nil, ctx.Err()
			case <-received:
			}
		}
	}
	collector.Wait()
	return took, bare, ctx.Err()
}

func showTimes(out io.Writer, what string, d []time.Duration) {
	fmt.Fprintf(out, "%-34s p50 %7.2f ms   p95 %7.2f ms   p99 %7.2f ms\n", what, ms(percentile(d, 50)), ms(percentile(d, 95)), ms(percentile(d, 99)))
}
