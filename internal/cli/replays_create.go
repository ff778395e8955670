package cli

import (
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type replaysCreate struct {
	Target     string        `arg:"" enum:"bus,consumer,callback,file" help:"bus, consumer, callback or file."`
	Name       string        `name:"name" help:"What it is for."`
	Owner      string        `name:"organization" placeholder:"ORGANIZATION" help:"Make it this organization's own (id, slug or name), of its events only; the platform's own if left out."`
	Consumer   string        `name:"consumer" placeholder:"NAME" help:"Of target consumer: who handles the events again."`
	URL        string        `name:"to" placeholder:"URL" help:"Of target callback: where they are posted."`
	Types      []string      `name:"type" placeholder:"TYPE" help:"Only of this type; may be repeated."`
	Kind       string        `name:"kind" placeholder:"KIND" help:"Only about things of this kind."`
	Subject    string        `name:"subject-id" placeholder:"ID" help:"Only about this very thing, for instance an execution."`
	Actor      string        `name:"actor" placeholder:"ID" help:"Only what this user, service account or node caused."`
	Request    string        `name:"correlation" placeholder:"ID" help:"Only what this request led to."`
	Since      instant       `name:"since" placeholder:"TIME" help:"Only from this time on: 2026-03-01T12:00:00Z, or 2h for two hours ago."`
	Until      instant       `name:"until" placeholder:"TIME" help:"Only before this time."`
	After      int64         `name:"after" placeholder:"POSITION" help:"Only after this position of the log."`
	Speed      float64       `name:"speed" placeholder:"N" help:"0.1 to 100 times as fast as it happened; as fast as the target takes them if left out."`
	Batch      int64         `name:"batch" placeholder:"N" help:"So many at once, 100 if left out."`
	Most       int64         `name:"max" placeholder:"N" help:"At most so many, 100000 if left out."`
	SkipErrors bool          `name:"skip-errors" help:"Go on without what the target does not take."`
	DryRun     bool          `name:"dry-run" help:"Only count; the preview can be started later."`
	Hold       bool          `name:"hold" help:"Wait until it is started."`
	In         time.Duration `name:"in" placeholder:"DURATION" help:"Start so long from now."`
}

// Run makes a replay and shows it.
func (r *replaysCreate) Run(c *call, client *stoa.Client) (err error) {
	in := stoa.ReplayCreateRequest{
		Name: r.Name, Target: r.Target, Consumer: r.Consumer, URL: r.URL, Speed: r.Speed, Batch: r.Batch, MaxEvents: r.Most,
		SkipErrors: r.SkipErrors, DryRun: r.DryRun, Start: !r.DryRun && !r.Hold && r.In == 0,
		Events: &stoa.ReplayEvents{
			Types: r.Types, Kind: r.Kind, SubjectID: r.Subject, ActorID: r.Actor, CorrelationID: r.Request, AfterPosition: r.After,
		},
	}
	if r.Owner != "" {
		if in.OrganizationID, err = c.organization(client, r.Owner); err != nil {
			return err
		}
	}
	if !r.Since.IsZero() {
		in.Events.From = &r.Since.Time
	}
	if !r.Until.IsZero() {
		in.Events.To = &r.Until.Time
	}
	if r.In > 0 {
		at := time.Now().Add(r.In)
		in.StartAt = &at
	}
	return c.printReplay(client.Replays.Create(c.ctx, in))
}
