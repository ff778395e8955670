package identity

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// RevokeServiceKey ends one key of a service account, from this moment on.
type RevokeServiceKey struct {
	OfServiceAccount
	KeyID ident.ID
}

const revokeKey = `UPDATE credential SET revoked_at = $3 WHERE id = $2 AND account_id = $1 AND revoked_at IS NULL`

func revokeServiceKey(ctx context.Context, tx *command.Tx, c RevokeServiceKey) (struct{}, error) {
	var none struct{}
	if _, err := managedServiceAccount(ctx, tx, c.ID); err != nil {
		return none, err
	}
	tag, err := tx.Exec(ctx, revokeKey, c.ID, c.KeyID, tx.Now)
	if err != nil {
		return none, fmt.Errorf("revoke key: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return none, fault.New(fault.NotFound, "not_found", "This service account has no such key.")
	}
	_, err = emitOnService(ctx, tx, c.ID, ServiceKeyRevoked{KeyID: c.KeyID})
	return none, err
}
