package notification_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/notification/notificationpg"
	"github.com/stoa-cloud/stoa/internal/notification/notificationsend"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx/outbound"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

const operator permission.Role = "platform.operator"

// world is the slice on a real database, with a clock that the test moves.
type world struct {
	*notification.Slice
	t         *testing.T
	db        *pg.DB
	now       time.Time
	operators []ident.ID
	limits    limits

	administrators map[ident.ID][]ident.ID // by organization
}

func newWorld(t *testing.T) *world {
	t.Helper()
	keys, err := secret.OpenKeys(filepath.Join(t.TempDir(), "seal.keys"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, db: pgtest.Clone(t), now: clock.System(), limits: limits{"notification.per_hour": 5, "notification.subscriptions.max": 20, "notification.retry.longest_ms": (24 * time.Hour).Milliseconds()}}
	log := slog.New(slog.DiscardHandler)
	out := outbound.New(outbound.Config{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	w.Slice = notification.New(notification.Needs{
		Runner: &command.Runner{Strict: true, DB: w.db, Table: table(), Clock: func() time.Time { return w.now }, NewID: ident.New, Log: log},
		Store:  notificationpg.Store{}, Sender: notificationsend.New(out, nil), Keys: keys, People: w, Limits: w.limits,
		Home: func() string { return "https://stoa.example" }, Log: log,
	})
	return w
}

func table() permission.Table {
	t := permission.Table{"notification.send": {operator}, "alert.receive": {operator}, "alert.test": {operator}}
	for _, name := range []string{"settle", "release"} {
		t["notification."+name] = []permission.Role{permission.System}
	}
	for _, name := range []string{
		"list", "unread", "read", "read_all", "delete", "subscriptions", "subscribe", "change_subscription", "rotate_secret",
		"unsubscribe", "test", "deliveries", "delivery", "redeliver",
	} {
		t["notification."+name] = []permission.Role{permission.Self}
	}
	return t
}

func (w *world) Operators(context.Context, pg.Querier) ([]ident.ID, error) { return w.operators, nil }

func (w *world) Administrators(_ context.Context, _ pg.Querier, organization ident.ID) ([]ident.ID, error) {
	return w.administrators[organization], nil
}

func (w *world) Email(context.Context, pg.Querier, ident.ID) (string, error) { return "", nil }

type limits map[string]int64

func (l limits) Int(_ context.Context, _ pg.Querier, name string, _ ident.ID) (command.Allowed, error) {
	v, ok := l[name]
	if !ok {
		return nil, fmt.Errorf("no limit %q", name)
	}
	return value{name, v}, nil
}

type value struct {
	name string
	n    int64
}

func (v value) Int() int64 { return v.n }

func (v value) Refuse(code, format string, args ...any) error {
	return fault.New(fault.Limited, code, format, args...).Over(fault.Limit{Name: v.name, Value: v.n})
}

// as is the context of a user.
func (w *world) as(user ident.ID, roles ...permission.Role) context.Context {
	return command.WithRequest(w.t.Context(), &command.Request{
		Actor: command.Actor{Kind: command.User, ID: user, Platform: roles}, CorrelationID: "test",
	})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// ended is an execution's end as the log tells it.
func (w *world) ended(owner ident.ID, status execution.Status) eventlog.Event {
	fact := execution.Ended{OwnerID: owner, Status: status, Runtime: "python@3.11.2", ExitCode: new(1)}
	data, err := json.Marshal(fact)
	w.must(err)
	return eventlog.Event{
		ID: ident.New(), Type: fact.EventType(), Time: w.now, AggregateKind: execution.Kind, AggregateID: ident.New(), Version: 3,
		OrganizationID: ident.New(), ProjectID: ident.New(), ActorKind: "agent", CorrelationID: "c", Data: data,
	}
}

// hear has the consumer handle an event as the log's runner does.
func (w *world) hear(e eventlog.Event) {
	w.t.Helper()
	w.must(w.db.InTx(w.t.Context(), func(ctx context.Context, tx *pg.Tx) error { return w.Consumer().Handler(ctx, tx, e) }))
}

// deliver does what is due until nothing is.
func (w *world) deliver() (sent int) {
	w.t.Helper()
	for {
		n, err := w.DeliverDue(w.t.Context())
		w.must(err)
		if n == 0 {
			return sent
		}
		sent += n
	}
}

func (w *world) list(user ident.ID) []notification.Notification {
	w.t.Helper()
	all, err := w.List(w.as(user), notification.List{HeldBack: true, Limit: 100})
	w.must(err)
	return all
}

func (w *world) statuses(user ident.ID) map[notification.Status]int {
	w.t.Helper()
	counts := map[notification.Status]int{}
	for _, n := range w.list(user) {
		counts[n.Status]++
	}
	return counts
}

func (w *world) events(user ident.ID, kind string) int {
	w.t.Helper()
	n, err := pg.One[int](w.t.Context(), w.db, `SELECT count(*) FROM event WHERE aggregate_id = $1 AND type = $2`, user, kind)
	w.must(err)
	return n
}

// webhook is a receiver and a subscription that leads there.
type webhook struct {
	notification.Subscription
	secret secret.String

	mu     sync.Mutex
	status int
	got    []call
}

type call struct {
	header http.Header
	body   []byte
}

func (w *world) webhook(user ident.ID, severity string) *webhook {
	w.t.Helper()
	hook := &webhook{status: http.StatusOK}
	server := httptest.NewServer(hook)
	w.t.Cleanup(server.Close)
	made, err := w.Subscribe(w.as(user), notification.Subscribe{Channel: notification.Webhook, URL: server.URL + "/hook?key=hidden", MinSeverity: severity})
	w.must(err)
	hook.Subscription, hook.secret = made.Subscription, made.Secret
	return hook
}

func (h *webhook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.status < 300 {
		h.got = append(h.got, call{r.Header, body})
	}
	w.WriteHeader(h.status)
	_, _ = fmt.Fprintf(w, "thanks for %s to %s", r.Header.Get("Webhook-Signature"), r.URL)
}

func (h *webhook) answer(status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status = status
}

func (h *webhook) calls() []call {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.got
}
