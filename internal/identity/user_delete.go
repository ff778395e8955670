package identity

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// DeleteUser forgets a person: account, credentials, memberships, and what other
// slices keep as their own. Events and audit hold ids only, and stay. What they ran
// stays with its projects, unless Work says that it goes too.
type DeleteUser struct {
	ID   ident.ID
	Work bool
}

// goesWithAccount deletes every row that refers to an account, and then it. A test
// compares it with the database's foreign keys.
var goesWithAccount = []string{
	`DELETE FROM credential WHERE account_id = $1`,
	`DELETE FROM device_grant WHERE account_id = $1`,
	`DELETE FROM second_factor WHERE account_id = $1`,
	`DELETE FROM recovery_code WHERE account_id = $1`,
	`DELETE FROM sign_in_step WHERE account_id = $1`,
	`DELETE FROM passkey_challenge WHERE account_id = $1`,
	`DELETE FROM passkey WHERE account_id = $1`,
	`DELETE FROM password_link WHERE account_id = $1`,
	`DELETE FROM email_change WHERE account_id = $1`,
	`DELETE FROM account_letter WHERE account_id = $1`,
	`DELETE FROM external_identity WHERE account_id = $1`,
	`DELETE FROM account WHERE id = $1`,
}

func (d desk) deleteUser(ctx context.Context, tx *command.Tx, c DeleteUser) (none struct{}, err error) {
	u, err := lockedUser(ctx, tx, c.ID)
	if err != nil {
		return none, err
	}
	if err := d.elsewhere.Forget(ctx, tx, c.ID, c.Work); err != nil {
		return none, err
	}
	if err := tenancy.Forget(ctx, tx, c.ID); err != nil {
		return none, err
	}
	if _, err := emitOn(ctx, tx, c.ID, UserDeleted{}); err != nil {
		return none, err
	}
	for _, sql := range goesWithAccount {
		if _, err := tx.Exec(ctx, sql, c.ID); err != nil {
			return none, fmt.Errorf("delete account: %w", err)
		}
	}
	tx.Defer(clearGuard, hashEmail(u.Email))
	tx.Audit("user", c.ID, map[string]any{"work": c.Work})
	return none, nil
}
