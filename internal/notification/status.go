package notification

import "slices"

// Status says where a notification, or a delivery of one, stands.
type Status string

// A notification in the inbox is pending until its time, then delivered (unread),
// skipped, read or clicked. A delivery to a channel outside is queued, sending, and in
// the end delivered, failed or skipped.
const (
	Pending   Status = "pending"
	Queued    Status = "queued"
	Sending   Status = "sending"
	Delivered Status = "delivered"
	Failed    Status = "failed"
	Skipped   Status = "skipped"
	Read      Status = "read"
	Clicked   Status = "clicked"
)

// Statuses lists them all.
var Statuses = []Status{Pending, Queued, Sending, Delivered, Failed, Skipped, Read, Clicked}

// inInbox is which status a notification may take after which.
var inInbox = map[Status][]Status{
	Pending:   {Delivered, Skipped},
	Delivered: {Read, Clicked},
	Skipped:   {Read, Clicked}, // who looks at what was held back has read it
	Read:      {Clicked},
}

// onTheWay is the same for a delivery.
var onTheWay = map[Status][]Status{
	Queued:    {Sending, Skipped, Queued},                    // by hand: at once
	Sending:   {Sending, Delivered, Queued, Failed, Skipped}, // again: whoever was sending died
	Delivered: {Queued},                                      // by hand
	Failed:    {Queued},
	Skipped:   {Queued},
}

func may(table map[Status][]Status, from, to Status) bool { return slices.Contains(table[from], to) }

// become moves a delivery on. That the table admits it is the caller's to know.
func (d *Delivery) become(to Status) {
	if !may(onTheWay, d.Status, to) {
		panic("notification: a delivery that is " + string(d.Status) + " does not become " + string(to))
	}
	d.Status = to
}
