package identity

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// RemoveSecondFactor takes the caller's app away, for who has it or a recovery code.
type RemoveSecondFactor struct{ Code }

// RenewRecoveryCodes makes new recovery codes; the old ones end.
type RenewRecoveryCodes struct{ Code }

const (
	removeFactor   = `DELETE FROM second_factor WHERE account_id = $1`
	revokeSessions = `UPDATE credential SET revoked_at = $2 WHERE account_id = $1 AND kind = 'session' AND revoked_at IS NULL`
)

// withOwnCode does something for who proves the second factor.
func (d desk) withOwnCode(ctx context.Context, tx *command.Tx, code Code, act func() (RecoveryCodesOnce, error)) (out outcome[RecoveryCodesOnce], err error) {
	proves := func() (bool, error) { return d.provesFactor(ctx, tx, tx.Actor.ID, code.Code) }
	if out.failed, err = d.tried(ctx, tx, proves, errWrongOwnCode()); err != nil || out.failed != nil {
		return out, err
	}
	out.result, err = act()
	return out, err
}

func (d desk) removeSecondFactor(ctx context.Context, tx *command.Tx, c RemoveSecondFactor) (outcome[RecoveryCodesOnce], error) {
	return d.withOwnCode(ctx, tx, c.Code, func() (RecoveryCodesOnce, error) {
		tx.Defer(removeFactor, tx.Actor.ID)
		tx.Defer(forgetCodes, tx.Actor.ID)
		_, err := emitOn(ctx, tx, tx.Actor.ID, SecondFactorRemoved{Kind: "app"})
		return RecoveryCodesOnce{}, err
	})
}

func (d desk) renewRecoveryCodes(ctx context.Context, tx *command.Tx, c RenewRecoveryCodes) (outcome[RecoveryCodesOnce], error) {
	return d.withOwnCode(ctx, tx, c.Code, func() (RecoveryCodesOnce, error) {
		_, err := emitOn(ctx, tx, tx.Actor.ID, RecoveryCodesRenewed{})
		return replaceRecoveryCodes(tx, tx.Actor.ID), err
	})
}

// ResetSecondFactor takes somebody's second factor and passkeys away, for an operator
// whom they have convinced of who they are. Their sessions end: whoever has the lost
// device may have one.
type ResetSecondFactor struct{ User ident.ID }

const lockUser = `SELECT id FROM account WHERE id = $1 AND kind = 'user' FOR UPDATE`

func userScope(ctx context.Context, tx *command.Tx, c ResetSecondFactor) (scope command.Scope, err error) {
	var id ident.ID
	return scope, command.NotFoundIfNoRows(tx.QueryRow(ctx, lockUser, c.User).Scan(&id))
}

func resetSecondFactor(ctx context.Context, tx *command.Tx, c ResetSecondFactor) (struct{}, error) {
	for _, sql := range []string{removeFactor, forgetCodes, forgetPasskeys} {
		if _, err := tx.Exec(ctx, sql, c.User); err != nil {
			return struct{}{}, fmt.Errorf("reset second factor: %w", err)
		}
	}
	tag, err := tx.Exec(ctx, revokeSessions, c.User, tx.Now)
	if err != nil {
		return struct{}{}, fmt.Errorf("revoke sessions: %w", err)
	}
	_, err = emitOn(ctx, tx, c.User, SecondFactorReset{SessionsRevoked: tag.RowsAffected()})
	return struct{}{}, err
}
