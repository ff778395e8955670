package audithttp

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/audit"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

const exportPage = 500 // records per query

type exportInput struct {
	ChoiceInput
	Format string   `query:"format" enum:"csv,json" default:"json"`
	After  ident.ID `query:"after" doc:"Begin after this record."`
	Limit  int      `query:"limit" minimum:"1" maximum:"100000" default:"10000" doc:"At most so many records."`
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
		header.Set("Content-Disposition", `attachment; filename="audit.`+in.Format+`"`)
		buffered := bufio.NewWriterSize(w, 64<<10)
		write, end := jsonTo(buffered)
		header.Set("Content-Type", "application/json")
		if in.Format == "csv" {
			header.Set("Content-Type", "text/csv; charset=utf-8")
			write, end = csvTo(buffered)
		}
		err := s.copyRecords(r.Context(), begun, in.Limit, write)
		if err == nil {
			err = end()
		}
		if err == nil {
			err = buffered.Flush()
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the answer has begun: only a broken connection tells that it is not whole
		}
	}, nil
}

// taken is the beginning of an export. It is read before the answer begins, so that a refusal is a problem.
type taken struct {
	filter  audit.Filter
	records []audit.Record
}

func (s *Slice) take(ctx context.Context, q command.Query, in Choice) (t taken, err error) {
	if t.filter, err = s.visible(q.Actor, in); err == nil {
		t.records, err = audit.ReadAfter(ctx, q, in.After, min(in.Limit, exportPage), t.filter)
	}
	return t, err
}

// copyRecords writes what was taken and the records behind it, at most so many.
func (s *Slice) copyRecords(ctx context.Context, t taken, most int, write func(audit.Record) error) error {
	records := t.records
	for {
		for _, r := range records {
			if err := write(r); err != nil {
				return err
			}
		}
		full := len(records) == min(most, exportPage)
		if most -= len(records); most == 0 || !full {
			return nil
		}
		var err error
		if records, err = audit.ReadAfter(ctx, s.db, records[len(records)-1].ID, min(most, exportPage), t.filter); err != nil {
			return err
		}
	}
}

func jsonTo(w io.Writer) (write func(audit.Record) error, end func() error) {
	before := "[\n"
	say := func(text string) error {
		_, err := io.WriteString(w, text)
		return err
	}
	write = func(r audit.Record) error {
		text, err := json.Marshal(present(r, nil))
		if err != nil {
			return err
		}
		lead := before
		before = ",\n"
		return say(lead + string(text))
	}
	return write, func() error {
		if before == "[\n" {
			return say("[]\n")
		}
		return say("\n]\n")
	}
}

func csvTo(w io.Writer) (write func(audit.Record) error, end func() error) {
	out := csv.NewWriter(w)
	titles := out.Write([]string{
		"id", "time", "actor_kind", "actor", "credential", "action", "outcome", "code", "target_kind", "target",
		"organization", "project", "correlation", "remote_address", "detail",
	})
	id := func(id ident.ID) string {
		text, _ := id.MarshalText() // the zero id is no text
		return string(text)
	}
	write = func(r audit.Record) error {
		if titles != nil {
			return titles
		}
		return out.Write([]string{
			r.ID.String(), r.Time.UTC().Format(time.RFC3339Nano), r.ActorKind, id(r.ActorID), id(r.CredentialID), r.Action, string(r.Outcome), r.Code,
			r.TargetKind, id(r.TargetID), id(r.OrganizationID), id(r.ProjectID), harmless(r.CorrelationID), r.RemoteAddress, string(r.Detail),
		})
	}
	return write, func() error {
		out.Flush()
		return out.Error()
	}
}

// harmless keeps a spreadsheet from taking a caller's text for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
