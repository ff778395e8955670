package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// DisableServiceAccount refuses all keys of a service account from the next request
// on, until it is enabled again. What it runs goes on.
type DisableServiceAccount struct{ OfServiceAccount }

// EnableServiceAccount lets the keys of a service account hold again.
type EnableServiceAccount struct{ OfServiceAccount }

const setDisabled = `UPDATE account SET disabled_at = $2 WHERE id = $1`

func disableServiceAccount(ctx context.Context, tx *command.Tx, c DisableServiceAccount) (ServiceAccount, error) {
	return setServiceAccount(ctx, tx, c.ID, &tx.Now, ServiceAccountDisabled{})
}

func enableServiceAccount(ctx context.Context, tx *command.Tx, c EnableServiceAccount) (ServiceAccount, error) {
	return setServiceAccount(ctx, tx, c.ID, nil, ServiceAccountEnabled{})
}

// setServiceAccount leaves one that is as wanted already as it is.
func setServiceAccount(ctx context.Context, tx *command.Tx, id ident.ID, disabledAt *time.Time, fact eventlog.Fact) (ServiceAccount, error) {
	a, err := managedServiceAccount(ctx, tx, id)
	if err != nil {
		return a, err
	}
	if (a.DisabledAt == nil) == (disabledAt == nil) {
		tx.Audit("service_account", id, nil)
		return a, nil
	}
	if _, err := tx.Exec(ctx, setDisabled, id, disabledAt); err != nil {
		return a, fmt.Errorf("change service account: %w", err)
	}
	a.DisabledAt = disabledAt
	a.Version, err = emitOnService(ctx, tx, id, fact)
	return a, err
}
