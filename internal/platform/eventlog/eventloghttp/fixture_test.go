package eventloghttp

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

type deaf struct{}

func (deaf) Publish(string, []byte) error { return bus.ErrAway }
func (deaf) Subscribe(string, func(bus.Message), ...bus.Option) (bus.Subscription, error) {
	return nil, bus.ErrAway
}
func (deaf) Request(context.Context, string, []byte) ([]byte, error) { return nil, bus.ErrAway }

type opened struct {
	Doors  int      `json:"doors"`
	HouseN ident.ID `json:"house_id"`
}

func (opened) EventType() string { return "house.opened.v1" }

// site is a running edge on a database of its own, with people who can be changed.
type site struct {
	t     *testing.T
	db    *pg.DB
	hints *eventlog.Hints
	tail  *eventlog.Tail
	url   string

	mu     sync.Mutex
	people map[string]command.Actor // by token
}

func (s *site) Authenticate(_ context.Context, r *http.Request) (command.Actor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if actor, known := s.people[token]; known {
		return actor, nil
	}
	return command.Actor{Kind: command.Anonymous}, fault.New(fault.Unauthenticated, "unauthenticated", "Who are you?")
}

func (s *site) set(token string, actor command.Actor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people[token] = actor
}

var quiet = slog.New(slog.DiscardHandler)

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, db: pgtest.Clone(t), people: map[string]command.Actor{}}
	s.hints = eventlog.NewHints(deaf{}, quiet)
	s.tail = eventlog.NewTail(s.db, s.hints, quiet)
	sequencer := eventlog.NewSequencer(s.db, s.hints, quiet)
	ctx, cancel := context.WithCancel(context.Background())
	var loops sync.WaitGroup
	loops.Go(func() { _ = sequencer.Lead(ctx, 1) })
	loops.Go(func() { _ = s.tail.Run(ctx) })
	t.Cleanup(func() { cancel(); loops.Wait() })

	runner := &command.Runner{DB: s.db, Clock: clock.System, NewID: ident.New, Log: quiet, Table: permission.Table{
		"event.list": {permission.Authenticated}, "event.stream": {permission.Authenticated},
		"event.get": {permission.Authenticated}, "event.statistics": {permission.Authenticated}, "event.actors": {permission.Authenticated}, "event.export": {permission.Authenticated},
		"event.types": {permission.Authenticated}, "event.type": {permission.Authenticated},
	}}
	catalogue, err := eventlog.NewCatalogue(opened{})
	s.must(err)
	slice, err := New(runner, Config{
		Tail: s.tail, Catalogue: catalogue, Authenticator: s,
		Operator: "operator", Whole: []permission.Role{"owner"}, Manage: []permission.Role{"manager"}, Access: []string{"project.member_set.v1"},
		Names: func(context.Context, pg.Querier, []ident.ID) (map[ident.ID]string, error) {
			return map[ident.ID]string{somebody: "Ada"}, nil
		},
	})
	s.must(err)
	edge, err := httpx.New(httpx.Config{Log: quiet, Authenticator: s})
	s.must(err)
	Register(edge.API(), slice)
	server := httptest.NewServer(edge.Handler())
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// happened commits an event and returns when the log has it.
func (s *site) happened(organization, project ident.ID, name string, data string) {
	s.t.Helper()
	e := eventlog.Event{
		ID: ident.New(), Type: name, Time: clock.System(), AggregateKind: "house", AggregateID: ident.New(), Version: 1,
		OrganizationID: organization, ProjectID: project, ActorKind: "system", CorrelationID: "c", Data: []byte(data),
	}
	s.commit(e)
}

// commit returns when the event is in the log.
func (s *site) commit(e eventlog.Event) {
	s.t.Helper()
	before := s.tail.Head()
	s.must(s.db.InTx(s.t.Context(), func(_ context.Context, tx *pg.Tx) error { eventlog.Append(tx, e); return nil }))
	s.hints.Committed([]eventlog.Event{e})
	for {
		grown, cancel := s.tail.Grown()
		if s.tail.Head() > before {
			cancel()
			return
		}
		<-grown
		cancel()
	}
}

func (s *site) get(token, path string, headers ...string) *http.Response {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	s.must(err)
	r.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	s.must(err)
	s.t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// list gives the positions of a page, and its cursor.
func (s *site) list(token, query string) (positions []int64, next string) {
	s.t.Helper()
	answer := s.get(token, "/api/v1/events"+query)
	var page httpx.Page[CloudEvent]
	s.must(json.NewDecoder(answer.Body).Decode(&page))
	if answer.StatusCode != http.StatusOK {
		s.t.Fatalf("status %d", answer.StatusCode)
	}
	for _, e := range page.Items {
		positions = append(positions, e.Position)
	}
	return positions, page.NextCursor
}

// frames reads a stream frame by frame: "id event", or "id event data" for other events than ours.
type frames struct {
	*bufio.Reader
	t *testing.T
}

func (f frames) next() (id, event string) {
	f.t.Helper()
	for {
		line, err := f.ReadString('\n')
		if err != nil {
			return "", err.Error()
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			event = value
		case "":
			if event != "" {
				return id, event
			}
		}
	}
}

func (s *site) follow(token, query string, headers ...string) frames {
	s.t.Helper()
	answer := s.get(token, "/api/v1/events/stream"+query, headers...)
	if answer.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(answer.Body)
		s.t.Fatalf("status %d: %s", answer.StatusCode, body)
	}
	return frames{bufio.NewReader(answer.Body), s.t}
}
