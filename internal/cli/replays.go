package cli

import (
	"fmt"
	"io"
	"slices"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type replaysCommand struct {
	List   replaysList   `cmd:"" default:"withargs" help:"List replays, newest first."`
	Create replaysCreate `cmd:"" help:"Replay events of the log."`
	Get    replaysGet    `cmd:"" help:"Show one replay and its progress."`
	Start  replaysStart  `cmd:"" help:"Start a replay that has not started."`
	Pause  replaysPause  `cmd:"" help:"Stop a running replay for a while."`
	Resume replaysResume `cmd:"" help:"Go on with a paused or failed replay."`
	Cancel replaysCancel `cmd:"" help:"Stop a replay for good."`
	Delete replaysDelete `cmd:"" help:"Forget a replay that is not under way, with its file."`
	File   replaysFile   `cmd:"" help:"Write what a replay into a file has written so far, as JSON lines."`
}

var replayColumns = []column[stoa.Replay]{
	{title: "ID", value: func(r stoa.Replay) string { return r.ID }},
	{title: "NAME", value: func(r stoa.Replay) string { return r.Name }},
	{title: "STATUS", value: func(r stoa.Replay) string { return r.Status }, tint: func(r stoa.Replay) tint {
		return map[string]tint{"running": busy, "scheduled": busy, "paused": warn, "completed": good, "failed": bad}[r.Status]
	}},
	{title: "TARGET", value: replayTarget},
	{title: "DONE", value: func(r stoa.Replay) string { return fmt.Sprintf("%d/%d", r.Sent+r.Failed, r.Total) }},
	{title: "MADE", value: func(r stoa.Replay) string { return ago(&r.CreatedAt) }},
}

func replayTarget(r stoa.Replay) string {
	switch r.Target {
	case "consumer":
		return "consumer " + r.Consumer
	case "callback":
		return r.URL
	}
	return r.Target
}

func (c *call) printReplay(r *stoa.Replay, err error) error {
	if err != nil {
		return err
	}
	return printOne(c, *r, append(slices.Clip(replayColumns),
		column[stoa.Replay]{title: "SENT", value: func(r stoa.Replay) string { return fmt.Sprint(r.Sent) }},
		column[stoa.Replay]{title: "FAILED", value: func(r stoa.Replay) string { return fmt.Sprint(r.Failed) }},
		column[stoa.Replay]{title: "OF", value: func(r stoa.Replay) string { return string(r.Counts) }},
		column[stoa.Replay]{title: "REASON", value: func(r stoa.Replay) string { return r.Reason }},
		column[stoa.Replay]{title: "SECRET", value: func(r stoa.Replay) string { return r.Secret }},
	))
}

type replaysList struct {
	watchFlag
	Status string `name:"status" placeholder:"STATUS" help:"Only in this status."`
	Limit  int    `name:"limit" short:"n" default:"50" help:"Show at most this many; 0 shows all."`
}

// Run lists replays.
func (l *replaysList) Run(c *call, client *stoa.Client) error {
	return showList(c, l.watchFlag, func() ([]stoa.Replay, error) {
		return stoa.Collect(client.Replays.List(c.ctx, l.Status), l.Limit)
	}, replayColumns)
}

// oneReplay is the argument of commands about one replay.
type oneReplay struct {
	Replay string `arg:"" help:"The replay's id."`
}

type (
	replaysGet    struct{ oneReplay }
	replaysStart  struct{ oneReplay }
	replaysPause  struct{ oneReplay }
	replaysResume struct{ oneReplay }
	replaysCancel struct{ oneReplay }
	replaysDelete struct{ oneReplay }
	replaysFile   struct{ oneReplay }
)

// Run shows a replay.
func (r *replaysGet) Run(c *call, client *stoa.Client) error {
	return c.printReplay(client.Replays.Get(c.ctx, r.Replay))
}

// Run starts a replay.
func (r *replaysStart) Run(c *call, client *stoa.Client) error {
	return c.printReplay(client.Replays.Start(c.ctx, r.Replay))
}

// Run pauses a replay.
func (r *replaysPause) Run(c *call, client *stoa.Client) error {
	return c.printReplay(client.Replays.Pause(c.ctx, r.Replay))
}

// Run goes on with a replay.
func (r *replaysResume) Run(c *call, client *stoa.Client) error {
	return c.printReplay(client.Replays.Resume(c.ctx, r.Replay))
}

// Run cancels a replay.
func (r *replaysCancel) Run(c *call, client *stoa.Client) error {
	return c.printReplay(client.Replays.Cancel(c.ctx, r.Replay))
}

// Run forgets a replay.
func (r *replaysDelete) Run(c *call, client *stoa.Client) error {
	return client.Replays.Delete(c.ctx, r.Replay)
}

// Run writes the file to standard output.
func (r *replaysFile) Run(c *call, client *stoa.Client) error {
	file, err := client.Replays.File(c.ctx, r.Replay)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(c.Stdout, file); err != nil {
		return fmt.Errorf("the file broke off: %w", err)
	}
	return nil
}
