package cli

import (
	"slices"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type executionsList struct {
	Status   []string `name:"status" enum:"queued,scheduled,running,completed,failed,timed_out,cancelled,error" placeholder:"STATUS" help:"Only with this status, or one of several: queued, scheduled, running, completed, failed, timed_out, cancelled or error."`
	Language string   `name:"language" short:"l" placeholder:"RUNTIME" help:"Only of this runtime."`
	Saved    string   `name:"saved" placeholder:"SCRIPT" help:"Only what was run from this saved script: its name, with @2 its version 2, or its id."`
	Mine     bool     `name:"mine" help:"Only those that I submitted."`
	All      bool     `name:"all" help:"Over all projects: of the installation for its operators, else of one --organization."`
	Since    instant  `name:"since" placeholder:"TIME" help:"Only what was submitted from this time on: 2026-03-01T12:00:00Z, or 2h for two hours ago."`
	Until    instant  `name:"until" placeholder:"TIME" help:"Only what was submitted before this time."`
	overFlags
	Limit int `name:"limit" short:"n" default:"20" help:"Show at most this many; 0 shows all."`
	watchFlag
}

// Run lists executions.
func (l *executionsList) Run(c *call, client *stoa.Client) (err error) {
	if l.All || l.overFlags != (overFlags{}) {
		return l.listAll(c, client)
	}
	filter := stoa.ExecutionFilter{Status: strings.Join(l.Status, ","), Runtime: l.Language, Script: l.Saved, From: l.Since.Time, To: l.Until.Time}
	if l.Mine {
		filter.Owner = "me"
	}
	if l.Limit > 0 {
		filter.PageSize = min(l.Limit, 100)
	}
	if filter.ProjectID, err = c.project(client); err != nil {
		return err
	}
	return showList(c, l.watchFlag, func() ([]stoa.Execution, error) {
		return stoa.Collect(client.Executions.List(c.ctx, filter), l.Limit)
	}, executionColumns)
}

// listAll lists executions over all projects.
func (l *executionsList) listAll(c *call, client *stoa.Client) error {
	if l.Saved != "" || l.Mine {
		return usagef("--saved and --mine are of one project")
	}
	filter, err := l.filter(c, client)
	if err != nil {
		return err
	}
	filter.Status, filter.Runtime, filter.From, filter.To = strings.Join(l.Status, ","), l.Language, l.Since.Time, l.Until.Time
	if l.Limit > 0 {
		filter.PageSize = min(l.Limit, 100)
	}
	whose := []column[stoa.Execution]{
		{title: "OWNER", value: func(e stoa.Execution) string { return firstOf(e.OwnerName, e.OwnerID) }},
		{title: "PROJECT", value: func(e stoa.Execution) string { return firstOf(e.ProjectName, e.ProjectID) }},
		{title: "PRIORITY", value: func(e stoa.Execution) string { return e.Priority }},
	}
	return showList(c, l.watchFlag, func() ([]stoa.Execution, error) {
		return stoa.Collect(client.Executions.ListAll(c.ctx, filter), l.Limit)
	}, slices.Insert(slices.Clone(executionColumns), 2, whose...))
}

var executionColumns = []column[stoa.Execution]{
	{title: "ID", value: func(e stoa.Execution) string { return e.ID }},
	{title: "STATUS", value: func(e stoa.Execution) string { return e.Status }, tint: func(e stoa.Execution) tint { return statusTint(e.Status) }},
	{title: "EXIT", value: ending},
	{title: "RUNTIME", value: func(e stoa.Execution) string { return e.Runtime }},
	{title: "TIME", value: func(e stoa.Execution) string {
		if e.Usage == nil {
			return ""
		}
		return milliseconds(int64(e.Usage.WallMS))
	}},
	{title: "AGE", value: func(e stoa.Execution) string { return ago(&e.CreatedAt) }},
	{title: "REASON", value: func(e stoa.Execution) string {
		if e.Reason == nil {
			return ""
		}
		return e.Reason.Message
	}},
}
