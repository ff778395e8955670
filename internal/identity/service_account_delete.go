package identity

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// DeleteServiceAccount revokes all keys of a service account and takes it out of the
// organization. Its name stays for the audit trail.
type DeleteServiceAccount struct{ OfServiceAccount }

const (
	revokeKeys         = `UPDATE credential SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL AND expires_at > $2`
	markServiceDeleted = `UPDATE service_account SET deleted_at = $2 WHERE account_id = $1`
)

func deleteServiceAccount(ctx context.Context, tx *command.Tx, c DeleteServiceAccount) (struct{}, error) {
	var none struct{}
	if _, err := managedServiceAccount(ctx, tx, c.ID); err != nil {
		return none, err
	}
	tag, err := tx.Exec(ctx, revokeKeys, c.ID, tx.Now)
	if err != nil {
		return none, fmt.Errorf("revoke keys: %w", err)
	}
	if _, err := tx.Exec(ctx, markServiceDeleted, c.ID, tx.Now); err != nil {
		return none, fmt.Errorf("delete service account: %w", err)
	}
	if err := tenancy.UnseatServiceAccount(ctx, tx, c.ID); err != nil {
		return none, err
	}
	_, err = emitOnService(ctx, tx, c.ID, ServiceAccountDeleted{KeysRevoked: tag.RowsAffected()})
	return none, err
}
