// Package clock injects time. Production code asks a Clock for the time of day
// and never the time package, so that a test can stand at any date; waiting
// (timers, tickers, deadlines) uses the time package and is tested inside
// testing/synctest, where it is already fake.
package clock

import "time"

// Clock tells the time of day.
type Clock func() time.Time

// System is the machine's clock, in UTC and to the microsecond, which is what PostgreSQL keeps.
func System() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
