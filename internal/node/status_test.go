package node

import (
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestTransitionsPairByPair(t *testing.T) {
	legal := map[[2]Status]bool{
		{Enrolling, Enrolling}: true, {Enrolling, Ready}: true, {Enrolling, Draining}: true, {Enrolling, Retired}: true,
		{Ready, Ready}: true, {Ready, Draining}: true, {Ready, Offline}: true, {Ready, Retired}: true,
		{Draining, Draining}: true, {Draining, Ready}: true, {Draining, Offline}: true, {Draining, Retired}: true,
		{Offline, Offline}: true, {Offline, Ready}: true, {Offline, Draining}: true, {Offline, Retired}: true,
	}
	for _, from := range Statuses() {
		for _, to := range Statuses() {
			n := Node{Status: from}
			err := n.become(to)
			switch {
			case legal[[2]Status{from, to}] && (err != nil || n.Status != to):
				t.Errorf("%s → %s: %v", from, to, err)
			case !legal[[2]Status{from, to}] && (!fault.Is(err, "node.transition") || n.Status != from):
				t.Errorf("%s → %s went through: %v", from, to, err)
			}
		}
	}
}

func TestDatabaseKnowsTheSameStatuses(t *testing.T) {
	db := pgtest.Open(t)
	const insert = `INSERT INTO node (id, name, status, cordoned, drain_asked_at, enrolled_at, version)
VALUES (gen_random_uuid(), gen_random_uuid()::text, $1, true, now(), now(), 1)`
	for _, s := range append(Statuses(), "asleep") {
		if _, err := db.Exec(t.Context(), insert, s); (err == nil) != (s != "asleep") {
			t.Errorf("%s: %v", s, err)
		}
	}
}
