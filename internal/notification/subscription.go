package notification

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Channel is a way to reach somebody.
type Channel string

// The channels.
const (
	InApp   Channel = "in_app"
	Webhook Channel = "webhook"
	Slack   Channel = "slack"
	Email   Channel = "email"
)

// Subscription is what one channel of one user is to get. The one in the console has
// its user's id and exists without anybody asking for it.
type Subscription struct {
	ID             ident.ID   `db:"id"`
	UserID         ident.ID   `db:"user_id"`
	Channel        Channel    `db:"channel"`
	Name           string     `db:"name"`
	Enabled        bool       `db:"enabled"`
	MinSeverity    Severity   `db:"min_severity"`
	IncludeTags    []string   `db:"include_tags"` // one of them suffices; none: everything
	ExcludeTags    []string   `db:"exclude_tags"`
	Host           string     `db:"host"`
	Target         []byte     `db:"target" json:"-"` // sealed, like the secrets
	Secret         []byte     `db:"secret" json:"-"`
	PreviousSecret []byte     `db:"previous_secret" json:"-"`
	PreviousUntil  *time.Time `db:"previous_until"`
	FailingSince   *time.Time `db:"failing_since"`
	DisabledAt     *time.Time `db:"disabled_at"` // by Stoa, because nothing arrived
	DisabledReason string     `db:"disabled_reason"`
	CreatedAt      time.Time  `db:"created_at"`
	UpdatedAt      time.Time  `db:"updated_at"`
}

func (s *Subscription) scope() command.Scope { return command.Scope{Owner: s.UserID} }

// inConsole is the subscription that everybody has: what went wrong, not what went well.
func inConsole(user ident.ID, now time.Time) Subscription {
	return Subscription{
		ID: user, UserID: user, Channel: InApp, Name: "Console", Enabled: true, MinSeverity: Medium,
		IncludeTags: []string{}, ExcludeTags: []string{}, CreatedAt: now, UpdatedAt: now,
	}
}

// active tells whether anything is sent there at all.
func (s *Subscription) active() bool { return s.Enabled && s.DisabledAt == nil }

// wants tells whether a notice is for this subscription.
func (s *Subscription) wants(severity Severity, tags []string) bool {
	has := func(tag string) bool { return slices.Contains(tags, tag) }
	return s.active() && severity >= s.MinSeverity &&
		(len(s.IncludeTags) == 0 || slices.ContainsFunc(s.IncludeTags, has)) && !slices.ContainsFunc(s.ExcludeTags, has)
}

const (
	maxTags = 20
	maxTag  = 100
	maxName = 100
	// overlap is how long the secret before the last still signs beside it.
	overlap = 24 * time.Hour
)

func checkTags(field string, tags []string) error {
	if len(tags) > maxTags {
		return fault.New(fault.Invalid, "notification.tags", "At most %d tags.", maxTags).At("body."+field, "has too many items")
	}
	for _, tag := range tags {
		if tag == "" || len(tag) > maxTag || strings.ContainsAny(tag, "\n\r\t ") {
			return fault.New(fault.Invalid, "notification.tags", "A tag has 1 to %d characters and no spaces.", maxTag).At("body."+field, "holds what is no tag")
		}
	}
	return nil
}

func checkName(name string) error {
	if name == "" || len(name) > maxName || strings.ContainsAny(name, "\r\n") {
		return fault.New(fault.Invalid, "notification.name", "A name has 1 to %d characters.", maxName).At("body.name", "is empty or too long")
	}
	return nil
}

// purpose binds what is sealed to its row and column.
func (s *Subscription) purpose(what string) string {
	return "notification_subscription/" + s.ID.String() + "/" + what
}

func (s *Subscription) seal(keys Sealer, target string, signing secret.String) {
	u, _ := url.Parse(target) // checked before
	s.Host, s.Target = u.Host, keys.Seal(secret.New(target), s.purpose("target"))
	if !signing.IsEmpty() {
		s.Secret = keys.Seal(signing, s.purpose("secret"))
	}
}

// rotate makes another secret; the last one goes on signing beside it for a day.
func (s *Subscription) rotate(keys Sealer, next secret.String, now time.Time) error {
	current, err := keys.Open(s.Secret, s.purpose("secret"))
	if err != nil {
		return err
	}
	until := now.Add(overlap)
	s.PreviousSecret, s.PreviousUntil = keys.Seal(current, s.purpose("previous_secret")), &until
	s.Secret = keys.Seal(next, s.purpose("secret"))
	return nil
}

// secrets are what a webhook is signed with now, the newest first.
func (s *Subscription) secrets(keys Sealer, now time.Time) ([]secret.String, error) {
	if s.Secret == nil {
		return nil, nil
	}
	current, err := keys.Open(s.Secret, s.purpose("secret"))
	if err != nil {
		return nil, err
	}
	all := []secret.String{current}
	if s.PreviousUntil != nil && now.Before(*s.PreviousUntil) {
		previous, err := keys.Open(s.PreviousSecret, s.purpose("previous_secret"))
		if err != nil {
			return nil, err
		}
		all = append(all, previous)
	}
	return all, nil
}
