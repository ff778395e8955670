package courier

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	gocmp "github.com/google/go-cmp/cmp"
)

// parcel is a row of the queue that stands in for the database's.
type parcel struct {
	name  string
	due   time.Time // or when its lease ends
	tries int
}

// post is a queue in memory, claimed as the slices' SQL claims rows, and a receiver.
type post struct {
	mu      sync.Mutex
	queue   []*parcel
	settled []string
	broken  error
	claims  int
	answer  func(ctx context.Context, p parcel) error
}

func (q *post) courier() *Courier[parcel, string] {
	return New(Work[parcel, string]{
		Claim: func(_ context.Context, limit int, now, lease time.Time) (claimed []parcel, err error) {
			q.mu.Lock()
			defer q.mu.Unlock()
			q.claims++
			for _, p := range q.queue {
				if len(claimed) < limit && !p.due.After(now) {
					p.due, p.tries = lease, p.tries+1
					claimed = append(claimed, *p)
				}
			}
			return claimed, q.broken
		},
		NextDue: func(context.Context) (*time.Time, error) {
			q.mu.Lock()
			defer q.mu.Unlock()
			if len(q.queue) == 0 {
				return nil, nil
			}
			return new(slices.MinFunc(q.queue, func(a, b *parcel) int { return a.due.Compare(b.due) }).due), nil
		},
		Send: func(ctx context.Context, p parcel, _ time.Time) (string, error) { return "thanks", q.answer(ctx, p) },
		Settle: func(ctx context.Context, p parcel, t Try[string]) error {
			q.mu.Lock()
			defer q.mu.Unlock()
			q.settled = append(q.settled, p.name+": "+cmp.Or(t.Failure, t.Receipt))
			i := slices.IndexFunc(q.queue, func(known *parcel) bool { return known.name == p.name })
			if t.Failure == "" {
				q.queue = slices.Delete(q.queue, i, i+1)
			} else {
				q.queue[i].due = t.At.Add(time.Hour)
			}
			return ctx.Err()
		},
		Clock: time.Now, Log: slog.New(slog.DiscardHandler), Name: "parcels",
	})
}

func (q *post) add(names ...string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, name := range names {
		q.queue = append(q.queue, &parcel{name: name, due: time.Now()})
	}
}

func (q *post) said(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	q.mu.Lock()
	defer q.mu.Unlock()
	if diff := gocmp.Diff(want, q.settled); diff != "" {
		t.Error(diff)
	}
}

// run runs a courier until the function that it gives is called.
func run(t *testing.T, c *Courier[parcel, string]) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); c.Run(ctx) }()
	synctest.Wait()
	return func() { cancel(); <-done }
}

func TestWhatIsDueGoesAtOnceOrInItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &post{answer: func(_ context.Context, p parcel) error {
			if p.name == "hard" && p.tries == 1 {
				return errors.New("nobody is in")
			}
			return nil
		}}
		c := q.courier()
		stop := run(t, c)
		q.add("a", "hard")
		q.said(t) // nobody told it
		c.Wake()
		synctest.Wait()
		q.mu.Lock()
		slices.Sort(q.settled)
		q.mu.Unlock()
		q.said(t, "a: thanks", "hard: nobody is in")
		time.Sleep(59 * time.Minute)
		q.said(t, "a: thanks", "hard: nobody is in")
		time.Sleep(time.Minute + lookAfter)
		q.said(t, "a: thanks", "hard: nobody is in", "hard: thanks")
		q.add("b") // nobody tells it
		time.Sleep(lookEvery)
		q.said(t, "a: thanks", "hard: nobody is in", "hard: thanks", "b: thanks")
		stop()
	})
}

func TestSoManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		under, most := 0, 0
		q := &post{}
		q.answer = func(context.Context, parcel) error {
			q.mu.Lock()
			under++
			most = max(most, under)
			q.mu.Unlock()
			time.Sleep(time.Second)
			q.mu.Lock()
			under--
			q.mu.Unlock()
			return nil
		}
		for i := range 3*AtOnce + 1 {
			q.add(strings.Repeat("x", i+1))
		}
		began := time.Now()
		stop := run(t, q.courier())
		for q.left() > 0 {
			time.Sleep(time.Millisecond)
		}
		if took := time.Since(began).Round(time.Second); took != 4*time.Second || most != AtOnce {
			t.Errorf("%s, %d at once", took, most)
		}
		stop()
	})
}

func (q *post) left() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.queue)
}

// Who stops leaves what is under way to the lease, waits for it, and says nothing of it.
func TestStoppingLeavesTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &post{answer: func(ctx context.Context, p parcel) error {
			if p.tries > 1 {
				return nil
			}
			<-ctx.Done()
			time.Sleep(time.Second) // the receiver hangs up late
			return ctx.Err()
		}}
		q.add("a")
		began := time.Now()
		run(t, q.courier())()
		if took := time.Since(began); took != time.Second {
			t.Errorf("it went after %s", took)
		}
		q.said(t)
		another := q.courier()
		if n, err := another.Once(t.Context()); n != 0 || err != nil {
			t.Errorf("%d tried while the lease held, %v", n, err)
		}
		stop := run(t, another)
		time.Sleep(Lease + lookAfter)
		q.said(t, "a: thanks")
		stop()
	})
}

// What was sent when the end came is recorded.
func TestWhatArrivedIsSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &post{answer: func(context.Context, parcel) error { return nil }}
		c := q.courier()
		ctx, cancel := context.WithCancel(t.Context())
		settle := c.work.Settle
		c.work.Settle = func(ctx context.Context, p parcel, try Try[string]) error {
			cancel()
			return settle(ctx, p, try)
		}
		q.add("a")
		if _, err := c.Once(ctx); err != nil {
			t.Error(err)
		}
		q.said(t, "a: thanks")
	})
}

// So is what arrived while the end came: else it would be sent once more.
func TestWhatArrivesAtTheEndIsSettled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		q := &post{answer: func(context.Context, parcel) error { cancel(); return nil }}
		q.add("a")
		if _, err := q.courier().Once(ctx); err != nil {
			t.Error(err)
		}
		q.said(t, "a: thanks")
	})
}

func TestAQueueThatCannotBeReadIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := &post{answer: func(context.Context, parcel) error { return nil }, broken: errors.New("the database is away")}
		stop := run(t, q.courier())
		time.Sleep(time.Minute)
		q.mu.Lock()
		if q.claims < 10 || q.claims > 14 {
			t.Errorf("it was read %d times within a minute", q.claims)
		}
		q.broken = nil
		q.mu.Unlock()
		q.add("a")
		time.Sleep(lookEvery)
		q.said(t, "a: thanks")
		stop()

		c := q.courier()
		c.work.Before = func(context.Context) error { return errors.New("not ready") }
		if _, err := c.Once(t.Context()); err == nil {
			t.Error("what comes before failed, and it went on")
		}
	})
}

func TestReasonsAreText(t *testing.T) {
	for in, want := range map[string]string{"": "it failed without a word", "a\xffb": "a�b", strings.Repeat("ä", 501): strings.Repeat("ä", 499) + "…"} {
		if got := reason(errors.New(in)); got != want || !utf8.ValidString(got) {
			t.Errorf("%q", got)
		}
	}
}

func TestSchedule(t *testing.T) {
	s := Schedule{Pauses: []time.Duration{time.Second, time.Minute, time.Hour}, Wish: 2 * time.Hour}
	for _, c := range []struct {
		failed int
		wish   time.Duration
		random float64
		want   time.Duration
		again  bool
	}{
		{0, 0, 0, 0, false},
		{1, 0, 0, time.Second, true},
		{2, 0, 0.5, 66 * time.Second, true},
		{2, 10 * time.Minute, 0.5, 10 * time.Minute, true}, // it is left alone
		{3, time.Second, 0, time.Hour, true},               // a short wish hurries nobody
		{3, 24 * time.Hour, 0, 2 * time.Hour, true},        // nor does a long one put it off for ever
		{4, time.Minute, 0, 0, false},
	} {
		if got, again := s.Next(c.failed, c.wish, c.random); got != c.want || again != c.again {
			t.Errorf("after %d failures: %v, %v", c.failed, got, again)
		}
	}
	if got, again := s.Within(time.Minute).Next(3, 0, 0); got != time.Minute || !again || s.Tries() != 4 || s.Pauses[2] != time.Hour {
		t.Errorf("within a minute: %v, %v", got, again)
	}
}
