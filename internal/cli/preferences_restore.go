package cli

import (
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type preferencesRestore struct {
	Version *int64     `name:"version" xor:"to" placeholder:"N" help:"How it was after this change; 0 is the defaults."`
	At      *time.Time `name:"at" xor:"to" placeholder:"TIME" help:"How it was at this time, as 2026-01-31T12:00:00Z."`
}

// Run goes back.
func (r *preferencesRestore) Run(c *call, client *stoa.Client) error {
	if r.Version == nil && r.At == nil {
		return usagef("say --version or --at")
	}
	return c.showPreferences(client.Preferences.Restore(c.ctx, stoa.PreferenceRestore{Version: r.Version, At: r.At}))
}
