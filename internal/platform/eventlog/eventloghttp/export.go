package eventloghttp

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

const exportPage = 500 // events per query

// operates tells whether the caller looks after the whole installation.
func (s *Slice) operates(a command.Actor) bool {
	return a.Kind == command.System || a.OnlyProject.IsZero() && slices.Contains(a.Platform, s.cfg.Operator)
}

// exportable is filter for those who answer for what they take away: less than what
// they see, where they are but members.
func (s *Slice) exportable(actor command.Actor, in Choice) (eventlog.Filter, error) {
	f, err := s.filter(actor, in)
	if err != nil || f.Scope == nil {
		return f, err
	}
	f.Scope.Projects = nil
	for id, m := range actor.Projects {
		if slices.Contains(s.cfg.Manage, m.Role) {
			f.Scope.Projects = append(f.Scope.Projects, id)
		}
	}
	f.Scope.Organizations = f.Scope.Whole
	asked, member := actor.Projects[f.ProjectID]
	only := member && !slices.Contains(s.cfg.Manage, asked.Role) && !slices.Contains(f.Scope.Whole, asked.Organization)
	if only || len(f.Scope.Projects)+len(f.Scope.Whole) == 0 {
		return f, fault.New(fault.Denied, "event.export_denied", "Events are exported by managers of projects, by owners and admins of organizations, and by operators.")
	}
	return f, nil
}

type exportInput struct {
	ChoiceInput
	Format string `query:"format" enum:"csv,json" default:"json"`
	After  int64  `query:"after" minimum:"0" doc:"Begin after this position of the log."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100000" default:"10000" doc:"At most so many events."`
}

func (s *Slice) getExport(ctx context.Context, in *exportInput) (httpx.Serve, error) {
	choice := in.choice()
	choice.After, choice.Limit = in.After, in.Limit
	begun, err := s.export(ctx, choice)
	if err != nil {
		return nil, err
	}
	return func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Disposition", `attachment; filename="events.`+in.Format+`"`)
		buffered := bufio.NewWriterSize(w, 64<<10)
		var out sink = &jsonSink{w: buffered}
		header.Set("Content-Type", "application/json")
		if in.Format == "csv" {
			header.Set("Content-Type", "text/csv; charset=utf-8")
			out = &csvSink{csv.NewWriter(buffered)}
		}
		err := s.copyEvents(r.Context(), out, begun, in.Limit)
		if err == nil {
			err = buffered.Flush()
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the answer has begun: only a broken connection tells that it is not whole
		}
	}, nil
}

// sink is a format to which events are written one by one.
type sink interface {
	begin() error
	write(e eventlog.Event) error
	end() error
}

// taken is the beginning of an export. It is read before the answer begins, so that a refusal is a problem.
type taken struct {
	filter  eventlog.Filter
	events  []eventlog.Event
	through int64 // the position up to which they were looked for
}

func (s *Slice) take(ctx context.Context, q command.Query, in Choice) (t taken, err error) {
	if t.filter, err = s.exportable(q.Actor, in); err == nil {
		t.events, t.through, err = eventlog.Read(ctx, q, in.After, min(in.Limit, exportPage), t.filter)
	}
	return t, err
}

// copyEvents writes what was taken and the events behind it, at most so many.
func (s *Slice) copyEvents(ctx context.Context, out sink, t taken, most int) error {
	if err := out.begin(); err != nil {
		return err
	}
	events, through := t.events, t.through
	for {
		for _, e := range events {
			if err := out.write(e); err != nil {
				return err
			}
		}
		full := len(events) == min(most, exportPage)
		if most -= len(events); most == 0 || !full {
			return out.end()
		}
		var err error
		if events, through, err = eventlog.Read(ctx, s.db, through, min(most, exportPage), t.filter); err != nil {
			return err
		}
	}
}

type jsonSink struct {
	w       io.Writer
	started bool
}

func (s *jsonSink) begin() error { return s.say("[") }

func (s *jsonSink) say(text string) error {
	_, err := io.WriteString(s.w, text)
	return err
}

func (s *jsonSink) write(e eventlog.Event) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	before := "\n"
	if s.started {
		before = ",\n"
	}
	s.started = true
	return s.say(before + string(text))
}

func (s *jsonSink) end() error { return s.say("\n]\n") }

type csvSink struct{ w *csv.Writer }

func (s *csvSink) begin() error {
	return s.w.Write([]string{
		"position", "id", "time", "type", "subject", "version", "organization", "project", "actor_kind", "actor", "correlation", "causation", "data",
	})
}

func (s *csvSink) write(e eventlog.Event) error {
	id := func(id ident.ID) string {
		text, _ := id.MarshalText() // the zero id is no text
		return string(text)
	}
	return s.w.Write([]string{
		strconv.FormatInt(e.Position, 10), e.ID.String(), e.Time.UTC().Format(time.RFC3339Nano), e.Type, e.Subject(), strconv.FormatInt(e.Version, 10),
		id(e.OrganizationID), id(e.ProjectID), e.ActorKind, id(e.ActorID), harmless(e.CorrelationID), id(e.CausationID), string(e.Data),
	})
}

// harmless keeps a spreadsheet from taking a caller's text for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func (s *csvSink) end() error {
	s.w.Flush()
	return s.w.Error()
}
