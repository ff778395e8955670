package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
)

// Facts about a service account of an organization.
type (
	ServiceAccountCreated struct {
		Role   permission.Role `json:"role"`
		Scopes int             `json:"scopes"` // how many; 0 means everything that its roles allow
		KeyID  ident.ID        `json:"key_id"`
	}
	ServiceAccountDisabled struct{}
	ServiceAccountEnabled  struct{}
	ServiceAccountDeleted  struct {
		KeysRevoked int64 `json:"keys_revoked"`
	}
	ServiceKeyRotated struct {
		KeyID    ident.ID  `json:"key_id"`
		Replaced int       `json:"replaced"` // how many keys end
		EndsAt   time.Time `json:"ends_at"`  // when the replaced ones do, at the latest
	}
	ServiceKeyRevoked struct {
		KeyID ident.ID `json:"key_id"`
	}
)

// EventType names the fact.
func (ServiceAccountCreated) EventType() string { return "service_account.created.v1" }

// EventType names the fact.
func (ServiceAccountDisabled) EventType() string { return "service_account.disabled.v1" }

// EventType names the fact.
func (ServiceAccountEnabled) EventType() string { return "service_account.enabled.v1" }

// EventType names the fact.
func (ServiceAccountDeleted) EventType() string { return "service_account.deleted.v1" }

// EventType names the fact.
func (ServiceKeyRotated) EventType() string { return "service_account.key_rotated.v1" }

// EventType names the fact.
func (ServiceKeyRevoked) EventType() string { return "service_account.key_revoked.v1" }

// emitOnService counts the account's version up, which takes its lock, and says what happened.
func emitOnService(ctx context.Context, tx *command.Tx, id ident.ID, fact eventlog.Fact) (version int64, err error) {
	if err := tx.QueryRow(ctx, bumpAccount, id).Scan(&version); err != nil {
		return 0, fmt.Errorf("lock service account: %w", err)
	}
	tx.Emit(eventlog.Aggregate{Kind: "service_account", ID: id, Version: version}, fact)
	tx.Audit("service_account", id, nil)
	return version, nil
}
