// Package bustest is the conformance suite of bus.Bus: every implementation runs it.
package bustest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// patience is how long a message that must come may take.
const patience = time.Minute

// Run tests two connections to the same bus: two replicas. They may be one and the same.
func Run(t *testing.T, a, b bus.Bus) {
	t.Run("order", func(t *testing.T) { order(t, a, b) })
	t.Run("fan out and wildcards", func(t *testing.T) { wildcards(t, a, b) })
	t.Run("close", func(t *testing.T) { closing(t, a, b) })
	t.Run("request", func(t *testing.T) { request(t, a, b) })
	t.Run("bounded backlog", func(t *testing.T) { backlog(t, a, b) })
	t.Run("concurrent use", func(t *testing.T) { concurrent(t, a, b) })
}

// ready makes sure that b's subscriptions are known where a publishes.
func ready(t *testing.T, a, b bus.Bus) {
	t.Helper()
	subject := bus.Subject("test", "ready", ident.New().String()) // an ended subscription may linger
	sub, err := b.Subscribe(subject, func(m bus.Message) { _ = m.Answer(nil) })
	must(t, err)
	defer func() { must(t, sub.Close()) }()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		_, err := a.Request(ctx, subject, nil)
		if err == nil {
			return
		}
		if !errors.Is(err, bus.ErrNobody) {
			t.Fatal(err)
		}
	}
}

func order(t *testing.T, a, b bus.Bus) {
	const n = 500
	got := make(chan string, n)
	sub, err := b.Subscribe(bus.Subject("test", "order"), func(m bus.Message) { got <- string(m.Data) })
	must(t, err)
	defer func() { must(t, sub.Close()) }()
	ready(t, a, b)
	for i := range n {
		must(t, a.Publish(bus.Subject("test", "order"), fmt.Append(nil, i)))
	}
	for i := range n {
		if s := receive(t, got); s != fmt.Sprint(i) {
			t.Fatalf("message %d is %s", i, s)
		}
	}
}

func wildcards(t *testing.T, a, b bus.Bus) {
	got := make(chan string, 10)
	for _, subject := range []string{bus.Subject("test", "fan", "x"), bus.Subject("test", "fan", "*"), bus.Subject("test", "fan", ">")} {
		for _, replica := range []bus.Bus{a, b} {
			sub, err := replica.Subscribe(subject, func(m bus.Message) { got <- m.Subject })
			must(t, err)
			defer func() { must(t, sub.Close()) }()
		}
	}
	ready(t, a, b)
	must(t, a.Publish(bus.Subject("test", "fan", "x"), nil))
	for range 6 {
		if s := receive(t, got); s != "stoa.test.fan.x" {
			t.Errorf("subject %s", s)
		}
	}
}

func closing(t *testing.T, a, b bus.Bus) {
	closed, open := make(chan string, 10), make(chan string, 10)
	first, err := b.Subscribe(bus.Subject("test", "close"), func(m bus.Message) { closed <- string(m.Data) })
	must(t, err)
	second, err := b.Subscribe(bus.Subject("test", "close"), func(m bus.Message) { open <- string(m.Data) })
	must(t, err)
	defer func() { must(t, second.Close()) }()
	ready(t, a, b)
	must(t, first.Close())
	ready(t, a, b)
	must(t, a.Publish(bus.Subject("test", "close"), []byte("after")))
	receive(t, open)
	if len(closed) > 0 {
		t.Errorf("a closed subscription got %q", <-closed)
	}
}

func request(t *testing.T, a, b bus.Bus) {
	sub, err := b.Subscribe(bus.Subject("test", "request"), func(m bus.Message) {
		if m.Answer != nil {
			_ = m.Answer(append([]byte("re: "), m.Data...))
		}
	})
	must(t, err)
	defer func() { must(t, sub.Close()) }()
	ready(t, a, b)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	answer, err := a.Request(ctx, bus.Subject("test", "request"), []byte("hello"))
	must(t, err)
	if diff := cmp.Diff("re: hello", string(answer)); diff != "" {
		t.Error(diff)
	}
	if _, err := a.Request(ctx, bus.Subject("test", "silence"), nil); !errors.Is(err, bus.ErrNobody) {
		t.Errorf("want ErrNobody, got %v", err)
	}
	mute, err := b.Subscribe(bus.Subject("test", "mute"), func(bus.Message) {})
	must(t, err)
	defer func() { must(t, mute.Close()) }()
	ready(t, a, b)
	short, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if _, err := a.Request(short, bus.Subject("test", "mute"), nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("want the context's end, got %v", err)
	}
}

// backlog fills a subscription whose handler stands still: memory stays bounded
// and the subscriber hears how much is missing. What is missing is told with the
// messages that found room, so nothing more is published to learn of it: that
// could find the backlog still full.
func backlog(t *testing.T, a, b bus.Bus) {
	const room, sent = 8, 100
	var (
		standing, work = make(chan struct{}), make(chan struct{})
		seen, lost     = make(chan struct{}, sent), make(chan int, sent)
		once           sync.Once
	)
	sub, err := b.Subscribe(bus.Subject("test", "backlog"), func(bus.Message) {
		once.Do(func() { close(standing); <-work })
		seen <- struct{}{}
	}, bus.Backlog(room, 1<<20), bus.OnLost(func(n int) { lost <- n }))
	must(t, err)
	defer func() { must(t, sub.Close()) }()
	ready(t, a, b)
	for range sent {
		must(t, a.Publish(bus.Subject("test", "backlog"), nil))
	}
	receive(t, standing)
	ready(t, a, b) // all of them have arrived
	close(work)
	came, missing := 0, 0
	for timeout := time.After(patience); came+missing < sent; {
		select {
		case <-seen:
			came++
		case n := <-lost:
			missing += n
		case <-timeout:
			t.Fatalf("of %d messages %d came and %d are known to be lost", sent, came, missing)
		}
	}
	if came > room || came+missing != sent {
		t.Errorf("%d seen and %d lost of %d with room for %d", came, missing, sent, room)
	}
}

func concurrent(t *testing.T, a, b bus.Bus) {
	const publishers, each = 8, 50
	got := make(chan struct{}, publishers*each)
	sub, err := b.Subscribe(bus.Subject("test", "many"), func(bus.Message) { got <- struct{}{} })
	must(t, err)
	defer func() { must(t, sub.Close()) }()
	ready(t, a, b)
	var all sync.WaitGroup
	for range publishers {
		all.Go(func() {
			for range each {
				if err := a.Publish(bus.Subject("test", "many"), []byte("x")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for range publishers * each {
		receive(t, got)
	}
}

func receive[T any](t *testing.T, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patience):
		t.Fatal("nothing came")
	}
	return v
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
