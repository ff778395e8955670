package notificationpg

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/notification"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

const (
	fillSubscription = `
INSERT INTO notification_subscription (id, user_id, channel, name, enabled, min_severity, include_tags, exclude_tags, host, target, secret,
	disabled_reason, created_at, updated_at)
VALUES ($1, $2, 'webhook', 'hook', true, 0, '{}', '{}', 'example.org', '\x00', '\x00', '', $3, $3)`
	fillQueue = `
INSERT INTO notification_delivery (id, notification_id, subscription_id, user_id, channel, payload, status, reason, attempts, restarted_at, next_at, created_at)
SELECT gen_random_uuid(), gen_random_uuid(), $1, $2, 'webhook', '{}', 'queued', '', 0, 0, $3::timestamptz - make_interval(secs => n), $3
FROM generate_series(1, $4) n`
)

// queue makes a subscription for which so many deliveries are due.
func queue(t *testing.T, db *pg.DB, deliveries int, now time.Time) ident.ID {
	t.Helper()
	id, user := ident.New(), ident.New()
	if _, err := db.Exec(t.Context(), fillSubscription, id, user, now); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), fillQueue, id, user, now, deliveries); err != nil {
		t.Fatal(err)
	}
	return id
}

func TestEachChannelHasItsShare(t *testing.T) {
	const most, abreast, lease = 16, 4, 2 * time.Minute
	db, now := pgtest.Clone(t), clock.System()
	long, short := queue(t, db, 50, now), queue(t, db, 5, now)
	share := func(want map[ident.ID]int, attempt int) {
		t.Helper()
		claimed, err := Store{}.Claim(t.Context(), db, now, now.Add(lease), most, abreast)
		if err != nil {
			t.Fatal(err)
		}
		got := map[ident.ID]int{}
		for _, d := range claimed {
			got[d.SubscriptionID]++
			if d.Attempts != attempt || d.Status != notification.Sending {
				t.Errorf("%+v", d)
			}
		}
		for id, n := range want {
			if got[id] != n {
				t.Errorf("%d claimed for one, not %d", got[id], n)
			}
		}
	}
	share(map[ident.ID]int{long: abreast, short: abreast}, 1)
	share(map[ident.ID]int{long: 0, short: 0}, 0)
	ended, err := db.Exec(t.Context(), `UPDATE notification_delivery SET status = 'delivered', lease_until = NULL, ended_at = $1 WHERE status = 'sending' AND subscription_id = $2`, now, short)
	if err != nil || ended.RowsAffected() != abreast {
		t.Fatal(ended, err)
	}
	share(map[ident.ID]int{long: 0, short: 1}, 1)
	now = now.Add(2 * lease) // whoever had them is dead: these four are the longest due
	if _, err := db.Exec(t.Context(), `UPDATE notification_delivery SET next_at = $1 WHERE status = 'queued'`, now); err != nil {
		t.Fatal(err)
	}
	share(map[ident.ID]int{long: abreast, short: 1}, 2)
}

// A claim looks at a long queue once, not at all of it for each of its deliveries: as
// long as that was so, a thousand that waited for one channel were sent at eleven a second.
func TestALongQueueIsGoneThroughOnce(t *testing.T) {
	const waiting = 600
	db, now := pgtest.Clone(t), clock.System()
	queue(t, db, waiting, now)
	for _, during := range []string{"nothing is under way", "its channel has no room"} {
		plan, err := pg.One[string](t.Context(), db, `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) `+claim, now, now.Add(time.Minute), 16, 4)
		if err != nil {
			t.Fatal(err)
		}
		var told []struct {
			Plan struct {
				Hit  int `json:"Shared Hit Blocks"`
				Read int `json:"Shared Read Blocks"`
			}
		}
		if err := json.Unmarshal([]byte(plan), &told); err != nil {
			t.Fatal(err)
		}
		if pages := told[0].Plan.Hit + told[0].Plan.Read; pages > 4*waiting {
			t.Errorf("while %s, a claim from %d that wait looks at %d pages", during, waiting, pages)
		}
	}
}
