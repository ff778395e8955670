package limit

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// OfMember asks for everything that applies to somebody in an organization, whatever
// the project: what its administrators look at before they change it.
type OfMember struct {
	Organization, User ident.ID
}

func (s *Slice) ofMember(ctx context.Context, q command.Query, in OfMember) ([]Effective, error) {
	if err := s.belongs(ctx, q, in.Organization, in.User); err != nil {
		return nil, err
	}
	return s.effective(ctx, q, Subject{User: in.User, Organization: in.Organization})
}

// belongs refuses users who have no part in the organization: its administrators learn
// nothing about others, and set nothing for them.
func (s *Slice) belongs(ctx context.Context, q pg.Querier, organization, user ident.ID) error {
	there, err := s.places.Belongs(ctx, q, organization, user)
	if err != nil {
		return fmt.Errorf("look for the member: %w", err)
	}
	if !there {
		return fault.New(fault.NotFound, "limit.no_member", "This user has no part in the organization.")
	}
	return nil
}
