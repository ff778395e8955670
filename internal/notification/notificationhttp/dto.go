// Package notificationhttp is the API of notifications: the inbox, where else it is
// sent, and alerts that come in.
package notificationhttp

import (
	"time"

	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Notification is one notice in the caller's inbox.
type Notification struct {
	ID        ident.ID   `json:"id"`
	SourceID  ident.ID   `json:"source_id" doc:"What led to it: the event, for most."`
	Cause     string     `json:"cause" doc:"The type of that event; or digest, alert, message." example:"execution.failed.v1"`
	Severity  string     `json:"severity" enum:"low,medium,high,urgent"`
	Title     string     `json:"title"`
	Body      string     `json:"body,omitempty"`
	Link      string     `json:"link,omitempty" doc:"Where the console shows more: a path."`
	Tags      []string   `json:"tags"`
	Status    string     `json:"status" enum:"pending,delivered,skipped,read,clicked" doc:"delivered is unread; skipped was held back, and reason says why."`
	Reason    string     `json:"reason,omitempty"`
	CreatedAt time.Time  `json:"created_at"`
	ReadAt    *time.Time `json:"read_at,omitempty"`
}

func toNotification(n notification.Notification) Notification {
	return Notification{
		ID: n.ID, SourceID: n.SourceID, Cause: n.Cause, Severity: n.Severity.String(), Title: n.Title, Body: n.Body, Link: n.Link, Tags: n.Tags,
		Status: string(n.Status), Reason: n.Reason, CreatedAt: n.CreatedAt, ReadAt: n.ReadAt,
	}
}

// NotificationSubscription is what one channel gets.
type NotificationSubscription struct {
	ID             ident.ID   `json:"id" doc:"The console's has its user's id."`
	Channel        string     `json:"channel" enum:"in_app,webhook,slack,email"`
	Name           string     `json:"name"`
	Enabled        bool       `json:"enabled"`
	MinSeverity    string     `json:"min_severity" enum:"low,medium,high,urgent"`
	IncludeTags    []string   `json:"include_tags" doc:"One of these suffices; none: everything."`
	ExcludeTags    []string   `json:"exclude_tags"`
	Host           string     `json:"host,omitempty" doc:"Of the address; the rest of it is secret."`
	FailingSince   *time.Time `json:"failing_since,omitempty" doc:"Nothing has arrived there since."`
	DisabledAt     *time.Time `json:"disabled_at,omitempty" doc:"Since when Stoa sends nothing, because nothing arrived. Enable it to try again."`
	DisabledReason string     `json:"disabled_reason,omitempty"`
	SignedByTwo    *time.Time `json:"signed_by_two_until,omitempty" doc:"Until when the secret before the last signs too."`
	CreatedAt      time.Time  `json:"created_at"`
	UpdatedAt      time.Time  `json:"updated_at"`
}

func toSubscription(s notification.Subscription) NotificationSubscription {
	return NotificationSubscription{
		ID: s.ID, Channel: string(s.Channel), Name: s.Name, Enabled: s.Enabled, MinSeverity: s.MinSeverity.String(), IncludeTags: s.IncludeTags,
		ExcludeTags: s.ExcludeTags, Host: s.Host, FailingSince: s.FailingSince, DisabledAt: s.DisabledAt, DisabledReason: s.DisabledReason,
		SignedByTwo: s.PreviousUntil, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}
}

// NotificationSubscriptionWithSecret carries a webhook's signing secret, once.
type NotificationSubscriptionWithSecret struct {
	Subscription NotificationSubscription `json:"subscription"`
	Secret       string                   `json:"secret,omitempty" doc:"What a webhook is signed with (Standard Webhooks). It is shown this one time." example:"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"`
}

// NotificationDelivery is the way of one notification to one channel.
type NotificationDelivery struct {
	ID             ident.ID   `json:"id"`
	NotificationID ident.ID   `json:"notification_id" doc:"What receivers get as webhook-id, at every attempt. A test has one that is in no inbox."`
	SubscriptionID ident.ID   `json:"subscription_id"`
	Channel        string     `json:"channel" enum:"webhook,slack,email"`
	Status         string     `json:"status" enum:"queued,sending,delivered,failed,skipped"`
	Reason         string     `json:"reason,omitempty" doc:"Why the last attempt failed."`
	Attempts       int        `json:"attempts"`
	NextAt         *time.Time `json:"next_at,omitempty" doc:"When it is tried next."`
	CreatedAt      time.Time  `json:"created_at"`
	EndedAt        *time.Time `json:"ended_at,omitempty"`
}

func toDelivery(d notification.Delivery) NotificationDelivery {
	v := NotificationDelivery{
		ID: d.ID, NotificationID: d.NotificationID, SubscriptionID: d.SubscriptionID, Channel: string(d.Channel), Status: string(d.Status),
		Reason: d.Reason, Attempts: d.Attempts, CreatedAt: d.CreatedAt, EndedAt: d.EndedAt,
	}
	if d.Status == notification.Queued {
		v.NextAt = &d.NextAt
	}
	return v
}

// NotificationAttempt is one try.
type NotificationAttempt struct {
	Number     int       `json:"number"`
	At         time.Time `json:"at"`
	TookMS     int       `json:"took_ms"`
	StatusCode int       `json:"status_code,omitempty" doc:"HTTP's or SMTP's; absent when there was no answer."`
	Answer     string    `json:"answer,omitempty" doc:"Its beginning, without what looks like a credential."`
	Error      string    `json:"error,omitempty"`
}

// NotificationDeliveryDetails is a delivery with its attempts.
type NotificationDeliveryDetails struct {
	NotificationDelivery
	Payload string                `json:"payload" doc:"What is sent, the same at every attempt."`
	Tries   []NotificationAttempt `json:"tries"`
}

func toDetails(d notification.DeliveryDetails) NotificationDeliveryDetails {
	v := NotificationDeliveryDetails{NotificationDelivery: toDelivery(d.Delivery), Payload: d.Payload, Tries: make([]NotificationAttempt, len(d.Tries))}
	for i, a := range d.Tries {
		v.Tries[i] = NotificationAttempt{Number: a.Number, At: a.At, TookMS: a.TookMS, StatusCode: a.StatusCode, Answer: a.Answer, Error: a.Error}
	}
	return v
}
