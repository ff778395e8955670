package stoa

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// Notifications are what the caller was told, and where else it is sent.
type Notifications struct{ c *Client }

// NotificationFilter narrows a list.
type NotificationFilter struct {
	Unread   bool   // only unread ones
	HeldBack bool   // also those that were skipped
	Tag      string // only with this tag: "exec:<id>"
	PageSize int
}

// List gives notifications, newest first.
func (s *Notifications) List(ctx context.Context, f NotificationFilter) iter.Seq2[Notification, error] {
	q := query{}.set("tag", f.Tag).size(f.PageSize)
	if f.Unread {
		q = q.set("unread", "true")
	}
	if f.HeldBack {
		q = q.set("held_back", "true")
	}
	return items[Notification](ctx, s.c, "/notifications", q.values())
}

// Unread counts the unread ones.
func (s *Notifications) Unread(ctx context.Context) (int64, error) {
	var out NotificationCount
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: "/notifications/unread"}, &out)
	return out.Count, err
}

// Read marks one as read; clicked says that its link was followed.
func (s *Notifications) Read(ctx context.Context, id string, clicked bool) (*Notification, error) {
	var out Notification
	body := NotificationReadRequest{Clicked: clicked}
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/notifications/" + url.PathEscape(id) + "/read", body: body}, &out)
	return &out, err
}

// ReadAll marks all of them as read, and tells how many there were.
func (s *Notifications) ReadAll(ctx context.Context) (int64, error) {
	var out NotificationCount
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/notifications/read"}, &out)
	return out.Count, err
}

// Delete removes one.
func (s *Notifications) Delete(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: "/notifications/" + url.PathEscape(id)}, nil)
	return err
}

// Send tells a user, or all operators, something; for operators.
func (s *Notifications) Send(ctx context.Context, in NotificationSendRequest) error {
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/notifications", body: in}, nil)
	return err
}

// TestAlert sends every operator an alert that is none, as Grafana would, and tells how many alerts that were; for operators.
func (s *Notifications) TestAlert(ctx context.Context) (int64, error) {
	var out AlertsReceived
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/alerts/grafana/test"}, &out)
	return out.Alerts, err
}

// Subscriptions gives the channels, the console first.
func (s *Notifications) Subscriptions(ctx context.Context) iter.Seq2[NotificationSubscription, error] {
	return items[NotificationSubscription](ctx, s.c, "/notifications/subscriptions", nil)
}

// Subscribe adds a channel. A webhook's signing secret is in this answer and never again.
func (s *Notifications) Subscribe(ctx context.Context, in NotificationSubscribeRequest) (*NotificationSubscriptionWithSecret, error) {
	var out NotificationSubscriptionWithSecret
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: "/notifications/subscriptions", body: in}, &out)
	return &out, err
}

// ChangeSubscription changes the fields that are set.
func (s *Notifications) ChangeSubscription(ctx context.Context, id string, in NotificationChangeSubscriptionRequest) (*NotificationSubscription, error) {
	var out NotificationSubscription
	_, err := s.c.do(ctx, request{method: http.MethodPatch, path: subscriptionPath(id), body: in}, &out)
	return &out, err
}

// RotateSecret gives a webhook another signing secret; for a day it signs with both.
func (s *Notifications) RotateSecret(ctx context.Context, id string) (*NotificationSubscriptionWithSecret, error) {
	var out NotificationSubscriptionWithSecret
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: subscriptionPath(id) + "/rotate"}, &out)
	return &out, err
}

// Test sends a test to a channel.
func (s *Notifications) Test(ctx context.Context, id string) (*NotificationDelivery, error) {
	var out NotificationDelivery
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: subscriptionPath(id) + "/test"}, &out)
	return &out, err
}

// Unsubscribe removes a channel.
func (s *Notifications) Unsubscribe(ctx context.Context, id string) error {
	_, err := s.c.do(ctx, request{method: http.MethodDelete, path: subscriptionPath(id)}, nil)
	return err
}

// Deliveries gives what was sent to channels (one of them, if subscriptionID is set), newest first.
func (s *Notifications) Deliveries(ctx context.Context, subscriptionID string) iter.Seq2[NotificationDelivery, error] {
	return items[NotificationDelivery](ctx, s.c, "/notifications/deliveries", query{}.set("subscription_id", subscriptionID).values())
}

// Delivery reads one delivery with its attempts.
func (s *Notifications) Delivery(ctx context.Context, id string) (*NotificationDeliveryDetails, error) {
	var out NotificationDeliveryDetails
	_, err := s.c.do(ctx, request{method: http.MethodGet, path: deliveryPath(id)}, &out)
	return &out, err
}

// Redeliver sends one again at once, with the same id.
func (s *Notifications) Redeliver(ctx context.Context, id string) (*NotificationDelivery, error) {
	var out NotificationDelivery
	_, err := s.c.do(ctx, request{method: http.MethodPost, path: deliveryPath(id) + "/redeliver"}, &out)
	return &out, err
}

func subscriptionPath(id string) string { return "/notifications/subscriptions/" + url.PathEscape(id) }

func deliveryPath(id string) string { return "/notifications/deliveries/" + url.PathEscape(id) }
