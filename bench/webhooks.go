package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"

	executions "github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/notification/notificationpg"
	"github.com/stoa-cloud/stoa/internal/notification/notificationsend"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// planeHooks is how many notices go to the webhook.
const planeHooks = 1000

// plenty is a limit that nobody reaches.
type plenty struct{}

func (plenty) Int(context.Context, pg.Querier, string, ident.ID) (command.Allowed, error) {
	return plentyOf{}, nil
}

type plentyOf struct{}

func (plentyOf) Int() int64 { return 1 << 30 }

func (plentyOf) Refuse(code, format string, args ...any) error {
	return fault.New(fault.Limited, code, format, args...)
}

// nobody looks after the installation.
type nobody struct{}

func (nobody) Operators(context.Context, pg.Querier) ([]ident.ID, error) { return nil, nil }
func (nobody) Administrators(context.Context, pg.Querier, ident.ID) ([]ident.ID, error) {
	return nil, nil
}
func (nobody) Email(context.Context, pg.Querier, ident.ID) (string, error) { return "", nil }

// inbox is a receiver of webhooks.
type inbox struct {
	mu    sync.Mutex
	calls int
	ids   map[string]bool
}

func (i *inbox) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.calls++
	i.ids[r.Header.Get("Webhook-Id")] = true
}

func (i *inbox) count() (notices, calls int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.ids), i.calls
}

// toWebhook has one person's runs fail, each of which is a notice in the console and a
// signed call to one receiver, with a record of the attempt.
func (p *plane) toWebhook(ctx context.Context, show func(string, float64)) error {
	receiver := &inbox{ids: map[string]bool{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: receiver, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()

	notices, forget, err := p.notices()
	if err != nil {
		return err
	}
	defer forget()
	owner := ident.New()
	hers := command.WithRequest(ctx, &command.Request{Actor: command.Actor{Kind: command.User, ID: owner}, CorrelationID: "bench"})
	if _, err := notices.Subscribe(hers, notification.Subscribe{Channel: notification.Webhook, URL: "http://" + listener.Addr().String(), MinSeverity: "low"}); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	consumers, err := eventlog.NewConsumers(p.db, always{}, p.hints, p.tail, log, notices.Consumer())
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var loops sync.WaitGroup
	defer loops.Wait()
	defer stop()
	loops.Go(func() { _ = consumers.Run(ctx) })
	loops.Go(func() { notices.Deliver(ctx) })

	fact := executions.Ended{OwnerID: owner, Status: executions.Failed, Runtime: "python@3.11.2", ExitCode: new(1)}
	data, err := json.Marshal(fact)
	if err != nil {
		return err
	}
	began := time.Now()
	if _, err := p.commit(ctx, planeHooks, func() eventlog.Event {
		e := benchEvent()
		e.Type, e.AggregateKind, e.Data = fact.EventType(), executions.Kind, data
		return e
	}); err != nil {
		return err
	}
	if err := until(ctx, func() bool { n, _ := receiver.count(); return n == planeHooks }); err != nil {
		return err
	}
	show("told to one webhook, signed", planeHooks/time.Since(began).Seconds())
	if _, calls := receiver.count(); calls != planeHooks {
		return fmt.Errorf("%d notices were %d calls", planeHooks, calls)
	}
	return nil
}

// notices is the slice that tells people, with keys of its own.
func (p *plane) notices() (*notification.Slice, func(), error) {
	dir, err := os.MkdirTemp("", "stoa-bench-")
	if err != nil {
		return nil, nil, err
	}
	forget := func() { _ = os.RemoveAll(dir) }
	keys, err := secret.OpenKeys(filepath.Join(dir, "seal.keys"))
	if err != nil {
		forget()
		return nil, nil, err
	}
	out := outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	return notification.New(notification.Needs{
		Runner: p.runner, Store: notificationpg.Store{}, Sender: notificationsend.New(out, nil), Keys: keys, People: nobody{}, Limits: plenty{},
		Home: func() string { return "http://localhost" }, Log: p.runner.Log,
	}), forget, nil
}
