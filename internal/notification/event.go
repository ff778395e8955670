package notification

import (
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// FactTypes is one fact of each type.
func FactTypes() []eventlog.Fact {
	return []eventlog.Fact{
		Created{},
		WasRead{},
		AllRead{},
		Deleted{},
		Subscribed{},
		SubscriptionChanged{},
		SecretRotated{},
		SubscriptionDisabled{},
		Unsubscribed{},
		DeliveryAsked{},
		DeliveryEnded{},
	}
}

// Facts about an inbox. Only its user sees them.
type (
	// Created: somebody was told something, in the console or elsewhere.
	Created struct {
		NotificationID ident.ID `json:"notification_id"`
		SourceID       ident.ID `json:"source_id"`
		Severity       string   `json:"severity"`
		Status         Status   `json:"status"` // skipped: not in the console
	}
	// WasRead: its user has seen it.
	WasRead struct {
		NotificationID ident.ID `json:"notification_id"`
		Clicked        bool     `json:"clicked"`
	}
	// AllRead: its user has seen all of them.
	AllRead struct {
		Count int64 `json:"count"`
	}
	// Deleted: its user removed it.
	Deleted struct {
		NotificationID ident.ID `json:"notification_id"`
	}
	// Subscribed: a channel was added.
	Subscribed struct {
		SubscriptionID ident.ID `json:"subscription_id"`
		Channel        Channel  `json:"channel"`
	}
	// SubscriptionChanged: what it gets, or where.
	SubscriptionChanged struct {
		SubscriptionID ident.ID `json:"subscription_id"`
		Enabled        bool     `json:"enabled"`
	}
	// SecretRotated: it signs with another secret; the one before signs too for a day.
	SecretRotated struct {
		SubscriptionID ident.ID `json:"subscription_id"`
	}
	// SubscriptionDisabled: nothing arrived there for days, or it said that it is gone.
	SubscriptionDisabled struct {
		SubscriptionID ident.ID `json:"subscription_id"`
		Skipped        int64    `json:"skipped"` // deliveries that waited for it
	}
	// Unsubscribed: a channel was removed.
	Unsubscribed struct {
		SubscriptionID ident.ID `json:"subscription_id"`
	}
	// DeliveryAsked: it is queued again by hand, or as a test.
	DeliveryAsked struct {
		DeliveryID     ident.ID `json:"delivery_id"`
		SubscriptionID ident.ID `json:"subscription_id"`
		Test           bool     `json:"test,omitempty"`
	}
	// DeliveryEnded: it arrived, or was given up.
	DeliveryEnded struct {
		DeliveryID     ident.ID `json:"delivery_id"`
		SubscriptionID ident.ID `json:"subscription_id"`
		NotificationID ident.ID `json:"notification_id"`
		Status         Status   `json:"status"`
		Attempts       int      `json:"attempts"`
	}
)

// EventType names the fact.
func (Created) EventType() string { return "notification.created.v1" }

// EventType names the fact.
func (WasRead) EventType() string { return "notification.read.v1" }

// EventType names the fact.
func (AllRead) EventType() string { return "notification.all_read.v1" }

// EventType names the fact.
func (Deleted) EventType() string { return "notification.deleted.v1" }

// EventType names the fact.
func (Subscribed) EventType() string { return "notification.subscribed.v1" }

// EventType names the fact.
func (SubscriptionChanged) EventType() string { return "notification.subscription_changed.v1" }

// EventType names the fact.
func (SecretRotated) EventType() string { return "notification.secret_rotated.v1" }

// EventType names the fact.
func (SubscriptionDisabled) EventType() string { return "notification.subscription_disabled.v1" }

// EventType names the fact.
func (Unsubscribed) EventType() string { return "notification.unsubscribed.v1" }

// EventType names the fact.
func (DeliveryAsked) EventType() string { return "notification.delivery_asked.v1" }

// EventType names the fact.
func (DeliveryEnded) EventType() string { return "notification.delivery_ended.v1" }
