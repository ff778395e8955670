package cli

import (
	"encoding/json"
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type settingsCommand struct {
	List  settingsList  `cmd:"" default:"withargs" help:"List every setting and limit of the installation, with its default and who changed it."`
	Set   settingsSet   `cmd:"" help:"Change one."`
	Reset settingsReset `cmd:"" help:"Let defaults apply again."`
}

// systemSetting is a setting or limit as the whole installation has it.
type systemSetting struct {
	Name      string          `json:"name"`
	Kind      string          `json:"kind"`
	Unit      string          `json:"unit,omitempty"`
	Value     json.RawMessage `json:"value"`
	Default   json.RawMessage `json:"default"`
	ChangedAt *time.Time      `json:"changed_at,omitempty"` // absent: nobody did
	ChangedBy string          `json:"changed_by,omitempty"`
	Help      string          `json:"help"`
}

// settings are all of them; of those that were changed also by whom, which the audit trail knows.
func settings(c *call, client *stoa.Client) ([]systemSetting, error) {
	var all []systemSetting
	for l, err := range client.Limits.List(c.ctx, "") {
		if err != nil {
			return nil, err
		}
		s := systemSetting{Name: l.Name, Kind: l.Kind, Unit: l.Unit, Value: l.Default, Default: l.Default, Help: l.Help}
		for _, set := range l.Set {
			if set.Scope != "global" {
				continue
			}
			s.Value, s.ChangedAt = set.Value, set.SetAt
			records, err := stoa.Collect(client.Audit.List(c.ctx, stoa.AuditFilter{TargetID: set.ID, Outcome: "done", All: true, PageSize: 1}), 1)
			if err != nil {
				return nil, err
			}
			if len(records) == 1 {
				s.ChangedBy = auditActor(records[0])
			}
		}
		all = append(all, s)
	}
	return all, nil
}

type settingsList struct {
	Changed bool `name:"changed" help:"Only those that differ from their defaults."`
}

// Run lists them.
func (l *settingsList) Run(c *call, client *stoa.Client) error {
	all, err := settings(c, client)
	if err != nil {
		return err
	}
	shown := []systemSetting{}
	for _, s := range all {
		if !l.Changed || s.ChangedAt != nil {
			shown = append(shown, s)
		}
	}
	value := func(raw json.RawMessage, unit string) string { return limitValue(stoa.Limit{Value: raw, Unit: unit}) }
	return printList(c, shown, []column[systemSetting]{
		{title: "NAME", value: func(s systemSetting) string { return s.Name }},
		{title: "VALUE", value: func(s systemSetting) string { return value(s.Value, s.Unit) }},
		{title: "DEFAULT", value: func(s systemSetting) string { return value(s.Default, s.Unit) }},
		{title: "CHANGED", value: func(s systemSetting) string { return moment(s.ChangedAt) }},
		{title: "BY", value: func(s systemSetting) string { return s.ChangedBy }},
		{title: "HELP", value: func(s systemSetting) string { return s.Help }},
	})
}

type settingsSet struct {
	Name  string `arg:"" help:"The setting or limit."`
	Value string `arg:"" help:"Its value, in the unit that the list shows with -o json."`
}

// Run changes one.
func (s *settingsSet) Run(c *call, client *stoa.Client) error {
	return (&limitsSet{Name: s.Name, Value: s.Value, limitScope: limitScope{Scope: "global"}}).Run(c, client)
}

type settingsReset struct {
	Name []string `arg:"" optional:"" help:"The settings or limits."`
	All  bool     `name:"all" help:"Every one that was changed."`
}

// Run lets defaults apply again.
func (r *settingsReset) Run(c *call, client *stoa.Client) error {
	if r.All == (len(r.Name) > 0) {
		return usagef("name settings, or say --all")
	}
	if r.All {
		all, err := settings(c, client)
		if err != nil {
			return err
		}
		for _, s := range all {
			if s.ChangedAt != nil {
				r.Name = append(r.Name, s.Name)
			}
		}
	}
	for _, name := range r.Name {
		if err := client.Limits.Reset(c.ctx, name, stoa.LimitTarget{Kind: "global"}); err != nil {
			return err
		}
		c.say("%s has its default again", name)
	}
	return nil
}
