package audithttp

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/audit"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

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
	return httpx.Export[audit.Record]{
		Name: "audit",
		Titles: []string{
			"id", "time", "actor_kind", "actor", "credential", "action", "outcome", "code", "target_kind", "target",
			"organization", "project", "correlation", "remote_address", "detail",
		},
		Cells: func(r audit.Record) []any {
			return []any{
				r.ID, r.Time, r.ActorKind, r.ActorID, r.CredentialID, r.Action, r.Outcome, r.Code,
				r.TargetKind, r.TargetID, r.OrganizationID, r.ProjectID, r.CorrelationID, r.RemoteAddress, string(r.Detail),
			}
		},
		JSON: func(r audit.Record) any { return present(r, nil) },
		Next: func(ctx context.Context, last audit.Record, most int) ([]audit.Record, error) {
			return audit.ReadAfter(ctx, s.db, last.ID, most, begun.filter)
		},
	}.File(in.Format, begun.records, in.Limit), nil
}

// taken is the beginning of an export.
type taken struct {
	filter  audit.Filter
	records []audit.Record
}

func (s *Slice) take(ctx context.Context, q command.Query, in Choice) (t taken, err error) {
	if t.filter, err = s.visible(q.Actor, in); err == nil {
		t.records, err = audit.ReadAfter(ctx, q, in.After, min(in.Limit, httpx.ExportPage), t.filter)
	}
	return t, err
}
