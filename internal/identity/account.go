package identity

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/secret"
	"github.com/stoa-cloud/stoa/internal/tenancy"
)

// Account is a person, or a service account.
type Account struct {
	ID             ident.ID          `db:"id"`
	Version        int64             `db:"version"`
	Kind           command.ActorKind `db:"kind"`  // User or ServiceAccount
	Email          string            `db:"email"` // lower case; empty for service accounts
	Name           string            `db:"name"`
	PlatformRoles  []permission.Role `db:"platform_roles"`
	DefaultProject ident.ID          `db:"default_project_id"`
	CreatedAt      time.Time         `db:"created_at"`
}

func (a Account) aggregate() eventlog.Aggregate {
	return eventlog.Aggregate{Kind: "user", ID: a.ID, Version: a.Version}
}

// MaxPassword is the longest password, in bytes: enough for any sentence, and no way
// to keep the hasher busy.
const MaxPassword = 1024

// Newcomer is what a person says about themselves when they set up or register.
type Newcomer struct {
	Email    string
	Name     string
	Password secret.String
}

// Validate checks the input's shape.
func (n Newcomer) Validate() error {
	if err := tenancy.CheckEmail("body.email", n.Email); err != nil {
		return err
	}
	if err := tenancy.CheckName("body.name", n.Name); err != nil {
		return err
	}
	return checkPasswordSize("body.password", n.Password)
}

func checkPasswordSize(path string, password secret.String) error {
	if size := len(password.Reveal()); size == 0 || size > MaxPassword {
		return fault.New(fault.Invalid, "password.size", "A password has 1 to %d bytes.", MaxPassword).At(path, fmt.Sprintf("must have 1 to %d bytes", MaxPassword))
	}
	return nil
}

// checkPassword asks for length and nothing else (NIST SP 800-63B), except that the
// address is no password.
func checkPassword(path string, password secret.String, email string, p Policy) error {
	plain := password.Reveal()
	if utf8.RuneCountInString(plain) < p.PasswordMinLength {
		return fault.New(fault.Invalid, "password.short", "The password has fewer than %d characters.", p.PasswordMinLength).
			At(path, fmt.Sprintf("must have at least %d characters", p.PasswordMinLength))
	}
	if strings.EqualFold(plain, email) {
		return fault.New(fault.Invalid, "password.is_address", "The e-mail address is no password.").At(path, "must not be the e-mail address")
	}
	return nil
}
