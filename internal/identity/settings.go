package identity

import (
	"context"
	"fmt"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// ReadSetting reads one setting by its name: a number, or a word.
type ReadSetting func(ctx context.Context, q pg.Querier, name string) (number int64, word string, err error)

// Policy implements Settings: it knows what the settings are called and count in.
func (read ReadSetting) Policy(ctx context.Context, q pg.Querier) (Policy, error) {
	var p Policy
	for _, setting := range []struct {
		name string
		use  func(number int64, word string)
	}{
		{"identity.registration", func(_ int64, word string) { p.Registration = Registration(word) }},
		{"identity.password.min_length", func(n int64, _ string) { p.PasswordMinLength = int(n) }},
		{"identity.lockout.failures", func(n int64, _ string) { p.LockoutFailures = int(n) }},
		{"identity.lockout.minutes", func(n int64, _ string) { p.LockoutFor = time.Duration(n) * time.Minute }},
		{"identity.session.hours", func(n int64, _ string) { p.SessionFor = time.Duration(n) * time.Hour }},
	} {
		number, word, err := read(ctx, q, setting.name)
		if err != nil {
			return Policy{}, fmt.Errorf("read %s: %w", setting.name, err)
		}
		setting.use(number, word)
	}
	return p, nil
}
