package notification_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

func TestReadingAndRemoving(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	for range 3 {
		w.hear(w.ended(ann, execution.Failed))
	}
	all := w.list(ann)
	for _, clicked := range []bool{false, false, true, false} {
		n, err := w.MarkRead(w.as(ann), notification.MarkRead{ID: all[0].ID, Clicked: clicked})
		w.must(err)
		if n.ReadAt == nil || !n.ReadAt.Equal(w.now) {
			t.Errorf("%+v", n)
		}
	}
	if n := w.events(ann, "notification.read.v1"); n != 2 { // read, then clicked; no more after that
		t.Errorf("%d events of reading", n)
	}
	if n, err := w.ReadAll(w.as(ann), notification.MarkAllRead{}); err != nil || n != 2 {
		t.Errorf("%d marked, %v", n, err)
	}
	if n, err := w.Unread(w.as(ann), struct{}{}); err != nil || n != 0 {
		t.Errorf("%d unread, %v", n, err)
	}
	_, err := w.Delete(w.as(ann), notification.Delete{ID: all[0].ID})
	w.must(err)
	if got := w.statuses(ann); got[notification.Read] != 2 || got[notification.Clicked] != 0 {
		t.Errorf("%v", got)
	}
	w.now = w.now.Add(31 * 24 * time.Hour)
	w.must(w.Forget(t.Context()))
	if len(w.list(ann)) != 0 {
		t.Error("they are kept for ever")
	}
}

func TestSubscriptionsChoose(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	failures, all := w.webhook(ann, "low"), w.webhook(ann, "low")
	_, err := w.ChangeSubscription(w.as(ann), notification.ChangeSubscription{ID: failures.ID, IncludeTags: new([]string{"failed"})})
	w.must(err)
	_, err = w.ChangeSubscription(w.as(ann), notification.ChangeSubscription{ID: all.ID, ExcludeTags: new([]string{"timed_out"})})
	w.must(err)
	_, err = w.ChangeSubscription(w.as(ann), notification.ChangeSubscription{ID: ann, Enabled: new(false)}) // the console
	w.must(err)
	for _, status := range []execution.Status{execution.Failed, execution.Completed, execution.TimedOut} {
		w.hear(w.ended(ann, status))
	}
	w.deliver()
	if len(failures.calls()) != 1 || len(all.calls()) != 2 {
		t.Errorf("%d and %d calls", len(failures.calls()), len(all.calls()))
	}
	if got := w.statuses(ann); got[notification.Skipped] != 2 || got[notification.Delivered] != 0 {
		t.Errorf("%v", got)
	}
	w.limits["notification.subscriptions.max"] = 2
	_, err = w.Subscribe(w.as(ann), notification.Subscribe{Channel: notification.Slack, URL: "https://hooks.slack.com/services/x", MinSeverity: "low"})
	if !fault.Is(err, "notification.too_many") {
		t.Errorf("got %v", err)
	}
	_, err = w.Unsubscribe(w.as(ann), notification.Unsubscribe{ID: all.ID})
	w.must(err)
	for _, url := range []string{"http://169.254.169.254/latest", "https://10.0.0.1", "http://localhost.:80@evil", "ftp://x.example"} {
		if _, err := w.Subscribe(w.as(ann), notification.Subscribe{Channel: notification.Webhook, URL: url, MinSeverity: "low"}); !fault.Is(err, "outbound.url") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestAHopelessReceiverIsGivenUp(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	hook := w.webhook(ann, "low")
	hook.answer(http.StatusInternalServerError)
	for day := range 6 {
		w.hear(w.ended(ann, execution.Failed))
		for range 24 * 4 {
			w.deliver()
			w.now = w.now.Add(15 * time.Minute)
		}
		if subs, err := w.Subscriptions(w.as(ann), struct{}{}); err != nil || (subs[1].DisabledAt != nil) != (day == 5) {
			t.Fatalf("day %d: %+v, %v", day, subs[1].DisabledAt, err)
		}
	}
	if top := w.list(ann)[0]; top.Title != "A notification channel was disabled" || top.Severity != notification.High {
		t.Errorf("its user was told: %+v", top)
	}
	deliveries, err := w.Deliveries(w.as(ann), notification.ListDeliveries{Limit: 10})
	w.must(err)
	first := deliveries[len(deliveries)-1]
	if first.Status != notification.Failed || first.Attempts != 12 || first.EndedAt.Sub(first.CreatedAt) < 70*time.Hour {
		t.Errorf("%+v", first)
	}
	if _, err := w.Redeliver(w.as(ann), notification.Redeliver{ID: first.ID}); !fault.Is(err, "notification.disabled") {
		t.Errorf("got %v", err)
	}
	hook.answer(http.StatusOK)
	_, err = w.ChangeSubscription(w.as(ann), notification.ChangeSubscription{ID: hook.ID, Enabled: new(true)})
	w.must(err)
	_, err = w.Redeliver(w.as(ann), notification.Redeliver{ID: first.ID})
	w.must(err)
	w.deliver()
	if calls := hook.calls(); len(calls) != 1 || calls[0].header.Get("webhook-id") != first.NotificationID.String() {
		t.Errorf("%d calls", len(calls))
	}
}

func TestOneThatIsGoneIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	hook := w.webhook(ann, "low")
	hook.answer(http.StatusGone)
	for range 3 {
		w.hear(w.ended(ann, execution.Failed))
	}
	if n := w.deliver(); n > 3 {
		t.Errorf("%d attempts", n)
	}
	subs, err := w.Subscriptions(w.as(ann), struct{}{})
	w.must(err)
	w.hear(w.ended(ann, execution.Failed))
	if subs[1].DisabledAt == nil || w.deliver() != 0 {
		t.Errorf("%+v", subs[1])
	}
}

// Whose callback was given up is told so, and where the result is; that one arrived is no news.
func TestALostCallbackIsTold(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	lost := w.ended(ann, execution.Completed)
	for _, status := range []judge0.Progress{judge0.Delivered, judge0.Failed} {
		fact := judge0.CallbackEnded{ExecutionID: lost.AggregateID, OwnerID: ann, Status: status, Attempts: 8}
		data, err := json.Marshal(fact)
		w.must(err)
		lost.ID, lost.Type, lost.AggregateKind, lost.Data = ident.New(), fact.EventType(), judge0.Kind, data
		w.hear(lost)
	}
	all := w.list(ann)
	if len(all) != 1 || all[0].SourceID != lost.ID || all[0].Link != "/executions/"+lost.AggregateID.String() ||
		!strings.Contains(all[0].Body, "8 attempts") || !slices.Contains(all[0].Tags, "exec:"+lost.AggregateID.String()) {
		t.Errorf("%+v", all)
	}
}

// A receiver that never answers has four calls of its own, and holds nobody else up.
func TestASlowReceiverHoldsNobodyUp(t *testing.T) {
	w := newWorld(t)
	ann, bob := ident.New(), ident.New()
	w.limits["notification.per_hour"] = 100
	release, arrived := make(chan struct{}), make(chan struct{}, 100)
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-release
	}))
	defer slow.Close()
	_, err := w.Subscribe(w.as(ann), notification.Subscribe{Channel: notification.Webhook, URL: slow.URL, MinSeverity: "low"})
	w.must(err)
	quick := make(chan struct{}, 100)
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { quick <- struct{}{} }))
	defer other.Close()
	_, err = w.Subscribe(w.as(bob), notification.Subscribe{Channel: notification.Webhook, URL: other.URL, MinSeverity: "low"})
	w.must(err)
	for range 30 {
		w.hear(w.ended(ann, execution.Failed))
	}
	for range 3 {
		w.hear(w.ended(bob, execution.Failed))
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Deliver(ctx)
	}()
	for range 3 {
		<-quick // though ann's stand still
	}
	for range 4 {
		<-arrived
	}
	if n := len(arrived); n != 0 {
		t.Errorf("%d more calls at once", n)
	}
	stop()
	close(release)
	<-done
}

// What arrives changes its own delivery: the channel's row, which all of its deliveries need, stays as it is until there is
// something to say of it.
func TestWhatArrivesLeavesItsChannelAlone(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	hook := w.webhook(ann, "low")
	version := func() string {
		t.Helper()
		xmin, err := pg.One[string](t.Context(), w.db, `SELECT xmin::text FROM notification_subscription WHERE id = $1`, hook.ID)
		w.must(err)
		return xmin
	}
	before := version()
	w.hear(w.ended(ann, execution.Failed))
	if w.deliver() != 1 || version() != before {
		t.Error("a call that arrived rewrote its channel")
	}
	hook.answer(http.StatusInternalServerError)
	w.hear(w.ended(ann, execution.Failed))
	w.deliver()
	failing := version()
	if failing == before {
		t.Error("since when nothing arrives is not noted")
	}
	hook.answer(http.StatusOK)
	w.now = w.now.Add(time.Hour)
	if w.deliver() != 1 || version() == failing {
		t.Error("that it arrives again is not noted")
	}
	subs, err := w.Subscriptions(w.as(ann), struct{}{})
	w.must(err)
	if subs[1].FailingSince != nil {
		t.Errorf("it fails since %s", subs[1].FailingSince)
	}
}

// Whoever dies while sending loses the delivery when the lease runs out, and no answer of theirs counts.
func TestALostAttemptIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	hook := w.webhook(ann, "low")
	w.hear(w.ended(ann, execution.Failed))
	ctx, die := context.WithCancel(t.Context())
	hook.mu.Lock() // the receiver holds the call until we are dead
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = w.DeliverDue(ctx)
	}()
	for sending := 0; sending == 0; {
		var err error
		sending, err = pg.One[int](t.Context(), w.db, `SELECT count(*) FROM notification_delivery WHERE status = 'sending'`)
		w.must(err)
	}
	die()
	<-ended
	hook.mu.Unlock()
	if n := w.deliver(); n != 0 {
		t.Errorf("%d tried while the lease held", n)
	}
	w.now = w.now.Add(3 * time.Minute)
	if n := w.deliver(); n != 1 {
		t.Errorf("%d tried after it", n)
	}
	d, err := w.Deliveries(w.as(ann), notification.ListDeliveries{Limit: 1})
	w.must(err)
	if d[0].Status != notification.Delivered || d[0].Attempts != 2 {
		t.Errorf("%+v", d[0])
	}
}

func TestAlertsReachOperatorsOnce(t *testing.T) {
	w := newWorld(t)
	ann, bob := ident.New(), ident.New()
	w.operators = []ident.ID{ann, bob}
	firing := notification.ReceiveAlerts{Alerts: []notification.Alert{{
		Status: "firing", Fingerprint: "abc", StartsAt: w.now, Labels: map[string]string{"alertname": "Disk full", "severity": "critical"},
		Annotations: map[string]string{"summary": "node-3 has 1 % left"},
	}}}
	for range 3 { // Grafana repeats
		_, err := w.ReceiveAlerts(w.as(ann, operator), firing)
		w.must(err)
	}
	all := w.list(bob)
	if len(all) != 1 || all[0].Title != "Disk full" || all[0].Severity != notification.Urgent || all[0].Body != "node-3 has 1 % left" {
		t.Errorf("%+v", all)
	}
	for i := range 20 { // what is urgent and about the system is never held back
		firing.Alerts[0].StartsAt = w.now.Add(time.Duration(i+1) * time.Second)
		_, err := w.ReceiveAlerts(w.as(ann, operator), firing)
		w.must(err)
	}
	if got := w.statuses(bob); got[notification.Delivered] != 21 {
		t.Errorf("%v", got)
	}
	if _, err := w.TestAlert(w.as(ann, operator), notification.TestAlert{}); err != nil {
		t.Error(err)
	}
	if _, err := w.ReceiveAlerts(w.as(ann, operator), notification.ReceiveAlerts{}); !fault.Is(err, "alert.count") {
		t.Errorf("got %v", err)
	}
}

func TestAMessageWaitsForItsTime(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	at := w.now.Add(24 * 24 * time.Hour)
	send := notification.Send{UserID: ann, Severity: "high", Title: "Maintenance", At: &at}
	_, err := w.Send(w.as(ann, operator), send)
	w.must(err)
	w.deliver()
	if len(w.list(ann)) != 0 {
		t.Error("it came early")
	}
	w.now = at
	w.deliver()
	w.deliver()
	if all := w.list(ann); len(all) != 1 || all[0].Title != "Maintenance" || all[0].Status != notification.Delivered {
		t.Errorf("%+v", all)
	}
	late := w.now.Add(26 * 24 * time.Hour)
	send.At = &late
	if _, err := w.Send(w.as(ann, operator), send); !fault.Is(err, "notification.too_far") {
		t.Errorf("got %v", err)
	}
}
