package notification_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// verified checks a call as a receiver does, from the text of the specification.
func verified(t *testing.T, c call, secret string) bool {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(c.header.Get("webhook-id") + "." + c.header.Get("webhook-timestamp") + "." + string(c.body)))
	return slices.Contains(strings.Fields(c.header.Get("webhook-signature")), "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// A script fails at night: its owner gets one signed webhook and one notice in the
// console, though the event is handled twice.
func TestAFailureIsToldOnce(t *testing.T) {
	w := newWorld(t)
	ann, bob := ident.New(), ident.New()
	hook := w.webhook(ann, "medium")
	e := w.ended(ann, execution.Failed)
	w.hear(e)
	w.hear(e)
	w.hear(w.ended(ann, execution.Completed)) // no news
	if n := w.deliver(); n != 1 {
		t.Errorf("%d deliveries", n)
	}
	calls := hook.calls()
	if len(calls) != 1 || !verified(t, calls[0], hook.secret.Reveal()) {
		t.Fatalf("%d calls", len(calls))
	}
	all := w.list(ann)
	if len(all) != 1 || all[0].Status != notification.Delivered || all[0].Link != "/executions/"+e.AggregateID.String() {
		t.Fatalf("%+v", all)
	}
	var m notification.Message
	w.must(json.Unmarshal(calls[0].body, &m))
	want := notification.Message{Type: "execution.failed.v1", Timestamp: w.now, Data: notification.MessageData{
		ID: all[0].ID, SourceID: e.ID, Severity: "medium", Title: "Execution failed", Body: "python@3.11.2: it ended with exit code 1.",
		URL:  "https://stoa.example/executions/" + e.AggregateID.String(),
		Tags: []string{"execution", "entity:execution", "exec:" + e.AggregateID.String(), "failed"},
	}}
	if diff := cmp.Diff(want, m); diff != "" || calls[0].header.Get("webhook-id") != all[0].ID.String() {
		t.Error(diff)
	}
	if n, err := w.Unread(w.as(ann), struct{}{}); err != nil || n != 1 {
		t.Errorf("%d unread, %v", n, err)
	}
	if w.events(ann, "notification.created.v1") != 1 || w.events(ann, "notification.delivery_ended.v1") != 1 {
		t.Error("the inbox's events are others")
	}
	if len(w.list(bob)) != 0 {
		t.Error("somebody else was told")
	}
}

// The receiver is down for an hour, and still gets it once, with the same id.
func TestAReceiverThatWasDownGetsItOnce(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	hook := w.webhook(ann, "medium")
	hook.answer(http.StatusServiceUnavailable)
	w.hear(w.ended(ann, execution.TimedOut))
	began, tries := w.now, 0
	for ; w.now.Sub(began) < time.Hour; w.now = w.now.Add(10 * time.Second) {
		tries += w.deliver()
	}
	if tries < 5 || tries > 6 || len(hook.calls()) != 0 {
		t.Errorf("%d attempts within the hour, %d arrived", tries, len(hook.calls()))
	}
	hook.answer(http.StatusOK)
	for ; w.now.Sub(began) < 4*time.Hour; w.now = w.now.Add(time.Minute) {
		w.deliver()
	}
	calls := hook.calls()
	if len(calls) != 1 || calls[0].header.Get("webhook-id") != w.list(ann)[0].ID.String() || !verified(t, calls[0], hook.secret.Reveal()) {
		t.Fatalf("%d calls", len(calls))
	}
	deliveries, err := w.Deliveries(w.as(ann), notification.ListDeliveries{Limit: 10})
	w.must(err)
	details, err := w.Delivery(w.as(ann), notification.GetDelivery{ID: deliveries[0].ID})
	w.must(err)
	last := details.Tries[len(details.Tries)-1]
	if details.Status != notification.Delivered || len(details.Tries) != tries+1 || last.StatusCode != 200 || details.Tries[0].StatusCode != 503 {
		t.Errorf("%+v", details)
	}
	for _, leaked := range []string{"v1,", "hidden"} {
		if strings.Contains(last.Answer, leaked) {
			t.Errorf("the stored answer shows %q: %s", leaked, last.Answer)
		}
	}
}

// A script fails fifty times: five are told, and one digest of the rest.
func TestFiftyFailuresAreNotFiftyNotices(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	hook := w.webhook(ann, "medium")
	for range 50 {
		w.hear(w.ended(ann, execution.Failed))
	}
	w.deliver()
	if got := w.statuses(ann); got[notification.Delivered] != 5 || got[notification.Skipped] != 45 || len(hook.calls()) != 5 {
		t.Errorf("%v, %d calls", got, len(hook.calls()))
	}
	if shown, err := w.List(w.as(ann), notification.List{Limit: 100}); err != nil || len(shown) != 5 {
		t.Errorf("%d are shown, %v", len(shown), err)
	}
	w.now = w.now.Add(time.Hour)
	w.deliver()
	digest := w.list(ann)[0]
	for _, n := range w.list(ann) {
		if n.Cause == notification.CauseDigest {
			digest = n
		}
	}
	if digest.Title != "45 more notifications" || digest.Body != "45 × Execution failed" || digest.Status != notification.Delivered || len(hook.calls()) != 6 {
		t.Errorf("%+v, %d calls", digest, len(hook.calls()))
	}
	w.now = w.now.Add(48 * time.Hour)
	w.deliver()
	if len(hook.calls()) != 6 {
		t.Error("the digest came again")
	}

	// One an hour is a setting.
	bob := ident.New()
	w.limits["notification.per_hour"] = 1
	for range 50 {
		w.hear(w.ended(bob, execution.Failed))
	}
	if got := w.statuses(bob); got[notification.Delivered] != 1 || got[notification.Skipped] != 49 {
		t.Errorf("%v", got)
	}
}

func TestOldNewsIsNoNews(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	e := w.ended(ann, execution.Failed)
	e.Time = w.now.Add(-25 * time.Hour)
	w.hear(e)
	if len(w.list(ann)) != 0 {
		t.Error("yesterday's failure was told today")
	}
}

func TestSecretsLieSealed(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	hook := w.webhook(ann, "low")
	_, err := w.RotateSecret(w.as(ann), notification.RotateSecret{ID: hook.ID})
	w.must(err)
	row, err := pg.One[string](t.Context(), w.db, `
SELECT row(s.*)::text || convert_from(decode(replace(encode(s.target || s.secret || s.previous_secret, 'hex'), '00', ''), 'hex'), 'LATIN1')
FROM notification_subscription s`)
	w.must(err)
	record, err := pg.One[string](t.Context(), w.db, `SELECT string_agg(a.detail::text, ' ') || (SELECT string_agg(data::text, ' ') FROM event) FROM audit a`)
	w.must(err)
	for _, leaked := range []string{hook.secret.Reveal(), hook.secret.Reveal()[6:], "/hook", "hidden"} {
		if strings.Contains(row, leaked) || strings.Contains(record, leaked) {
			t.Errorf("%q can be read in the database", leaked)
		}
	}
}

func TestARotatedSecretSignsBesideTheNewForADay(t *testing.T) {
	w := newWorld(t)
	ann := ident.New()
	hook := w.webhook(ann, "low")
	next, err := w.RotateSecret(w.as(ann), notification.RotateSecret{ID: hook.ID})
	w.must(err)
	for range 2 {
		_, err = w.Ping(w.as(ann), notification.Ping{ID: hook.ID})
		w.must(err)
		w.deliver()
		w.now = w.now.Add(25 * time.Hour)
	}
	calls := hook.calls()
	if len(calls) != 2 || !verified(t, calls[0], hook.secret.Reveal()) || !verified(t, calls[0], next.Secret.Reveal()) {
		t.Fatalf("%d calls, the first is not signed by both", len(calls))
	}
	if verified(t, calls[1], hook.secret.Reveal()) || !verified(t, calls[1], next.Secret.Reveal()) {
		t.Error("after a day the old secret signs, or the new does not")
	}
	if bytes.Equal(calls[0].body, calls[1].body) {
		t.Error("two tests are one")
	}
}

func TestAnInboxIsItsUsers(t *testing.T) {
	w := newWorld(t)
	ann, eve := ident.New(), ident.New()
	hook := w.webhook(ann, "medium")
	w.hear(w.ended(ann, execution.Failed))
	w.deliver()
	n := w.list(ann)[0]
	d, err := w.Deliveries(w.as(ann), notification.ListDeliveries{Limit: 1})
	w.must(err)
	as := w.as(eve)
	for what, err := range map[string]error{
		"read":      second(w.MarkRead(as, notification.MarkRead{ID: n.ID})),
		"delete":    second(w.Delete(as, notification.Delete{ID: n.ID})),
		"change":    second(w.ChangeSubscription(as, notification.ChangeSubscription{ID: hook.ID, Enabled: new(false)})),
		"console":   second(w.ChangeSubscription(as, notification.ChangeSubscription{ID: ann, Enabled: new(false)})),
		"rotate":    second(w.RotateSecret(as, notification.RotateSecret{ID: hook.ID})),
		"remove":    second(w.Unsubscribe(as, notification.Unsubscribe{ID: hook.ID})),
		"test":      second(w.Ping(as, notification.Ping{ID: hook.ID})),
		"delivery":  second(w.Delivery(as, notification.GetDelivery{ID: d[0].ID})),
		"redeliver": second(w.Redeliver(as, notification.Redeliver{ID: d[0].ID})),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, err := range map[string]error{
		"send":   second(w.Send(as, notification.Send{UserID: ann, Severity: "low", Title: "x"})),
		"alerts": second(w.ReceiveAlerts(as, notification.ReceiveAlerts{Alerts: []notification.Alert{{}}})),
	} {
		if fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v", what, err)
		}
	}
	if w.statuses(ann)[notification.Delivered] != 1 {
		t.Error("it changed all the same")
	}
}

func second[T any](_ T, err error) error { return err }
