package tenancy

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// RemoveProjectMember takes somebody out of a project. Members may remove themselves;
// owners and admins of the organization keep managing the project.
type RemoveProjectMember struct {
	ProjectID ident.ID
	UserID    ident.ID
}

const deleteProjectMember = `DELETE FROM project_member WHERE project_id = $1 AND user_id = $2`

func (desk) removeProjectMember(ctx context.Context, tx *command.Tx, c RemoveProjectMember) (struct{}, error) {
	var none struct{}
	version, err := lockProject(ctx, tx, c.ProjectID)
	if err != nil {
		return none, err
	}
	seat, err := projectSeat(ctx, tx, c.ProjectID, c.UserID)
	if err != nil {
		return none, err
	}
	if seat.Role == "" {
		return none, errNoMember()
	}
	if c.UserID != tx.Actor.ID {
		if err := mayGrant(tx, seat.Role); err != nil {
			return none, err
		}
	}
	if _, err := tx.Exec(ctx, deleteProjectMember, c.ProjectID, c.UserID); err != nil {
		return none, fmt.Errorf("remove member: %w", err)
	}
	tx.Emit(projectAt(c.ProjectID, version), ProjectMemberRemoved{UserID: c.UserID, Role: seat.Role})
	return none, nil
}
