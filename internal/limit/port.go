package limit

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Place is where something stands in the tenancy.
type Place struct {
	Organization ident.ID
	Units        []ident.ID // the unit itself and those around it, innermost first
	Project      ident.ID
}

// Places knows how scopes nest. Tenancy's and identity's tables answer, through boot.
type Places interface {
	// Locate finds an organization, unit or project by its id; NotFound if there is none.
	Locate(ctx context.Context, q pg.Querier, scope Scope, id ident.ID) (Place, error)
	// Belongs tells whether a user has a part in an organization or in one of its projects.
	Belongs(ctx context.Context, q pg.Querier, organization, user ident.ID) (bool, error)
	// Home is the project that an account works in when it names none; zero if it has none, NotFound if
	// there is no such account.
	Home(ctx context.Context, q pg.Querier, account ident.ID) (ident.ID, error)
}
