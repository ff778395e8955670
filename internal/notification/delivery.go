package notification

import (
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/courier"
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

// schedule is twelve attempts in three days.
var schedule = courier.Schedule{Pauses: []time.Duration{
	5 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 45 * time.Minute, 2 * time.Hour,
	5 * time.Hour, 9 * time.Hour, 12 * time.Hour, 18 * time.Hour, 24 * time.Hour,
}, Wish: 24 * time.Hour}

// giveUpAfter is how long nothing may arrive before a subscription is disabled.
const giveUpAfter = 5 * 24 * time.Hour
