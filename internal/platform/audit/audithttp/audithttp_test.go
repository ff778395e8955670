package audithttp

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/audit"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

var (
	org, other    = ident.New(), ident.New()
	project       = ident.New()
	ann, bob      = ident.New(), ident.New()
	house, barn   = ident.New(), ident.New()
	noon          = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	owner         = command.Actor{Kind: command.User, ID: ann, Organizations: map[ident.ID]permission.Role{org: "owner"}}
	member        = command.Actor{Kind: command.User, ID: bob, Organizations: map[ident.ID]permission.Role{org: "member"}}
	operator      = command.Actor{Kind: command.User, ID: ident.New(), Platform: []permission.Role{"operator"}}
	narrow, bound = owner, operator
)

type people map[string]command.Actor

func (p people) Authenticate(_ context.Context, r *http.Request) (command.Actor, error) {
	if actor, known := p[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]; known {
		return actor, nil
	}
	return command.Actor{Kind: command.Anonymous}, fault.New(fault.Unauthenticated, "unauthenticated", "Who are you?")
}

type site struct {
	t   *testing.T
	url string
}

// newSite has four records, told apart by their code: 1 by ann to the house at noon, 2 by
// bob to the barn refused, 3 by bob in another organization, 4 by nobody on the platform.
func newSite(t *testing.T) site {
	t.Helper()
	db := pgtest.Clone(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, r := range []audit.Record{
		{ActorKind: "user", ActorID: ann, Action: "house.open", Outcome: audit.Done, TargetKind: "house", TargetID: house, OrganizationID: org, ProjectID: project, CorrelationID: "=c"},
		{ActorKind: "user", ActorID: bob, Action: "barn.open", Outcome: audit.Refused, TargetKind: "barn", TargetID: barn, OrganizationID: org, CorrelationID: "d"},
		{ActorKind: "user", ActorID: bob, Action: "house.close", Outcome: audit.Done, OrganizationID: other, CorrelationID: "e"},
		{ActorKind: "anonymous", Action: "auth.sign_in", Outcome: audit.Refused, CorrelationID: "f", Detail: []byte(`{"n":1}`)},
	} {
		r.Time = noon.Add(time.Duration(i) * time.Hour)
		r.ID, r.Code = ident.FloorAt(r.Time), string(rune('1'+i))
		must(db.InTx(t.Context(), func(ctx context.Context, tx *pg.Tx) error {
			_, err := tx.Exec(ctx, audit.Insert, r.Args()...)
			return err
		}))
	}
	quiet := slog.New(slog.DiscardHandler)
	runner := &command.Runner{DB: db, Clock: clock.System, NewID: ident.New, Log: quiet, Table: permission.Table{
		"audit.list": {permission.Authenticated}, "audit.export": {permission.Authenticated},
	}}
	slice := New(runner, Config{Operator: "operator", Whole: []permission.Role{"owner"}, Names: func(context.Context, pg.Querier, []ident.ID) (map[ident.ID]string, error) {
		return map[ident.ID]string{ann: "Ann"}, nil
	}})
	narrow.OnlyProject, bound.OnlyProject = project, project
	who := people{"owner": owner, "member": member, "operator": operator, "narrow": narrow, "bound": bound}
	edge, err := httpx.New(httpx.Config{Log: quiet, Authenticator: who})
	must(err)
	Register(edge.API(), slice)
	server := httptest.NewServer(edge.Handler())
	t.Cleanup(server.Close)
	return site{t, server.URL}
}

func (s site) get(who, path string) (status int, body string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+"/api/v1/audit"+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+who)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

func (s site) list(who, query string) (codes, next string) {
	s.t.Helper()
	status, body := s.get(who, query)
	var page httpx.Page[AuditRecord]
	if err := json.Unmarshal([]byte(body), &page); err != nil || status != http.StatusOK {
		s.t.Fatalf("%s %s: %d %s", who, query, status, body)
	}
	for _, r := range page.Items {
		codes += r.Code
	}
	return codes, page.NextCursor
}

func TestListShowsWhatIsVisibleAndAskedFor(t *testing.T) {
	s := newSite(t)
	at := func(hour int) string {
		return url.QueryEscape(noon.Add(time.Duration(hour) * time.Hour).Format(time.RFC3339))
	}
	for query, want := range map[string]string{
		"":                                   "4321",
		"&actor_id=" + bob.String():          "32",
		"&action=house.open":                 "1",
		"&action=house.*":                    "31",
		"&kind=barn":                         "2",
		"&target_id=" + house.String():       "1",
		"&organization_id=" + other.String(): "3",
		"&project_id=" + project.String():    "1",
		"&outcome=refused":                   "42",
		"&correlation_id=d":                  "2",
		"&from=" + at(2):                     "43",
		"&to=" + at(2):                       "21",
	} {
		if got, _ := s.list("operator", "?all=true"+query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	for who, want := range map[string]string{"owner": "21", "narrow": "1"} {
		if got, _ := s.list(who, ""); got != want {
			t.Errorf("%s sees %s, want %s", who, got, want)
		}
	}
	_, next := s.list("operator", "?all=true&limit=3")
	if rest, end := s.list("operator", "?all=true&limit=3&cursor="+next); rest != "1" || end != "" {
		t.Errorf("the second page is %s, then %q", rest, end)
	}
	if _, body := s.get("owner", ""); !strings.Contains(body, `"actor_name":"Ann"`) {
		t.Error(body)
	}
}

func TestOthersAreRefused(t *testing.T) {
	s := newSite(t)
	for _, c := range [][2]string{
		{"member", ""},
		{"member", "/export"},
		{"operator", ""},
		{"owner", "?all=true"},
		{"owner", "?organization_id=" + other.String()},
		{"narrow", "?project_id=" + other.String()},
		{"bound", "?all=true"},
	} {
		if status, body := s.get(c[0], c[1]); status != http.StatusForbidden {
			t.Errorf("%s %s: %d %s", c[0], c[1], status, body)
		}
	}
}

func TestExport(t *testing.T) {
	s := newSite(t)
	_, text := s.get("operator", "/export?all=true&format=csv")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 5 {
		t.Fatalf("%v: %s", err, text)
	}
	want := []string{
		ident.FloorAt(noon).String(), "2026-03-01T12:00:00Z", "user", ann.String(), "", "house.open", "done", "1", "house", house.String(),
		org.String(), project.String(), "'=c", "", "{}",
	}
	if diff := cmp.Diff(want, rows[1]); diff != "" {
		t.Error(diff)
	}
	_, text = s.get("operator", "/export?all=true&limit=2&after="+rows[1][0])
	var records []AuditRecord
	if err := json.Unmarshal([]byte(text), &records); err != nil || len(records) != 2 || records[0].Code != "2" || records[1].Code != "3" {
		t.Errorf("%v: %s", err, text)
	}
	if _, text = s.get("operator", "/export?all=true&action=nothing"); text != "[]\n" {
		t.Errorf("nothing is %q", text)
	}
	if status, text := s.get("operator", "/export?all=true&action=a%00b"); status != http.StatusUnprocessableEntity {
		t.Errorf("what no text can hold: %d %s", status, text)
	}
}
