package cli

import (
	"encoding/json"
	"strconv"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type preferencesHistory struct{}

// Run lists changes.
func (preferencesHistory) Run(c *call, client *stoa.Client) error {
	changes, err := stoa.Collect(client.Preferences.History(c.ctx), 0)
	if err != nil {
		return err
	}
	return printList(c, changes, []column[stoa.PreferenceChange]{
		{title: "VERSION", value: func(p stoa.PreferenceChange) string { return strconv.FormatInt(p.Version, 10) }},
		{title: "WHEN", value: func(p stoa.PreferenceChange) string { return ago(&p.ChangedAt) }},
		{title: "CHANGED", value: func(p stoa.PreferenceChange) string {
			raw, _ := json.Marshal(p.Patch) // it came as JSON
			return string(raw)
		}},
	})
}
