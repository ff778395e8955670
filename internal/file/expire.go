package file

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// expire removes a file that was uploaded, for the last time, before a time.
type expire struct {
	ID     ident.ID  `json:"id"`
	Before time.Time `json:"before"`
}

func (s *Slice) expireFile(ctx context.Context, tx *command.Tx, c expire) (struct{}, error) {
	found, err := lock(ctx, tx, c.ID)
	if err != nil || !found.UploadedAt.Before(c.Before) { // uploaded again meanwhile
		return struct{}{}, err
	}
	found.remove(tx)
	return struct{}{}, nil
}

// expireBatch is how many files are looked for at once.
const expireBatch = 100

// place is a project that has files.
type place struct {
	ProjectID      ident.ID `db:"project_id"`
	OrganizationID ident.ID `db:"organization_id"`
}

// Expire removes every file whose project keeps files for a time (file.retention_hours) that is over, and what
// uploads left that nobody goes on with.
func (s *Slice) Expire(ctx context.Context) error {
	now := s.runner.Clock()
	if _, err := s.runner.DB.Exec(ctx, dropForlorn, now.Add(-forlornAfter), now.Add(-keptFor)); err != nil {
		return fmt.Errorf("drop uploads that were broken off: %w", err)
	}
	places, err := pg.All[place](ctx, s.runner.DB, selectProjects)
	if err != nil {
		return fmt.Errorf("find projects with files: %w", err)
	}
	for _, at := range places {
		kept, err := s.limits.Int(ctx, s.runner.DB, "file.retention_hours", ident.ID{}, command.Scope{Organization: at.OrganizationID, Project: at.ProjectID})
		if err != nil {
			return fmt.Errorf("read how long files are kept: %w", err)
		}
		if kept.Int() == 0 { // for ever
			continue
		}
		before := s.runner.Clock().Add(-time.Duration(kept.Int()) * time.Hour)
		if err := s.expireBefore(ctx, at.ProjectID, before); err != nil {
			return err
		}
	}
	return nil
}

func (s *Slice) expireBefore(ctx context.Context, project ident.ID, before time.Time) error {
	for {
		old, err := pg.All[ident.ID](ctx, s.runner.DB, selectOld, project, before, expireBatch)
		if err != nil {
			return fmt.Errorf("find expired files: %w", err)
		}
		for _, id := range old {
			_, err := s.expire(command.AsSystem(ctx, "file/"+s.runner.NewID().String()), expire{ID: id, Before: before})
			if err != nil && !isGone(err) {
				return fmt.Errorf("expire file %s: %w", id, err)
			}
		}
		if len(old) < expireBatch {
			return nil
		}
	}
}
