package tenancy

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// SeatInProjectByRule is SeatByRule for a project. Only members of its organization work in
// it: who is none, whatever rules say, gets no role here.
func SeatInProjectByRule(ctx context.Context, tx *command.Tx, project, user ident.ID, role, before permission.Role) (held bool, err error) {
	at, err := LocateProject(ctx, tx, project)
	if err != nil {
		return false, err
	}
	seat, err := projectSeat(ctx, tx, project, user)
	if err != nil {
		return false, err
	}
	if seat.Role == role {
		return before == role, nil
	}
	version, err := lockProject(ctx, tx, project)
	if err != nil {
		return false, err
	}
	belongs, err := lockSeat(ctx, tx, at.Organization, user)
	if err != nil || !belongs {
		return false, err
	}
	if seat, err = projectSeat(ctx, tx, project, user); err != nil {
		return false, err
	}
	if seat.Role != "" && seat.Role != before {
		return false, nil
	}
	joined := seat.JoinedAt
	if joined.IsZero() {
		joined = tx.Now
	}
	if _, err := tx.Exec(ctx, upsertProjectMember, project, at.Organization, user, role, joined); err != nil {
		return false, fmt.Errorf("store membership: %w", err)
	}
	emitIn(tx, command.Scope{Organization: at.Organization, Project: project}, projectAt(project, version),
		ProjectMemberSet{UserID: user, Role: role, Before: seat.Role})
	return true, nil
}

// UnseatInProjectByRule ends what SeatInProjectByRule gave, unless somebody changed it by hand since.
func UnseatInProjectByRule(ctx context.Context, tx *command.Tx, project, user ident.ID, before permission.Role) error {
	at, err := LocateProject(ctx, tx, project)
	if err != nil {
		return err
	}
	seat, err := projectSeat(ctx, tx, project, user)
	if err != nil || seat.Role != before {
		return err
	}
	version, err := lockProject(ctx, tx, project)
	if err != nil {
		return err
	}
	if seat, err = projectSeat(ctx, tx, project, user); err != nil || seat.Role != before {
		return err
	}
	if _, err := tx.Exec(ctx, deleteProjectMember, project, user); err != nil {
		return fmt.Errorf("remove member: %w", err)
	}
	emitIn(tx, command.Scope{Organization: at.Organization, Project: project}, projectAt(project, version),
		ProjectMemberRemoved{UserID: user, Role: before})
	return nil
}
