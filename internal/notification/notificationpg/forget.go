package notificationpg

import (
	"context"
	"fmt"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

const (
	forgetDeliveriesOf    = `DELETE FROM notification_delivery WHERE user_id = $1`
	forgetSubscriptionsOf = `DELETE FROM notification_subscription WHERE user_id = $1`
	forgetNotificationsOf = `DELETE FROM notification WHERE user_id = $1`
	forgetInboxOf         = `DELETE FROM inbox WHERE user_id = $1`
)

// Forget deletes somebody's notifications and the channels that they went to, in the
// transaction that deletes their account.
func Forget(ctx context.Context, tx *pg.Tx, user ident.ID) error {
	for _, sql := range []string{forgetDeliveriesOf, forgetSubscriptionsOf, forgetNotificationsOf, forgetInboxOf} {
		if _, err := tx.Exec(ctx, sql, user); err != nil {
			return fmt.Errorf("forget notifications: %w", err)
		}
	}
	return nil
}
