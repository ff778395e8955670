package audithttp

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/audit"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Register mounts the trail's operations.
func Register(api huma.API, s *Slice) {
	const tag = "Audit"
	list := httpx.Operation("audit.list", http.MethodGet, "/api/v1/audit", "List who did what, newest first", tag)
	list.Description = "Owners and admins see what was done in their organizations; operators see everything with all."
	huma.Register(api, list, s.getList)
	export := httpx.InGroup(httpx.RateAdmin, httpx.Operation("audit.export", http.MethodGet, "/api/v1/audit/export", "Export who did what as CSV or JSON", tag))
	export.Description = "Oldest first. An export ends after limit records: go on with the last id as after. One that breaks off is cut, never wrongly closed."
	httpx.RegisterRaw(api, export, "text/csv, application/json", s.getExport)
}

// ChoiceInput is exported because the edge sees no parameters in embedded structs that are not.
type ChoiceInput struct {
	Actor        ident.ID  `query:"actor_id" doc:"Only what this user or service account did."`
	Action       string    `query:"action" maxLength:"100" doc:"Only this command, or a group of them." example:"execution.*"`
	Kind         string    `query:"kind" maxLength:"64" doc:"Only what was done to things of this kind." example:"execution"`
	Target       ident.ID  `query:"target_id" doc:"Only what was done to this."`
	Organization ident.ID  `query:"organization_id" doc:"Only in this organization."`
	Project      ident.ID  `query:"project_id" doc:"Only in this project."`
	Outcome      string    `query:"outcome" enum:"done,refused"`
	Correlation  string    `query:"correlation_id" maxLength:"128" doc:"Only by this request."`
	From         time.Time `query:"from" doc:"Only what was done at this time or later."`
	To           time.Time `query:"to" doc:"Only what was done before."`
	All          bool      `query:"all" doc:"Operators: what everybody did, everywhere."`
}

func (in ChoiceInput) choice() Choice {
	return Choice{All: in.All, Filter: audit.Filter{
		ActorID: in.Actor, Action: in.Action, TargetKind: in.Kind, TargetID: in.Target, OrganizationID: in.Organization, ProjectID: in.Project,
		Outcome: audit.Outcome(in.Outcome), CorrelationID: in.Correlation, From: in.From, To: in.To,
	}}
}

// AuditRecord is one line of the audit trail.
type AuditRecord struct {
	ID             ident.ID        `json:"id"`
	Time           time.Time       `json:"time"`
	ActorKind      string          `json:"actor_kind" enum:"anonymous,user,service_account"`
	ActorID        ident.ID        `json:"actor_id,omitzero"`
	ActorName      string          `json:"actor_name,omitempty" doc:"What they are called today; absent when they are gone. Not in exports."`
	CredentialID   ident.ID        `json:"credential_id,omitzero" doc:"The session or token that they used."`
	Action         string          `json:"action" example:"execution.cancel"`
	Outcome        string          `json:"outcome" enum:"done,refused"`
	Code           string          `json:"code,omitempty" doc:"Why, when it was refused." example:"denied"`
	TargetKind     string          `json:"target_kind,omitempty" example:"execution"`
	TargetID       ident.ID        `json:"target_id,omitzero"`
	OrganizationID ident.ID        `json:"organization_id,omitzero"`
	ProjectID      ident.ID        `json:"project_id,omitzero"`
	CorrelationID  string          `json:"correlation_id" doc:"Of the request; the events that it led to bear it too."`
	RemoteAddress  string          `json:"remote_address,omitempty"`
	Detail         json.RawMessage `json:"detail,omitempty" doc:"Ids and numbers that belong to it."`
}

func present(r audit.Record, names map[ident.ID]string) AuditRecord {
	shown := AuditRecord{
		ID: r.ID, Time: r.Time.UTC(), ActorKind: r.ActorKind, ActorID: r.ActorID, ActorName: names[r.ActorID], CredentialID: r.CredentialID,
		Action: r.Action, Outcome: string(r.Outcome), Code: r.Code, TargetKind: r.TargetKind, TargetID: r.TargetID,
		OrganizationID: r.OrganizationID, ProjectID: r.ProjectID, CorrelationID: r.CorrelationID, RemoteAddress: r.RemoteAddress,
	}
	if string(r.Detail) != "{}" {
		shown.Detail = r.Detail
	}
	return shown
}

type listCursor struct {
	Before ident.ID `json:"b"`
}

func (s *Slice) getList(ctx context.Context, in *struct {
	ChoiceInput
	httpx.Paging
},
) (*httpx.List[AuditRecord], error) {
	var cursor listCursor
	if err := httpx.DecodeCursor(in.Cursor, &cursor); err != nil {
		return nil, err
	}
	choice := in.choice()
	choice.Before, choice.Limit = cursor.Before, in.Limit+1
	found, err := s.list(ctx, choice)
	if err != nil {
		return nil, err
	}
	return httpx.Paged(found.records, in.Limit, func(last audit.Record) any { return listCursor{last.ID} }, func(r audit.Record) AuditRecord {
		return present(r, found.names)
	})
}
