// Package audit records which person or service account did what to what, in
// the same transaction as the deed; a refusal is recorded on its own. Records
// hold ids, never names or content, and the database refuses to change them.
package audit

import (
	"encoding/json"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// Outcome says whether the deed was done.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"
	Refused Outcome = "refused"
)

// Record is one line of the audit trail.
type Record struct {
	ID             ident.ID        `db:"id"`
	Time           time.Time       `db:"time"`
	ActorKind      string          `db:"actor_kind"`
	ActorID        ident.ID        `db:"actor_id"`
	CredentialID   ident.ID        `db:"credential_id"`
	Action         string          `db:"action"` // the command's name
	Outcome        Outcome         `db:"outcome"`
	Code           string          `db:"code"` // the fault's code, when refused
	TargetKind     string          `db:"target_kind"`
	TargetID       ident.ID        `db:"target_id"`
	OrganizationID ident.ID        `db:"organization_id"`
	ProjectID      ident.ID        `db:"project_id"`
	CorrelationID  string          `db:"correlation_id"`
	RemoteAddress  string          `db:"remote_address"`
	Detail         json.RawMessage `db:"detail"`
}

// Insert is the statement that stores a record; Args are its arguments.
const Insert = `
INSERT INTO audit (id, time, actor_kind, actor_id, credential_id, action, outcome, code, target_kind, target_id,
                   organization_id, project_id, correlation_id, remote_address, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, coalesce($15::jsonb, '{}'))`

// Args are the arguments of Insert, in order.
func (r Record) Args() []any {
	var detail any
	if len(r.Detail) > 0 {
		detail = r.Detail
	}
	return []any{
		r.ID, r.Time, r.ActorKind, r.ActorID, r.CredentialID, r.Action, string(r.Outcome), r.Code, r.TargetKind, r.TargetID,
		r.OrganizationID, r.ProjectID, r.CorrelationID, r.RemoteAddress, detail,
	}
}
