package eventloghttp

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

var (
	org, other         = ident.New(), ident.New()
	somebody           = ident.New()
	mine, hers, theirs = ident.New(), ident.New(), ident.New()
	ann                = command.Actor{Kind: command.User, ID: ident.New(), Organizations: map[ident.ID]permission.Role{org: "member"}, Projects: map[ident.ID]command.Membership{mine: {Organization: org, Role: "manager"}}}
	owner              = command.Actor{Kind: command.User, ID: ident.New(), Organizations: map[ident.ID]permission.Role{org: "owner"}}
	operator           = command.Actor{Kind: command.User, ID: ident.New(), Platform: []permission.Role{"operator"}}
)

// told commits six events: 1 mine, 2 hers (same organization), 3 the organization's
// own, 4 another organization's project, 5 of the platform, 6 mine again.
func (s *site) told() {
	s.set("ann", ann)
	s.set("owner", owner)
	s.set("operator", operator)
	for _, e := range []struct{ organization, project ident.ID }{{org, mine}, {org, hers}, {org, ident.ID{}}, {other, theirs}, {}, {org, mine}} {
		s.happened(e.organization, e.project, "house.opened.v1", `{"doors":1}`)
	}
}

func TestListShowsWhatIsVisible(t *testing.T) {
	s := newSite(t)
	s.told()
	for _, c := range []struct {
		token, query string
		want         []int64
	}{
		{"ann", "", []int64{6, 3, 1}},
		{"ann", "?project_id=" + mine.String(), []int64{6, 1}},
		{"ann", "?project_id=" + hers.String(), nil},
		{"ann", "?project_id=" + theirs.String(), nil},
		{"ann", "?type=nothing.v1", nil},
		{"owner", "", []int64{6, 3, 2, 1}},
		{"owner", "?project_id=" + hers.String(), []int64{2}},
		{"operator", "", nil},
		{"operator", "?all=true", []int64{6, 5, 4, 3, 2, 1}},
	} {
		got, next := s.list(c.token, c.query)
		if diff := cmp.Diff(c.want, got); diff != "" || next != "" {
			t.Errorf("%s %s: %s%s", c.token, c.query, diff, next)
		}
	}
	var all []int64
	for cursor := ""; ; {
		page, next := s.list("operator", "?all=true&limit=2"+cursor)
		all = append(all, page...)
		if next == "" {
			break
		}
		cursor = "&cursor=" + next
	}
	if diff := cmp.Diff([]int64{6, 5, 4, 3, 2, 1}, all); diff != "" {
		t.Error(diff)
	}
	bound := ann
	bound.OnlyProject = mine
	s.set("bound", bound)
	if got, _ := s.list("bound", ""); !cmp.Equal(got, []int64{6, 1}) {
		t.Errorf("a token of one project sees %v", got)
	}
}

func TestRefusals(t *testing.T) {
	s := newSite(t)
	s.told()
	bound := operator
	bound.OnlyProject = mine
	s.set("bound", bound)
	for _, c := range []struct {
		token, path string
		want        int
	}{
		{"nobody", "/api/v1/events", 401},
		{"nobody", "/api/v1/events/stream", 401},
		{"nobody", "/api/v1/events/types", 401},
		{"ann", "/api/v1/events?all=true", 403},
		{"ann", "/api/v1/events/stream?all=true", 403},
		{"bound", "/api/v1/events?all=true", 403},
		{"bound", "/api/v1/events?project_id=" + hers.String(), 403},
		{"ann", "/api/v1/events?subject=nonsense", 422},
		{"ann", "/api/v1/events?cursor=nonsense", 422},
		{"ann", "/api/v1/events/stream?last_event_id=-4", 422},
		{"ann", "/api/v1/events/types/no.such.v1", 404},
	} {
		if answer := s.get(c.token, c.path); answer.StatusCode != c.want {
			t.Errorf("%s %s: %d, want %d", c.token, c.path, answer.StatusCode, c.want)
		}
	}
}

func TestStreamResumesAndGoesOn(t *testing.T) {
	s := newSite(t)
	s.told()
	f := s.follow("ann", "", "Last-Event-ID", "1")
	for _, want := range []string{"3", "6"} {
		if id, event := f.next(); id != want || event != "house.opened.v1" {
			t.Fatalf("got %s %s, want %s", id, event, want)
		}
	}
	s.happened(org, hers, "house.opened.v1", `{}`)
	s.happened(org, mine, "house.opened.v1", `{}`)
	if id, _ := f.next(); id != "8" {
		t.Errorf("got %s, want 8", id)
	}
	now := s.follow("operator", "?all=true&type=house.closed.v1&type=house.sold.v1")
	s.happened(org, mine, "house.opened.v1", `{}`)
	s.happened(org, mine, "house.sold.v1", `{}`)
	if id, event := now.next(); id != "10" || event != "house.sold.v1" {
		t.Errorf("got %s %s, want 10", id, event)
	}
	all := s.follow("operator", "?all=true&last_event_id=0")
	for i := range 10 {
		if id, _ := all.next(); id != fmt.Sprint(i+1) {
			t.Errorf("got %s, want %d", id, i+1)
		}
	}
}

func TestAStreamFollowsItsReadersMemberships(t *testing.T) {
	s := newSite(t)
	s.told()
	f := s.follow("ann", "")
	joined := ann
	joined.Projects = map[ident.ID]command.Membership{mine: {Organization: org}, theirs: {Organization: other}}
	s.set("ann", joined)
	s.happened(other, theirs, "house.opened.v1", `{}`) // 7: nobody told the stream yet
	s.happened(other, theirs, "project.member_set.v1", `{"user_id":"`+ann.ID.String()+`"}`)
	s.happened(other, theirs, "house.opened.v1", `{}`)
	for _, want := range []string{"8", "9"} {
		if id, event := f.next(); id != want {
			t.Fatalf("got %s %s, want %s", id, event, want)
		}
	}
	s.mu.Lock()
	delete(s.people, "ann") // signed out
	s.mu.Unlock()
	s.happened(org, mine, "project.member_set.v1", `{"user_id":"`+ann.ID.String()+`"}`)
	if id, event := f.next(); id != "" || event != io.EOF.Error() {
		t.Errorf("the stream went on: %s %s", id, event)
	}
}

func TestAStreamIsAuthenticatedAgainInTime(t *testing.T) {
	s := newSite(t)
	s.told()
	f := &follower{Slice: &Slice{cfg: Config{Tail: s.tail, Authenticator: s, Recheck: time.Millisecond}}, request: httptest.NewRequest(http.MethodGet, "/", nil)}
	if err := f.run(t.Context(), nil); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("want the authenticator's refusal, got %v", err)
	}
}

func TestAClientAheadOfTheLogIsReset(t *testing.T) {
	s := newSite(t)
	s.told()
	f := s.follow("ann", "", "Last-Event-ID", "1000")
	if id, event := f.next(); id != "6" || event != "reset" {
		t.Errorf("got %s %s", id, event)
	}
	s.happened(org, mine, "house.opened.v1", `{}`)
	if id, _ := f.next(); id != "7" {
		t.Errorf("got %s, want 7", id)
	}
}

func TestTypesHaveSchemas(t *testing.T) {
	s := newSite(t)
	s.told()
	body, err := io.ReadAll(s.get("ann", "/api/v1/events/types").Body)
	s.must(err)
	if diff := cmp.Diff(`{"items":[{"name":"house.opened.v1","version":1,"emitter":"eventloghttp"}]}`, strings.TrimSpace(string(body))); diff != "" {
		t.Error(diff)
	}
	var got, want any
	s.must(json.NewDecoder(s.get("ann", "/api/v1/events/types/house.opened.v1").Body).Decode(&got))
	s.must(json.Unmarshal([]byte(`{"name":"house.opened.v1","version":1,"emitter":"eventloghttp","retention":"forever",
		"example":{"doors":1,"house_id":"018f9c2e-7d1a-7cc3-8d53-0f7b6f1b2a01"},"schema":{
		"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"/api/v1/events/types/house.opened.v1","title":"house.opened.v1",
		"type":"object","required":["doors","house_id"],
		"properties":{"doors":{"type":"integer","format":"int64"},"house_id":{"type":"string","format":"uuid"}}}}`), &want))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestTheContractsEventIsTheEvent: the DTO exists for its schema only.
func TestTheContractsEventIsTheEvent(t *testing.T) {
	e := eventlog.Event{
		ID: ident.New(), Type: "a.b.v1", Time: clock.System(), AggregateKind: "a", AggregateID: ident.New(), Version: 3, Position: 9,
		OrganizationID: org, ProjectID: mine, ActorKind: "user", ActorID: ann.ID, CorrelationID: "c", CausationID: ident.New(), Data: []byte(`{"x":1}`),
	}
	for _, e := range []eventlog.Event{e, {Data: []byte(`{}`)}} {
		want, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(cloudEvent(e))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Error(diff)
		}
	}
}
