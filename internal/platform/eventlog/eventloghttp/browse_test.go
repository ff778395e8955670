package eventloghttp

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// at gives the event at a position.
func (s *site) at(position int64) eventlog.Event {
	s.t.Helper()
	events, _, err := eventlog.Read(s.t.Context(), s.db, position-1, 1, eventlog.Filter{})
	s.must(err)
	return events[0]
}

func TestListNarrows(t *testing.T) {
	s := newSite(t)
	s.told()
	third := s.at(3)
	for query, want := range map[string][]int64{
		"&kind=house":                 {6, 5, 4, 3, 2, 1},
		"&kind=boat":                  nil,
		"&correlation_id=c":           {6, 5, 4, 3, 2, 1},
		"&correlation_id=d":           nil,
		"&actor_id=" + org.String():   nil,
		"&subject=" + third.Subject(): {3},
		"&from=" + url.QueryEscape(third.Time.Format(time.RFC3339Nano)): {6, 5, 4, 3},
		"&to=" + url.QueryEscape(third.Time.Format(time.RFC3339Nano)):   {2, 1},
	} {
		if got, _ := s.list("operator", "?all=true"+query); !cmp.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
}

func TestAnEventIsShownWithWhatHappenedAroundIt(t *testing.T) {
	s := newSite(t)
	s.told()
	first := s.at(1)
	second := first
	second.ID, second.Version, second.Data = ident.New(), 2, []byte(`{}`)
	s.commit(second)
	s.happened(org, mine, "house.opened.v1", `{}`)

	for who, want := range map[string]struct{ timeline, related int }{"ann": {2, 3}, "owner": {2, 4}, "operator": {2, 6}} {
		answer := s.get(who, "/api/v1/events/"+first.ID.String())
		var d EventDetails
		s.must(json.NewDecoder(answer.Body).Decode(&d))
		if d.Event.ID != first.ID || len(d.Timeline) != want.timeline || d.Timeline[1].Version != 2 || len(d.Related) != want.related {
			t.Errorf("%s: %d, %d, %+v", who, len(d.Timeline), len(d.Related), d.Event)
		}
	}
	for who, id := range map[string]ident.ID{"ann": s.at(4).ID, "operator": ident.New()} {
		if answer := s.get(who, "/api/v1/events/"+id.String()); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", who, answer.StatusCode)
		}
	}
}

func TestStatistics(t *testing.T) {
	s := newSite(t)
	s.told()
	for query, want := range map[string]int64{"": 3, "?type=nothing.v1": 0, "?to=2020-01-01T00:00:00Z": 0} {
		var page httpx.Page[EventCount]
		s.must(json.NewDecoder(s.get("ann", "/api/v1/events/statistics"+query).Body).Decode(&page))
		var sum int64
		for _, c := range page.Items {
			sum += c.Events
		}
		if sum != want {
			t.Errorf("%s: %+v", query, page.Items)
		}
	}
	if answer := s.get("ann", "/api/v1/events/statistics?from=2020-01-01T00:00:00Z"); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Error(answer.StatusCode)
	}
}

func TestWhoCausedEvents(t *testing.T) {
	s := newSite(t)
	s.told() // three that ann sees, of six, all caused by Stoa itself
	for n, by := range map[ident.ID]int{somebody: 5, ident.New(): 1} {
		for range by {
			s.commit(eventlog.Event{
				ID: ident.New(), Type: "house.opened.v1", Time: clock.System(), AggregateKind: "house", AggregateID: ident.New(), Version: 1,
				OrganizationID: org, ProjectID: mine, ActorKind: "user", ActorID: n, CorrelationID: "c", Data: []byte(`{}`),
			})
		}
	}
	type line struct {
		Kind, Name string
		Events     int64
	}
	for query, want := range map[string][]line{
		"ann?":                              {{"user", "Ada", 5}, {"system", "", 3}, {"user", "", 1}},
		"operator?all=true":                 {{"system", "", 6}, {"user", "Ada", 5}, {"user", "", 1}},
		"ann?actor_id=" + somebody.String(): {{"user", "Ada", 5}},
		"ann?to=2020-01-01T00:00:00Z":       nil,
	} {
		who, query, _ := strings.Cut(query, "?")
		var page httpx.Page[EventActor]
		s.must(json.NewDecoder(s.get(who, "/api/v1/events/actors?"+query).Body).Decode(&page))
		var got []line
		for _, a := range page.Items {
			got = append(got, line{a.ActorKind, a.ActorName, a.Events})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %s: %s", who, query, diff)
		}
	}
	if answer := s.get("ann", "/api/v1/events/actors?from=2020-01-01T00:00:00Z"); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Error(answer.StatusCode)
	}
}

func TestExport(t *testing.T) {
	s := newSite(t)
	s.told()
	viewer := ann
	viewer.Projects = map[ident.ID]command.Membership{mine: {Organization: org, Role: "viewer"}}
	s.set("viewer", viewer)
	for _, c := range []struct {
		who, query string
		want       []int64
	}{
		{"ann", "", []int64{1, 6}}, // not what is her organization's own, of which she is but a member
		{"owner", "", []int64{1, 2, 3, 6}},
		{"owner", "&after=1&limit=2", []int64{2, 3}},
		{"operator", "&all=true", []int64{1, 2, 3, 4, 5, 6}},
	} {
		var events []CloudEvent
		s.must(json.NewDecoder(s.get(c.who, "/api/v1/events/export?format=json"+c.query).Body).Decode(&events))
		var got, rows []int64
		for _, e := range events {
			got = append(got, e.Position)
		}
		table, err := csv.NewReader(s.get(c.who, "/api/v1/events/export?format=csv"+c.query).Body).ReadAll()
		s.must(err)
		for _, row := range table[1:] {
			var position int64
			_, err := fmt.Sscan(row[0], &position)
			s.must(err)
			rows = append(rows, position)
		}
		if !cmp.Equal(got, c.want) || !cmp.Equal(rows, c.want) {
			t.Errorf("%s %s: %v, %v, want %v", c.who, c.query, got, rows, c.want)
		}
	}
	if answer := s.get("owner", "/api/v1/events/export?type=a%00b"); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("what no text can hold: %d", answer.StatusCode)
	}
	viewer.Projects = map[ident.ID]command.Membership{mine: {Organization: org, Role: "viewer"}, hers: {Organization: org, Role: "manager"}}
	s.set("manager of hers", viewer)
	if answer := s.get("manager of hers", "/api/v1/events/export?project_id="+mine.String()); answer.StatusCode != http.StatusForbidden {
		t.Errorf("who views one project and manages another exports the one: %d", answer.StatusCode)
	}
	for _, path := range []string{"", "?project_id=" + mine.String()} {
		if answer := s.get("viewer", "/api/v1/events/export"+path); answer.StatusCode != http.StatusForbidden {
			t.Errorf("a viewer exports: %d", answer.StatusCode)
		}
	}
}
