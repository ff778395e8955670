package boot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/lifecycle"
)

// roles says which modules a role starts. A role is nothing but this list: "all" on
// one machine and five roles on five are the same program.
var roles = map[string][]string{
	"api":       {"telemetry.follow", "http"},
	"agents":    {"telemetry.follow", "agents", "agents.leases", "execution.pull", "execution.images", "execution.resend", "execution.answer"},
	"events":    {"telemetry.follow", "eventlog.sequencer", "eventlog.consumers", "eventplane.watch", "eventplane.replays", "eventplane.sinks", "notification.deliver", "identity.letters", "judge0.deliver"},
	"reconcile": {"telemetry.follow", "node.reconcile", "execution.reconcile", "housekeeping"},
}

// targetsOf lists the modules of some roles; "all" is every role.
func targetsOf(names []string) ([]string, error) {
	var targets []string
	for _, name := range names {
		if name == "all" {
			for _, role := range slices.Sorted(maps.Keys(roles)) {
				targets = append(targets, roles[role]...)
			}
			continue
		}
		modules, ok := roles[name]
		if !ok {
			return nil, fmt.Errorf("there is no role %q; there is all, %s", name, strings.Join(slices.Sorted(maps.Keys(roles)), ", "))
		}
		targets = append(targets, modules...)
	}
	return targets, nil
}

// modules is the run-time architecture on one screen: what runs, and what it needs.
func (p *Program) modules() []lifecycle.Module {
	loop := func(f func(context.Context)) func(context.Context) error {
		return func(ctx context.Context) error {
			f(ctx)
			return nil
		}
	}
	singleton := func(name string, work func(ctx context.Context) error) func(context.Context) error {
		return func(ctx context.Context) error {
			return p.leases.Hold(ctx, name, func(ctx context.Context, _ int64) error { return work(ctx) })
		}
	}
	return []lifecycle.Module{
		{Name: "database", Failed: p.infra.failed()},
		lifecycle.Loop("hints", nil, p.hints.Run),
		lifecycle.Loop("limits.follow", nil, p.limits.Reader.Follow),
		lifecycle.Loop("tail", []string{"database", "hints"}, p.tail.Run),
		lifecycle.Loop("eventlog.sequencer", []string{"database", "hints"}, func(ctx context.Context) error {
			return p.leases.Hold(ctx, "sequencer", p.sequencer.Lead)
		}),
		lifecycle.Loop("eventlog.consumers", []string{"database", "tail"}, p.consumers.Run),
		lifecycle.Loop("eventplane.watch", []string{"database"}, singleton("eventplane.watch", p.eventPlane.Watch)),
		lifecycle.Loop("eventplane.sinks", []string{"database", "tail"}, p.runSinks),
		lifecycle.Loop("eventplane.replays", []string{"database", "hints"}, p.runReplays),
		lifecycle.Loop("telemetry.follow", []string{"database", "limits.follow"}, loop(p.followSettings)),
		lifecycle.Loop("identity.last_used", []string{"database"}, loop(p.lastUsed.Run)),
		p.agentsModule(),
		lifecycle.Loop("agents.leases", []string{"database", "agents"}, p.agents.Run),
		lifecycle.Loop("node.reconcile", []string{"database", "hints"}, singleton("node.reconcile", p.nodes.Run)),
		lifecycle.Loop("execution.answer", []string{"hints"}, p.executions.Answer),
		lifecycle.Loop("execution.pull", []string{"database", "agents"}, loop(p.executions.Pull)),
		lifecycle.Loop("execution.images", []string{"database", "agents"}, loop(p.executions.KeepImages)),
		lifecycle.Loop("execution.resend", []string{"database", "agents"}, loop(p.executions.Resend)),
		lifecycle.Loop("execution.reconcile", []string{"database"}, singleton("execution.reconcile", loop(p.executions.Reconcile))),
		lifecycle.Loop("notification.deliver", []string{"database"}, loop(p.notifications.Deliver)),
		lifecycle.Loop("identity.letters", []string{"database"}, loop(p.identity.SendLetters)),
		lifecycle.Loop("judge0.deliver", []string{"database"}, loop(p.judge0.Deliver)),
		lifecycle.Loop("housekeeping", []string{"database"}, singleton("housekeeping", p.keepHouse)),
		p.httpModule(),
	}
}

// agentsModule serves the agents' half of the listener.
func (p *Program) agentsModule() lifecycle.Module {
	failed := make(chan error, 1)
	return lifecycle.Module{
		Name: "agents", Needs: []string{"database", "hints"}, Failed: failed,
		Start: func(context.Context) error {
			go func() {
				if err := p.agents.Serve(p.listen.agents); err != nil {
					failed <- err
				}
			}()
			return nil
		},
		Stop: func(ctx context.Context) error { return p.agents.Stop(ctx) },
	}
}

// httpModule serves the other half. It stops first, so that nobody is promised
// anything by a program that is going.
func (p *Program) httpModule() lifecycle.Module {
	server := p.edge.HTTP()
	ending, end := context.WithCancel(context.Background())
	late, tooLate := context.WithCancel(context.Background())
	server.RegisterOnShutdown(func() { // streams last as long as they are wanted; this ends them
		end()
		time.AfterFunc(requestsWithin, tooLate)
	})
	server.Handler = endingWith(ending, late, server.Handler)
	failed := make(chan error, 1)
	return lifecycle.Module{
		Name: "http", Needs: []string{"database", "hints", "tail", "identity.last_used"}, Failed: failed,
		Start: func(context.Context) error {
			go func() {
				if err := server.Serve(p.listen.http); !errors.Is(err, http.ErrServerClosed) {
					failed <- err
				}
			}()
			return nil
		},
		Stop: func(ctx context.Context) error { return server.Shutdown(ctx) },
	}
}

// requestsWithin is how long requests that are no streams may go on once the server
// is to stop: some wait for a program's end.
const requestsWithin = 5 * time.Second

// endingWith cancels requests that are still open when the server is asked to stop:
// ordinary ones have a moment, streams are told to come back elsewhere.
func endingWith(ending, late context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		until := late
		if isStream(r) {
			until = ending
		}
		defer context.AfterFunc(until, cancel)()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// isStream tells whether a request waits for what is yet to come.
func isStream(r *http.Request) bool {
	return strings.HasSuffix(r.URL.Path, "/events") || strings.HasSuffix(r.URL.Path, "/stream") || strings.Contains(r.Header.Get("Prefer"), "wait")
}

const houseEvery = time.Hour

// keepHouse makes partitions ahead and forgets what has had its time.
func (p *Program) keepHouse(ctx context.Context) error {
	keep := func() {
		at := p.runner.Clock()
		for what, do := range map[string]func() error{
			"idempotency answers": func() error { return command.ForgetAnswers(ctx, p.infra.db, at) },
			"old notifications":   func() error { return p.notifications.Forget(ctx) },
			"old credentials":     func() error { return p.forgetCredentials(ctx, at) },
			"ended replays":       func() error { return p.forgetReplays(ctx, at) },
			"expired files":       func() error { return p.files.Expire(ctx) },
			"old executions":      func() error { return p.executions.Forget(ctx) },
			"settled deliveries":  func() error { return p.forgetDeliveries(ctx, at) },
			"partitions":          func() error { return p.makePartitions(ctx, at) },
		} {
			if err := do(); err != nil && ctx.Err() == nil {
				p.log.Warn("housekeeping", "what", what, "error", err)
			}
		}
	}
	keep()
	lifecycle.Every(ctx, houseEvery, nil, keep)
	return nil
}
