package boot

import (
	"context"
	"errors"

	"github.com/stoa-cloud/stoa/internal/execution/executionpg"
	"github.com/stoa-cloud/stoa/internal/identity"
	"github.com/stoa-cloud/stoa/internal/limit"
	"github.com/stoa-cloud/stoa/internal/notification/notificationpg"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/preference"
	"github.com/stoa-cloud/stoa/internal/script"
)

// elsewhere is what the slices know and keep of people beside identity.
func elsewhere(limits *limit.Slice, mail identity.Mail) identity.Elsewhere {
	return identity.Elsewhere{
		Mail: mail,
		Activity: func(ctx context.Context, q pg.Querier, user ident.ID) (identity.Activity, error) {
			ran, err := executionpg.RanBy(ctx, q, user)
			sum := identity.Activity{Executions: map[string]int64{}}
			for _, r := range ran {
				sum.Executions[r.Status] = r.Number
				sum.CPUMS += r.CPUMS
				sum.WallMS += r.WallMS
			}
			return sum, err
		},
		Forget: func(ctx context.Context, tx *command.Tx, user ident.ID, work bool) error {
			if err := executionpg.Forget(ctx, tx.Tx, user, work); err != nil {
				return err
			}
			return errors.Join(
				limits.Forget(ctx, tx, user),
				preference.Forget(ctx, tx.Tx, user),
				script.Forget(ctx, tx.Tx, user),
				notificationpg.Forget(ctx, tx.Tx, user),
			)
		},
	}
}
