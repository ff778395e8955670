package identity

import (
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestSQLFitsTheSchema(t *testing.T) {
	pgtest.Prepare(t, map[string]string{
		"selectActor": selectActor, "selectAccess": selectAccess, "selectBearer": selectBearer,
		"serviceAccountColumns": serviceAccountColumns, "selectServiceAccount": selectServiceAccount, "selectServiceAccounts": selectServiceAccounts,
	})
}
