package cli

import (
	"errors"
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// runCommand is `stoa run`.
type runCommand struct {
	Script string   `arg:"" optional:"" placeholder:"FILE" help:"The script; - reads it from standard input."`
	Args   []string `arg:"" optional:"" passthrough:"" help:"Arguments of the script; flags after the first are the script's too."`

	Saved       string   `name:"saved" short:"s" placeholder:"NAME[@N]" help:"Run this saved script in place of a file; every word is an argument then."`
	Language    string   `name:"language" short:"l" placeholder:"RUNTIME" help:"Runtime, as python or python@3.11; told from the file's extension or its #! line if left out."`
	Stdin       string   `name:"stdin" placeholder:"FILE" help:"What the script reads from standard input; - sends ours."`
	Env         []string `name:"env" short:"e" sep:"none" placeholder:"NAME=VALUE" help:"Set an environment variable; NAME alone takes the value from here."`
	File        []string `name:"file" short:"f" sep:"none" placeholder:"PATH[:DEST]" help:"Put a file beside the script, by default under the path given."`
	FileID      []string `name:"file-id" sep:"none" placeholder:"ID[:DEST]" help:"Put an uploaded file beside the script, by default under its name; stoa files lists them."`
	Artefact    []string `name:"artefact" short:"a" sep:"none" placeholder:"PATTERN" help:"Keep files that the script leaves in its folder: plot.png, *.csv, out/**."`
	To          string   `name:"artefacts-to" placeholder:"DIR" help:"Save what was kept below this folder; it is made if missing."`
	Class       string   `name:"class" enum:",process,fresh,gvisor" default:"" placeholder:"CLASS" help:"Isolation class: process, fresh or gvisor; as the settings say if left out."`
	Network     bool     `name:"network" help:"Allow the script to reach the network: everything that is permitted here."`
	Egress      []string `name:"egress" sep:"," placeholder:"HOST[:PORT]" help:"Allow the script to reach this and nothing else: a name, *.name, an address or a range (CIDR)."`
	Priority    string   `name:"priority" enum:",critical,high,normal,low,background" default:"" placeholder:"WORD" help:"critical, high, normal, low or background."`
	Interactive bool     `name:"interactive" short:"i" help:"Send our standard input to the script while it runs."`
	Terminal    bool     `name:"terminal" short:"t" help:"Give the script a terminal, which ours becomes; Ctrl-] leaves it running."`
	Record      bool     `name:"record" help:"Keep what is said, to be had by executions recording; with -i or -t."`
	Detach      bool     `name:"detach" short:"d" help:"Print the execution's id and leave."`

	Timeout     time.Duration `name:"timeout" group:"limits" placeholder:"DURATION" help:"Longest time from start to end, for instance 30s."`
	CPU         time.Duration `name:"cpu" group:"limits" placeholder:"DURATION" help:"Most processor time of all processes together."`
	Memory      size          `name:"memory" group:"limits" placeholder:"SIZE" help:"Most memory of all processes together, for instance 256M."`
	Processes   int64         `name:"processes" group:"limits" placeholder:"N" help:"Most processes at once."`
	OutputLimit size          `name:"output-limit" group:"limits" placeholder:"SIZE" help:"Most output that is kept."`
	Disk        size          `name:"disk" group:"limits" placeholder:"SIZE" help:"Most disk space."`
}

// Run submits the script and follows it to its end.
func (r *runCommand) Run(c *call) error {
	input, err := r.input(c)
	if err != nil {
		return runFailure(err)
	}
	client, err := c.client()
	if err != nil {
		return r.refuse(c, err)
	}
	if input.ProjectID, err = c.project(client); err != nil {
		return r.refuse(c, err)
	}
	if err := r.nameUploads(c, client, input); err != nil {
		return r.refuse(c, err)
	}
	f := newFollower(c, client, false)
	defer f.stop()
	execution, err := client.Executions.Submit(f.ctx, *input)
	if err != nil {
		return r.refuse(c, err)
	}
	if r.Detach {
		if c.Output != "table" {
			return c.printData(execution)
		}
		return c.printLine(execution.ID)
	}
	f.submitted(execution.ID)
	f.quiet = c.Output != "table"
	var ended *stoa.Execution
	if input.Interactive {
		ended, err = f.attach(execution.ID, r.Terminal && terminal(c.Stdin) && !f.quiet)
	} else {
		ended, err = f.follow(execution.ID)
	}
	if errors.Is(err, errDetached) {
		c.say("stoa: %s", err)
		return nil
	}
	if err != nil {
		return r.refuse(c, err)
	}
	if f.quiet {
		if err := c.printData(ended); err != nil {
			return err
		}
	} else {
		c.explain(ended)
	}
	if err := r.saveArtefacts(c, client, ended); err != nil {
		return r.refuse(c, err)
	}
	return outcome(ended)
}

// refuse says why there is no result. The exit code is not one that the script could be expected to give.
func (r *runCommand) refuse(c *call, err error) error {
	if _, ours := errors.AsType[usage](err); ours { // the command line is wrong: nobody was asked
		return err
	}
	code := c.fail(err)
	if code != exitInterrupted {
		code = exitError
	}
	return exit{code}
}

// runFailure is for what is wrong with the command line itself.
func runFailure(err error) error { return usage{err} }

// limits are the flags as the API takes them; nil if none was given.
func (r *runCommand) limits() *stoa.ExecutionLimits {
	l := stoa.ExecutionLimits{
		WallMS: r.Timeout.Milliseconds(), CPUMS: r.CPU.Milliseconds(), MemoryBytes: int64(r.Memory),
		Processes: r.Processes, OutputBytes: int64(r.OutputLimit), DiskBytes: int64(r.Disk),
	}
	if l == (stoa.ExecutionLimits{}) {
		return nil
	}
	return &l
}
