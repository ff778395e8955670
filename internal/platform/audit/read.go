package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Filter chooses records. Every field that is set narrows it.
type Filter struct {
	Within         []ident.ID // nil: no narrowing; else only of these organizations, with their projects
	ActorID        ident.ID
	Action         string // "execution.cancel", or a group: "execution.*"
	TargetKind     string
	TargetID       ident.ID
	OrganizationID ident.ID
	ProjectID      ident.ID
	Outcome        Outcome
	CorrelationID  string
	From, To       time.Time // when it was done: from the first on, before the second
}

// idSlack is how much later than its record's time an id can have been made: no
// transaction lasts so long.
const idSlack = time.Hour

// where writes the filter as SQL.
func (f Filter) where(args []any) (string, []any) {
	c := pg.Conditions{Args: args}
	for _, by := range []struct {
		column string
		id     ident.ID
	}{{"actor_id", f.ActorID}, {"target_id", f.TargetID}, {"organization_id", f.OrganizationID}, {"project_id", f.ProjectID}} {
		if !by.id.IsZero() {
			c.And(by.column+` = $%d`, by.id)
		}
	}
	for _, by := range []struct{ column, text string }{
		{"target_kind", f.TargetKind}, {"outcome", string(f.Outcome)}, {"correlation_id", f.CorrelationID},
	} {
		if by.text != "" {
			c.And(by.column+` = $%d`, by.text)
		}
	}
	if f.Within != nil {
		c.And(`organization_id = ANY($%d)`, f.Within)
	}
	if group, is := strings.CutSuffix(f.Action, "*"); is {
		c.And(`starts_with(action, $%d)`, group)
	} else if f.Action != "" {
		c.And(`action = $%d`, f.Action)
	}
	// Ids are made in the order of time, within the transaction that began at the
	// record's time: their bounds let the planner skip whole months.
	if !f.From.IsZero() {
		c.And(`time >= $%d AND id >= $%d`, f.From, ident.FloorAt(f.From.Add(-time.Second)))
	}
	if !f.To.IsZero() {
		c.And(`time < $%d AND id < $%d`, f.To, ident.FloorAt(f.To.Add(idSlack)))
	}
	return c.String(), c.Args
}

const (
	columns = `id, time, actor_kind, actor_id, credential_id, action, outcome, code, target_kind, target_id,
	organization_id, project_id, correlation_id, remote_address, detail`
	readForward  = `SELECT ` + columns + ` FROM audit WHERE ($1::uuid IS NULL OR id > $1)%s ORDER BY id LIMIT $2`
	readBackward = `SELECT ` + columns + ` FROM audit WHERE ($1::uuid IS NULL OR id < $1)%s ORDER BY id DESC LIMIT $2`
)

// ReadBefore gives the chosen records before one, newest first. The zero id means
// the trail's end.
func ReadBefore(ctx context.Context, q pg.Querier, before ident.ID, limit int, f Filter) ([]Record, error) {
	return read(ctx, q, readBackward, before, limit, f)
}

// ReadAfter gives the chosen records after one, oldest first. The zero id means the
// trail's beginning.
func ReadAfter(ctx context.Context, q pg.Querier, after ident.ID, limit int, f Filter) ([]Record, error) {
	return read(ctx, q, readForward, after, limit, f)
}

func read(ctx context.Context, q pg.Querier, sql string, from ident.ID, limit int, f Filter) ([]Record, error) {
	where, args := f.where([]any{from, limit})
	records, err := pg.All[Record](ctx, q, fmt.Sprintf(sql, where), args...)
	if err != nil {
		return nil, fmt.Errorf("read the audit trail: %w", err)
	}
	return records, nil
}
