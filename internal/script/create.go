package script

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Create saves a program under a new name, as its version 1.
type Create struct {
	ProjectID   ident.ID // zero: the caller's default
	Name        string
	Description string
	Shared      bool
	Content     Content
}

// Validate checks the shape.
func (c Create) Validate() error {
	bad := invalid()
	checkName(c.Name, bad)
	checkDescription(c.Description, bad)
	c.Content.check(bad)
	return orNil(bad)
}

func (s *Slice) create(ctx context.Context, tx *command.Tx, c Create) (Script, error) {
	most, err := s.limits.Int(ctx, tx, "script.max", tx.Actor.ID, tx.Scope)
	if err != nil {
		return Script{}, err
	}
	if _, err := tx.Exec(ctx, lockProject, tx.Scope.Project); err != nil {
		return Script{}, fmt.Errorf("lock the project's scripts: %w", err)
	}
	have, err := pg.One[int64](ctx, tx, countAll, tx.Scope.Project)
	if err != nil {
		return Script{}, err
	}
	if have >= most.Int() {
		return Script{}, most.Refuse("script.too_many", "This project has %d scripts; %d are allowed. Delete some, or ask for more.", have, most.Int())
	}
	n := Script{
		ID: tx.NewID(), OrganizationID: tx.Scope.Organization, ProjectID: tx.Scope.Project, OwnerID: tx.Actor.ID,
		Name: c.Name, Description: c.Description, Shared: c.Shared, Latest: 1, CreatedAt: tx.Now,
	}
	aggregate := n.changed(tx.Now)
	err = write(ctx, tx, insertOne, n.ID, n.Version, n.OrganizationID, n.ProjectID, n.OwnerID, n.Name, n.Description, n.Shared, n.Latest,
		n.CreatedAt, n.UpdatedAt)
	if err != nil {
		return Script{}, err
	}
	tx.Defer(insertVersion, n.ID, n.Latest, c.Content.Runtime, c.Content.Source, tx.Actor.ID, tx.Now)
	tx.Emit(aggregate, Created{Shared: n.Shared})
	return n, nil
}
