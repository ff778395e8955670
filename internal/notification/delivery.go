package notification

import (
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Delivery is the way of one notification to one subscription, however often it is tried.
type Delivery struct {
	ID             ident.ID   `db:"id"`
	NotificationID ident.ID   `db:"notification_id"`
	SubscriptionID ident.ID   `db:"subscription_id"`
	UserID         ident.ID   `db:"user_id"`
	Channel        Channel    `db:"channel"`
	Payload        string     `db:"payload"`
	Status         Status     `db:"status"`
	Reason         string     `db:"reason"`
	Attempts       int        `db:"attempts"`
	RestartedAt    int        `db:"restarted_at"`
	NextAt         time.Time  `db:"next_at"`
	LeaseUntil     *time.Time `db:"lease_until"`
	CreatedAt      time.Time  `db:"created_at"`
	EndedAt        *time.Time `db:"ended_at"`
}

func (d *Delivery) scope() command.Scope { return command.Scope{Owner: d.UserID} }

// Attempt is one try of a delivery.
type Attempt struct {
	DeliveryID ident.ID  `db:"delivery_id"`
	Number     int       `db:"number"`
	At         time.Time `db:"at"`
	TookMS     int       `db:"took_ms"`
	StatusCode int       `db:"status_code"` // 0: there was no answer
	Answer     string    `db:"answer"`
	Error      string    `db:"error"`
}

// pauses are the waits after each failed attempt: twelve attempts in three days.
var pauses = []time.Duration{
	5 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 45 * time.Minute, 2 * time.Hour,
	5 * time.Hour, 9 * time.Hour, 12 * time.Hour, 18 * time.Hour, 24 * time.Hour,
}

const (
	// jitter spreads what failed at one moment: each pause is up to so much longer.
	jitter = 0.2
	// longestWish is the longest Retry-After that is obeyed.
	longestWish = 24 * time.Hour
	// giveUpAfter is how long nothing may arrive before a subscription is disabled.
	giveUpAfter = 5 * 24 * time.Hour
	// leaseFor is how long a sender may be silent before another one tries: more than a call may take.
	leaseFor = 2 * time.Minute
)

// pause is how long to wait after so many failed attempts; false when they were enough.
func pause(failed int, random float64) (time.Duration, bool) {
	if failed < 1 || failed > len(pauses) {
		return 0, false
	}
	p := pauses[failed-1]
	return p + time.Duration(random*jitter*float64(p)), true
}
