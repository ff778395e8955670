package tenancy

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Person is what members may see of each other.
type Person struct {
	ID             ident.ID
	Name           string
	Email          string // empty for service accounts
	ServiceAccount bool
	Organization   ident.ID // of a service account: the only one that it can belong to
}

// People knows who the users behind ids are. Identity implements it; tenancy keeps ids only.
type People interface {
	// People describes those of ids that exist.
	People(ctx context.Context, q pg.Querier, ids []ident.ID) (map[ident.ID]Person, error)
}
