package command

import (
	"context"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Projects is what workloads need of tenancy: the project that a caller means, which is the
// requested one, or the credential's, or the caller's default.
type Projects interface {
	// ForWork refuses archived projects.
	ForWork(ctx context.Context, q pg.Querier, actor Actor, requested ident.ID) (Scope, error)
	ForReading(ctx context.Context, q pg.Querier, actor Actor, requested ident.ID) (Scope, error)
}

// Limits is what slices need of limits and settings: one by its name, as it applies there to a
// user; the zero user is nobody in particular.
type Limits interface {
	Int(ctx context.Context, q pg.Querier, name string, user ident.ID, scope Scope) (Allowed, error)
}

// Allowed is a limit or setting as it applies to somebody.
type Allowed interface {
	Int() int64
	// Refuse says that it was hit.
	Refuse(code, format string, args ...any) error
}
