package notification

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
)

// Store keeps inboxes. What finds nothing gives pgx.ErrNoRows.
type Store interface {
	// LockInbox makes the inbox if need be, and keeps everybody else away from it until the commit.
	LockInbox(ctx context.Context, tx *pg.Tx, user ident.ID) error
	// Advance gives the inbox its next version.
	Advance(ctx context.Context, tx *pg.Tx, user ident.ID) (version int64, err error)

	// Insert tells whether it is new: a source leads to one notification of a user.
	Insert(ctx context.Context, tx *pg.Tx, n Notification) (fresh bool, err error)
	Get(ctx context.Context, q pg.Querier, id ident.ID) (Notification, error)
	SetStatus(ctx context.Context, tx *pg.Tx, n Notification) error
	ReadAll(ctx context.Context, tx *pg.Tx, user ident.ID, at time.Time) (int64, error)
	Delete(ctx context.Context, tx *pg.Tx, id ident.ID) error
	List(ctx context.Context, q pg.Querier, f Filter) ([]Notification, error)
	Unread(ctx context.Context, q pg.Querier, user ident.ID) (int, error)
	// Told counts what a user was told since, of one severity, digests and held-back ones left out.
	Told(ctx context.Context, q pg.Querier, user ident.ID, severity Severity, since time.Time) (int, error)
	// Due gives notifications whose time has come.
	Due(ctx context.Context, q pg.Querier, now time.Time, limit int) ([]Notification, error)
	// HeldBack counts by title what was throttled since, and lists the tags that it had.
	HeldBack(ctx context.Context, q pg.Querier, user ident.ID, severity Severity, since time.Time) ([]Tally, []string, error)

	Subscriptions(ctx context.Context, q pg.Querier, user ident.ID) ([]Subscription, error)
	Subscription(ctx context.Context, q pg.Querier, id ident.ID) (Subscription, error)
	LockSubscription(ctx context.Context, tx *pg.Tx, id ident.ID) (Subscription, error)
	SaveSubscription(ctx context.Context, tx *pg.Tx, s Subscription) error // inserts or updates
	DeleteSubscription(ctx context.Context, tx *pg.Tx, id ident.ID) error

	InsertDelivery(ctx context.Context, tx *pg.Tx, d Delivery) error
	Delivery(ctx context.Context, q pg.Querier, id ident.ID) (Delivery, error)
	LockDelivery(ctx context.Context, tx *pg.Tx, id ident.ID) (Delivery, error)
	SaveDelivery(ctx context.Context, tx *pg.Tx, d Delivery) error
	SkipDeliveries(ctx context.Context, tx *pg.Tx, subscription ident.ID, reason string, at time.Time) (int64, error)
	Deliveries(ctx context.Context, q pg.Querier, f DeliveryFilter) ([]Delivery, error)
	// ToldAbout lists the deliveries of a user's notifications with a tag, oldest first.
	ToldAbout(ctx context.Context, q pg.Querier, user ident.ID, tag string) ([]Told, error)
	// LockToSettle locks the inbox, the delivery and the subscription of one that was claimed,
	// in this order and one round trip, and gives the latter two as they are.
	LockToSettle(ctx context.Context, tx *pg.Tx, claimed Delivery) (Delivery, Subscription, error)
	// SaveArrived is SaveDelivery with the commit, where nothing more is asked about it.
	SaveArrived(tx *pg.Tx, d Delivery)
	InsertAttempt(tx *pg.Tx, a Attempt) // with the commit
	Attempts(ctx context.Context, q pg.Querier, delivery ident.ID) ([]Attempt, error)
	// Claim takes deliveries that are due, at most limit, and of one subscription no
	// more than abreast at once. They are leased until a time; whoever dies loses them.
	Claim(ctx context.Context, q pg.Querier, now, lease time.Time, limit, abreast int) ([]Delivery, error)
	// NextDue is when the next queued delivery or notification is due.
	NextDue(ctx context.Context, q pg.Querier) (*time.Time, error)

	Forget(ctx context.Context, q pg.Querier, before time.Time) (int64, error)
}

// Tally is how many had one title.
type Tally struct {
	Title string `db:"title"`
	Count int    `db:"n"`
}

// Sender carries messages out of the house. It holds no transaction.
type Sender interface {
	// Check tells at once why a channel could not be reached at an address.
	Check(channel Channel, target string) error
	// Send gives an error when there was no answer, or none that means “arrived”.
	Send(ctx context.Context, p Parcel) (Receipt, error)
}

// Parcel is one attempt.
type Parcel struct {
	Channel Channel
	Message Message
	Body    []byte // the message as JSON: what is signed
	At      time.Time
	Target  secret.String   // the URL, or the e-mail address
	Secrets []secret.String // of a webhook
}

// Receipt is what the other side said.
type Receipt struct {
	StatusCode int
	Answer     string
	RetryAfter time.Duration
	Gone       bool // it wants nothing ever again
	Permanent  bool // the same message will never arrive
}

// Sealer keeps secrets in the database unreadable without the installation's key.
type Sealer interface {
	Seal(plain secret.String, purpose string) []byte
	Open(sealed []byte, purpose string) (secret.String, error)
}

// People knows who is told what nobody else owns.
type People interface {
	Operators(ctx context.Context, q pg.Querier) ([]ident.ID, error)
	// Administrators are the people who own or administer an organization.
	Administrators(ctx context.Context, q pg.Querier, organization ident.ID) ([]ident.ID, error)
	// Email is a user's address; empty for service accounts and who is gone.
	Email(ctx context.Context, q pg.Querier, user ident.ID) (string, error)
}

// Limits reads limits by name.
type Limits interface {
	Int(ctx context.Context, q pg.Querier, name string, user ident.ID) (command.Allowed, error)
}
