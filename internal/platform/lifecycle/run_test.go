package lifecycle

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// diary notes what modules did, in order.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, line)
}

func (d *diary) module(name string, needs ...string) Module {
	return Module{
		Name: name, Needs: needs,
		Start: func(context.Context) error { d.note("+" + name); return nil },
		Stop:  func(context.Context) error { d.note("-" + name); return nil },
	}
}

func graph(t *testing.T, modules ...Module) *Graph {
	t.Helper()
	g, err := New(slog.New(slog.DiscardHandler), modules...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestRunStartsTheClosureAndStopsInReverse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d diary
		g := graph(t, d.module("http", "execution", "bus"), d.module("execution", "pg"), d.module("bus", "pg"), d.module("pg"), d.module("unasked", "pg"))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- g.Run(ctx, "http") }()
		<-g.Ready()
		stop()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if len(d.lines) != 8 {
			t.Fatalf("four modules start and stop, nothing else: %v", d.lines)
		}
		for _, pair := range [][2]string{{"+pg", "+execution"}, {"+pg", "+bus"}, {"+execution", "+http"}, {"+bus", "+http"}, {"-http", "-bus"}, {"-http", "-execution"}, {"-bus", "-pg"}, {"-execution", "-pg"}} {
			if slices.Index(d.lines, pair[0]) > slices.Index(d.lines, pair[1]) {
				t.Errorf("%s must come before %s: %v", pair[0], pair[1], d.lines)
			}
		}
		var states []State
		for _, s := range g.Status() {
			states = append(states, s.State)
		}
		if diff := cmp.Diff([]State{Stopped, Stopped, Stopped, Stopped, Idle}, states); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNewRefuses(t *testing.T) {
	var d diary
	for want, modules := range map[string][]Module{
		"declared twice":     {d.module("a"), d.module("a")},
		"does not exist":     {d.module("a", "b")},
		"a → b → c → a":      {d.module("a", "b"), d.module("b", "c"), d.module("c", "a")},
		"cycle: self → self": {d.module("self", "self")},
	} {
		if _, err := New(slog.New(slog.DiscardHandler), modules...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if err := graph(t, d.module("a")).Run(t.Context(), "b"); err == nil || !strings.Contains(err.Error(), `no module "b"`) {
		t.Errorf("an unknown target: %v", err)
	}
}

func TestAModuleThatDoesNotStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d diary
		broken := d.module("broken", "base")
		broken.Start = func(context.Context) error { return errors.New("no port") }
		slow := d.module("slow", "base")
		slow.Start = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		g := graph(t, d.module("base"), broken, slow, d.module("top", "broken"))
		err := g.Run(t.Context())
		if err == nil || err.Error() != "start module broken: no port" {
			t.Errorf("the cause and nothing else: %v", err)
		}
		if diff := cmp.Diff([]string{"+base", "-base"}, d.lines); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAModuleThatFailsLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d diary
		died := make(chan error, 1)
		pg := d.module("pg")
		pg.Failed = died
		g := graph(t, pg, d.module("http", "pg"))
		ended := make(chan error)
		go func() { ended <- g.Run(t.Context()) }()
		<-g.Ready()
		died <- errors.New("postmaster is gone")
		if err := <-ended; err == nil || err.Error() != "run module pg: postmaster is gone" {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"+pg", "+http", "-http", "-pg"}, d.lines); diff != "" {
			t.Error(diff)
		}
		if s := g.Status()[0]; s.State != Failed || s.Err == nil {
			t.Errorf("it stays failed: %+v", s)
		}
	})
}

func TestAnInterruptedStartIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d diary
		slow := d.module("slow", "base")
		slow.Start = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- graph(t, d.module("base"), slow).Run(ctx) }()
		synctest.Wait()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"+base", "-base"}, d.lines); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d diary
		stuck := d.module("stuck", "base")
		release := make(chan struct{})
		stuck.Stop = func(context.Context) error { <-release; return nil }
		stuck.StopWithin = 3 * time.Second
		ctx, stop := context.WithCancel(t.Context())
		g := graph(t, d.module("base"), stuck)
		ended := make(chan error)
		go func() { ended <- g.Run(ctx) }()
		<-g.Ready()
		stop()
		began := time.Now()
		err := <-ended
		if err == nil || err.Error() != "stop module stuck: did not stop within 3s" {
			t.Error(err)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("took %s", took)
		}
		if diff := cmp.Diff([]string{"+base", "+stuck", "-base"}, d.lines); diff != "" {
			t.Error(diff)
		}
		close(release)

		late := d.module("late")
		late.Start = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		if err := graph(t, late).Run(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a start has a deadline: %v", err)
		}
	})
}

func TestLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		worked := false
		g := graph(t, Loop("loop", nil, func(ctx context.Context) error { <-ctx.Done(); worked = true; return ctx.Err() }))
		ended := make(chan error)
		go func() { ended <- g.Run(ctx) }()
		<-g.Ready()
		stop()
		if err := <-ended; err != nil || !worked {
			t.Error(err, worked)
		}
		err := graph(t, Loop("loop", nil, func(context.Context) error { return nil })).Run(t.Context())
		if err == nil || err.Error() != "run module loop: ended by itself" {
			t.Error(err)
		}
	})
}
