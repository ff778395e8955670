package notificationhttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func (h handlers) registerSubscriptions(api huma.API) {
	const path = "/api/v1/notifications/subscriptions"
	huma.Register(api, httpx.Operation("notification.subscriptions", http.MethodGet, path, "List where notifications go", tag), h.subscriptions)
	add := httpx.Operation("notification.subscribe", http.MethodPost, path, "Add a webhook, Slack or e-mail", tag)
	add.DefaultStatus = http.StatusCreated
	add.Description = "Webhooks are signed as Standard Webhooks has it: webhook-id, webhook-timestamp, webhook-signature. " +
		"What does not arrive is tried again for three days. An address must be public, unless the operator allows its network."
	huma.Register(api, add, h.subscribe)
	huma.Register(api, httpx.Operation("notification.change_subscription", http.MethodPatch, path+"/{id}", "Change what a channel gets", tag), h.change)
	rotate := httpx.Operation("notification.rotate_secret", http.MethodPost, path+"/{id}/rotate", "Give a webhook another signing secret", tag)
	rotate.Description = "For a day messages are signed with both secrets."
	huma.Register(api, rotate, h.rotate)
	test := httpx.Operation("notification.test", http.MethodPost, path+"/{id}/test", "Send a test", tag)
	test.DefaultStatus = http.StatusAccepted
	huma.Register(api, test, h.test)
	remove := httpx.Operation("notification.unsubscribe", http.MethodDelete, path+"/{id}", "Remove a channel", tag)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(api, remove, h.unsubscribe)
}

func (h handlers) subscriptions(ctx context.Context, _ *struct{}) (*httpx.List[NotificationSubscription], error) {
	all, err := h.slice.Subscriptions(ctx, struct{}{})
	if err != nil {
		return nil, err
	}
	return httpx.Listed(all, toSubscription), nil
}

type subscribeInput struct {
	Body struct {
		Channel     string   `json:"channel" enum:"webhook,slack,email"`
		Name        string   `json:"name,omitempty" maxLength:"100" doc:"The address's host when absent."`
		URL         string   `json:"url,omitempty" maxLength:"2048" doc:"Of the webhook, or Slack's incoming webhook. E-mail goes to the account's address."`
		MinSeverity string   `json:"min_severity,omitempty" enum:"low,medium,high,urgent" default:"medium"`
		IncludeTags []string `json:"include_tags,omitempty" maxItems:"20" doc:"One of these suffices; none: everything." example:"[\"execution\"]"`
		ExcludeTags []string `json:"exclude_tags,omitempty" maxItems:"20"`
	}
}

func (h handlers) subscribe(ctx context.Context, in *subscribeInput) (*out[NotificationSubscriptionWithSecret], error) {
	b := in.Body
	made, err := h.slice.Subscribe(ctx, notification.Subscribe{
		Channel: notification.Channel(b.Channel), Name: b.Name, URL: b.URL, MinSeverity: b.MinSeverity, IncludeTags: b.IncludeTags, ExcludeTags: b.ExcludeTags,
	})
	return withSecret(made, err)
}

func withSecret(made notification.SubscribedOnce, err error) (*out[NotificationSubscriptionWithSecret], error) {
	if err != nil {
		return nil, err
	}
	return &out[NotificationSubscriptionWithSecret]{NotificationSubscriptionWithSecret{toSubscription(made.Subscription), made.Secret.Reveal()}}, nil
}

type changeInput struct {
	ID   ident.ID `path:"id"`
	Body struct {
		Name        *string   `json:"name,omitempty" minLength:"1" maxLength:"100"`
		URL         *string   `json:"url,omitempty" maxLength:"2048"`
		Enabled     *bool     `json:"enabled,omitempty"`
		MinSeverity *string   `json:"min_severity,omitempty" enum:"low,medium,high,urgent"`
		IncludeTags *[]string `json:"include_tags,omitempty" maxItems:"20"`
		ExcludeTags *[]string `json:"exclude_tags,omitempty" maxItems:"20"`
	}
}

func (h handlers) change(ctx context.Context, in *changeInput) (*out[NotificationSubscription], error) {
	b := in.Body
	s, err := h.slice.ChangeSubscription(ctx, notification.ChangeSubscription{
		ID: in.ID, Name: b.Name, URL: b.URL, Enabled: b.Enabled, MinSeverity: b.MinSeverity, IncludeTags: b.IncludeTags, ExcludeTags: b.ExcludeTags,
	})
	if err != nil {
		return nil, err
	}
	return &out[NotificationSubscription]{toSubscription(s)}, nil
}

func (h handlers) rotate(ctx context.Context, in *idInput) (*out[NotificationSubscriptionWithSecret], error) {
	return withSecret(h.slice.RotateSecret(ctx, notification.RotateSecret{ID: in.ID}))
}

func (h handlers) test(ctx context.Context, in *idInput) (*out[NotificationDelivery], error) {
	d, err := h.slice.Ping(ctx, notification.Ping{ID: in.ID})
	return &out[NotificationDelivery]{toDelivery(d)}, err
}

func (h handlers) unsubscribe(ctx context.Context, in *idInput) (*struct{}, error) {
	_, err := h.slice.Unsubscribe(ctx, notification.Unsubscribe{ID: in.ID})
	return nil, err
}

func (h handlers) registerDeliveries(api huma.API) {
	const path = "/api/v1/notifications/deliveries"
	huma.Register(api, httpx.Operation("notification.deliveries", http.MethodGet, path, "List what was sent to channels, newest first", tag), h.deliveries)
	huma.Register(api, httpx.Operation("notification.delivery", http.MethodGet, path+"/{id}", "Get a delivery with its attempts", tag), h.delivery)
	again := httpx.Operation("notification.redeliver", http.MethodPost, path+"/{id}/redeliver", "Send it again", tag)
	again.Description = "At once, with the same id, so that a receiver that has it already can tell."
	again.DefaultStatus = http.StatusAccepted
	huma.Register(api, again, h.redeliver)
}

type deliveriesInput struct {
	httpx.Paging
	Subscription ident.ID `query:"subscription_id"`
	Notification ident.ID `query:"notification_id"`
}

func (h handlers) deliveries(ctx context.Context, in *deliveriesInput) (*httpx.List[NotificationDelivery], error) {
	q := notification.ListDeliveries{Subscription: in.Subscription, Notification: in.Notification, Limit: in.Limit + 1}
	if err := httpx.DecodeCursor(in.Cursor, &q.Before); err != nil {
		return nil, err
	}
	items, err := h.slice.Deliveries(ctx, q)
	if err != nil {
		return nil, err
	}
	return httpx.Paged(items, in.Limit, func(d notification.Delivery) any { return d.ID }, toDelivery)
}

func (h handlers) delivery(ctx context.Context, in *idInput) (*out[NotificationDeliveryDetails], error) {
	d, err := h.slice.Delivery(ctx, notification.GetDelivery{ID: in.ID})
	return &out[NotificationDeliveryDetails]{toDetails(d)}, err
}

func (h handlers) redeliver(ctx context.Context, in *idInput) (*out[NotificationDelivery], error) {
	d, err := h.slice.Redeliver(ctx, notification.Redeliver{ID: in.ID})
	return &out[NotificationDelivery]{toDelivery(d)}, err
}
