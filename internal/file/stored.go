package file

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Stored tells how many bytes a project's uploaded files have together.
func Stored(ctx context.Context, q pg.Querier, project ident.ID) (int64, error) {
	n, err := pg.One[int64](ctx, q, sumProject, project, ident.ID{})
	if err != nil {
		return 0, fmt.Errorf("sum up files: %w", err)
	}
	return n, nil
}
