// Package notification tells people what happened: in the console, by webhook, in
// Slack and by e-mail. It reads the event log, so any type of event can become a
// notification by one more line in rule.go.
package notification

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Kind is the aggregate: everything here belongs to one user's inbox, whose version counts its events.
const Kind = "inbox"

// Severity says how much something matters.
type Severity int16

// The severities, in order.
const (
	Low Severity = iota
	Medium
	High
	Urgent
)

var severityNames = [...]string{"low", "medium", "high", "urgent"}

func (s Severity) String() string { return severityNames[s] }

// ParseSeverity reads a severity's name.
func ParseSeverity(name string) (Severity, error) {
	for i, known := range severityNames {
		if name == known {
			return Severity(i), nil
		}
	}
	return 0, fault.New(fault.Invalid, "notification.severity", "%q is no severity: low, medium, high or urgent.", name).At("body.severity", "is no severity")
}

// Causes that are no events.
const (
	CauseDigest  = "digest"
	CauseAlert   = "alert"
	CauseMessage = "message"
	causeTest    = "test"
)

// Tags that mean something here.
const (
	TagSystem = "system" // about the installation itself: never throttled when high or urgent
	tagDigest = "digest"

	tagExecution = "exec:" // and the id of an execution
)

// Notice is what is to be told, before it is known to whom and where.
type Notice struct {
	Cause    string // the type of the event
	Severity Severity
	Title    string
	Body     string
	Link     string // a path in the console
	Tags     []string
}

// Notification is a notice in somebody's inbox.
type Notification struct {
	ID        ident.ID   `db:"id"`
	UserID    ident.ID   `db:"user_id"`
	SourceID  ident.ID   `db:"source_id"` // the event, for most
	Cause     string     `db:"cause"`
	Severity  Severity   `db:"severity"`
	Title     string     `db:"title"`
	Body      string     `db:"body"`
	Link      string     `db:"link"`
	Tags      []string   `db:"tags"`
	Status    Status     `db:"status"`
	Reason    string     `db:"reason"`
	DeliverAt time.Time  `db:"deliver_at"`
	CreatedAt time.Time  `db:"created_at"`
	ReadAt    *time.Time `db:"read_at"`
}

func (n Notification) scope() command.Scope { return command.Scope{Owner: n.UserID} }

// Longest texts, in characters.
const (
	maxTitle = 200
	maxBody  = 2000
)

func (n Notice) of(user, id, source ident.ID, at time.Time) Notification {
	tags := n.Tags
	if tags == nil {
		tags = []string{}
	}
	return Notification{
		ID: id, UserID: user, SourceID: source, Cause: n.Cause, Severity: n.Severity, Title: cut(n.Title, maxTitle), Body: cut(n.Body, maxBody),
		Link: n.Link, Tags: tags, Status: Delivered, DeliverAt: at, CreatedAt: at,
	}
}

// Message is what leaves the house: the body of a webhook, and what Slack and mail are written from.
type Message struct {
	Type      string      `json:"type"` // the type of the event, or digest, alert, message, test
	Timestamp time.Time   `json:"timestamp"`
	Data      MessageData `json:"data"`
}

// MessageData is the notification itself.
type MessageData struct {
	ID       ident.ID `json:"id"`
	SourceID ident.ID `json:"source_id,omitzero"` // the event that led to it
	Severity string   `json:"severity"`
	Title    string   `json:"title"`
	Body     string   `json:"body,omitempty"`
	URL      string   `json:"url,omitempty"`
	Tags     []string `json:"tags"`
}

func (n Notification) payload(home string) string {
	m := Message{
		Type: n.Cause, Timestamp: n.CreatedAt,
		Data: MessageData{ID: n.ID, SourceID: n.SourceID, Severity: n.Severity.String(), Title: n.Title, Body: n.Body, Tags: n.Tags},
	}
	if n.Link != "" {
		m.Data.URL = home + n.Link
	}
	text, err := json.Marshal(m)
	if err != nil {
		panic(fmt.Sprintf("notification: a message does not survive JSON: %v", err))
	}
	return string(text)
}

// cut shortens a text to so many characters.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
