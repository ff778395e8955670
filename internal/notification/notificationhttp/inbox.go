package notificationhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

const tag = "Notifications"

type handlers struct{ slice *notification.Slice }

type out[T any] struct{ Body T }

// Register puts the operations on the API.
func Register(api huma.API, slice *notification.Slice) {
	h := handlers{slice}
	huma.Register(api, httpx.Operation("notification.list", http.MethodGet, "/api/v1/notifications", "List notifications, newest first", tag), h.list)
	huma.Register(api, httpx.Operation("notification.unread", http.MethodGet, "/api/v1/notifications/unread", "Count unread notifications", tag), h.unread)
	huma.Register(api, httpx.Operation("notification.read", http.MethodPost, "/api/v1/notifications/{id}/read", "Mark a notification read", tag), h.read)
	huma.Register(api, httpx.Operation("notification.read_all", http.MethodPost, "/api/v1/notifications/read", "Mark all notifications read", tag), h.readAll)
	remove := httpx.Operation("notification.delete", http.MethodDelete, "/api/v1/notifications/{id}", "Delete a notification", tag)
	remove.DefaultStatus = http.StatusNoContent
	huma.Register(api, remove, h.remove)
	send := httpx.InGroup(httpx.RateAdmin, httpx.Operation("notification.send", http.MethodPost, "/api/v1/notifications", "Notify a user, or all operators", tag))
	send.DefaultStatus = http.StatusAccepted
	huma.Register(api, send, h.send)
	h.registerSubscriptions(api)
	h.registerDeliveries(api)
	h.registerAlerts(api)
}

type listInput struct {
	httpx.Paging
	Unread   bool   `query:"unread" doc:"Only unread ones."`
	HeldBack bool   `query:"held_back" doc:"Also those that were skipped."`
	Tag      string `query:"tag" maxLength:"100" doc:"Only with this tag." example:"exec:018f9c2e-0000-7000-8000-000000000000"`
}

func (h handlers) list(ctx context.Context, in *listInput) (*httpx.List[Notification], error) {
	q := notification.List{UnreadOnly: in.Unread, HeldBack: in.HeldBack, Tag: in.Tag, Limit: in.Limit + 1}
	if err := httpx.DecodeCursor(in.Cursor, &q.Before); err != nil {
		return nil, err
	}
	items, err := h.slice.List(ctx, q)
	if err != nil {
		return nil, err
	}
	return httpx.Paged(items, in.Limit, func(n notification.Notification) any { return n.ID }, toNotification)
}

// NotificationCount counts notifications.
type NotificationCount struct {
	Count int64 `json:"count"`
}

func (h handlers) unread(ctx context.Context, _ *struct{}) (*out[NotificationCount], error) {
	n, err := h.slice.Unread(ctx, struct{}{})
	return &out[NotificationCount]{NotificationCount{int64(n)}}, err
}

type readInput struct {
	ID   ident.ID `path:"id"`
	Body *struct {
		Clicked bool `json:"clicked,omitempty" doc:"Its link was followed."`
	} `required:"false"`
}

func (h handlers) read(ctx context.Context, in *readInput) (*out[Notification], error) {
	n, err := h.slice.MarkRead(ctx, notification.MarkRead{ID: in.ID, Clicked: in.Body != nil && in.Body.Clicked})
	return &out[Notification]{toNotification(n)}, err
}

func (h handlers) readAll(ctx context.Context, _ *struct{}) (*out[NotificationCount], error) {
	n, err := h.slice.ReadAll(ctx, notification.MarkAllRead{})
	return &out[NotificationCount]{NotificationCount{n}}, err
}

type idInput struct {
	ID ident.ID `path:"id"`
}

func (h handlers) remove(ctx context.Context, in *idInput) (*struct{}, error) {
	_, err := h.slice.Delete(ctx, notification.Delete{ID: in.ID})
	return nil, err
}

type sendInput struct {
	Body struct {
		UserID   ident.ID   `json:"user_id,omitzero" doc:"Whom to tell; all operators when absent."`
		Severity string     `json:"severity,omitempty" enum:"low,medium,high,urgent" default:"medium"`
		Title    string     `json:"title" minLength:"1" maxLength:"200"`
		Body     string     `json:"body,omitempty" maxLength:"2000"`
		Tags     []string   `json:"tags,omitempty" maxItems:"20"`
		At       *time.Time `json:"at,omitempty" doc:"When; at most 25 days ahead. At once when absent."`
	}
}

func (h handlers) send(ctx context.Context, in *sendInput) (*struct{}, error) {
	b := in.Body
	_, err := h.slice.Send(ctx, notification.Send{UserID: b.UserID, Severity: b.Severity, Title: b.Title, Body: b.Body, Tags: b.Tags, At: b.At})
	return nil, err
}
