package script

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Count tells how many scripts a project has, shared ones and others.
func Count(ctx context.Context, q pg.Querier, project ident.ID) (int64, error) {
	n, err := pg.One[int64](ctx, q, countAll, project)
	if err != nil {
		return 0, fmt.Errorf("count scripts: %w", err)
	}
	return n, nil
}
