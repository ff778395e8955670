package command_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// crowd is refused from where it likes.
type crowd struct {
	*bench
	t           *testing.T
	correlation string
	now         time.Time
	unwritten   int
}

func newCrowd(t *testing.T) *crowd {
	c := &crowd{bench: newBench(t), t: t, correlation: ident.New().String(), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	c.Clock = func() time.Time { return c.now }
	c.Unwritten = func(name string) {
		if name == "thing.rename" {
			c.unwritten++
		}
	}
	return c
}

func (c *crowd) refused(address string, actor command.Actor, times int) {
	c.t.Helper()
	for range times {
		ctx := command.WithRequest(c.t.Context(), &command.Request{Actor: actor, CorrelationID: c.correlation, RemoteAddress: address})
		if _, err := c.Rename(ctx, rename{"Ada"}); err == nil || fault.KindOf(err) == fault.Internal {
			c.t.Fatal(err)
		}
	}
}

func (c *crowd) details() (details []string) {
	c.t.Helper()
	details, err := pg.All[string](c.t.Context(), c.db, `SELECT detail::text FROM audit WHERE correlation_id = $1 AND outcome = 'refused' ORDER BY id`, c.correlation)
	if err != nil {
		c.t.Fatal(err)
	}
	return details
}

var nobody = command.Actor{Kind: command.Anonymous}

func TestStrangersDoNotFillTheAuditTrail(t *testing.T) {
	c := newCrowd(t)
	c.refused("192.0.2.1", nobody, 50)
	if got := c.details(); len(got) != 1 || c.unwritten != 49 {
		t.Errorf("%d records, %d are not written", len(got), c.unwritten)
	}
	c.refused("192.0.2.2", nobody, 5) // another one
	for i := range 5 {                // one customer, who has 2^64 addresses
		c.refused(fmt.Sprintf("2001:db8::%d", i+1), nobody, 1)
	}
	if got := c.details(); len(got) != 3 {
		t.Errorf("%d records of three networks", len(got))
	}
	c.now = c.now.Add(10 * time.Minute)
	c.refused("192.0.2.1", nobody, 3)
	got := c.details()
	var said struct {
		Unwritten int `json:"unwritten"`
	}
	if err := json.Unmarshal([]byte(got[len(got)-1]), &said); len(got) != 4 || err != nil || said.Unwritten != 49 {
		t.Errorf("%q", got)
	}
}

func TestManyStrangersDoNotFillTheAuditTrailEither(t *testing.T) {
	c := newCrowd(t)
	for i := range 1100 {
		c.refused(fmt.Sprintf("198.51.%d.%d", i/256, i%256), nobody, 1)
	}
	if got := c.details(); len(got) != 1000 || c.unwritten != 100 {
		t.Errorf("%d records, %d are not written", len(got), c.unwritten)
	}
	c.now = c.now.Add(10 * time.Minute)
	c.refused("203.0.113.9", nobody, 1)
	if got := c.details(); len(got) != 1001 {
		t.Errorf("%d records once their time is over", len(got))
	}
}

func TestEveryRefusalOfSomebodyIsRecorded(t *testing.T) {
	c := newCrowd(t)
	c.refused("192.0.2.1", command.Actor{Kind: command.User, ID: ident.New()}, 30)
	if got := c.details(); len(got) != 30 || c.unwritten != 0 {
		t.Errorf("%d records, %d are not written", len(got), c.unwritten)
	}
}
