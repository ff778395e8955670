package cli

import (
	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type auditCommand struct {
	List   auditList   `cmd:"" default:"withargs" help:"List who did what, newest first."`
	Export auditExport `cmd:"" help:"Write who did what as CSV or JSON, oldest first."`
}

// auditChoice says which records.
type auditChoice struct {
	Actor        string  `name:"actor" placeholder:"ID" help:"Only what this user or service account did."`
	Action       string  `name:"action" placeholder:"NAME" help:"Only this command, for instance execution.cancel, or a group: execution.*."`
	Kind         string  `name:"kind" placeholder:"KIND" help:"Only what was done to things of this kind, for instance execution."`
	Target       string  `name:"target" placeholder:"ID" help:"Only what was done to this."`
	Organization string  `name:"organization" placeholder:"ORGANIZATION" help:"Only in this organization (id, slug or name)."`
	Outcome      string  `name:"outcome" enum:",done,refused" default:"" help:"Only what was done, or only what was refused."`
	Correlation  string  `name:"correlation" placeholder:"ID" help:"Only by this request."`
	Since        instant `name:"since" placeholder:"TIME" help:"Only from this time on: 2026-03-01T12:00:00Z, or 2h for two hours ago."`
	Until        instant `name:"until" placeholder:"TIME" help:"Only before this time."`
	All          bool    `name:"all" help:"Operators: what everybody did."`
}

// filter reads the flags. The context's project does not narrow: only one that was asked for does.
func (a auditChoice) filter(c *call, client *stoa.Client) (stoa.AuditFilter, error) {
	filter := stoa.AuditFilter{
		ActorID: a.Actor, Action: a.Action, Kind: a.Kind, TargetID: a.Target, Outcome: a.Outcome, CorrelationID: a.Correlation,
		From: a.Since.Time, To: a.Until.Time, All: a.All,
	}
	var err error
	if a.Organization != "" {
		if filter.OrganizationID, err = c.organization(client, a.Organization); err != nil {
			return filter, err
		}
	}
	if c.Project != "" {
		filter.ProjectID, err = c.project(client)
	}
	return filter, err
}

var auditColumns = []column[stoa.AuditRecord]{
	{title: "TIME", value: func(r stoa.AuditRecord) string { return moment(&r.Time) }},
	{title: "WHO", value: auditActor},
	{title: "ACTION", value: func(r stoa.AuditRecord) string { return r.Action }},
	{title: "OUTCOME", value: auditOutcome, tint: func(r stoa.AuditRecord) tint {
		if r.Outcome == "refused" {
			return warn
		}
		return plain
	}},
	{title: "TARGET", value: auditTarget},
}

func auditActor(r stoa.AuditRecord) string {
	switch {
	case r.ActorName != "":
		return r.ActorName
	case r.ActorID != "":
		return r.ActorKind + " " + r.ActorID
	}
	return r.ActorKind
}

func auditOutcome(r stoa.AuditRecord) string {
	if r.Code != "" {
		return r.Outcome + " (" + r.Code + ")"
	}
	return r.Outcome
}

func auditTarget(r stoa.AuditRecord) string {
	if r.TargetID == "" {
		return r.TargetKind
	}
	return r.TargetKind + "/" + r.TargetID
}
