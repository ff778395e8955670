// Package cli is the command line of Stoa. It speaks only the public API,
// through the Go SDK: whatever it can do, any program can.
//
// Each verb is a struct in a file of its own: its fields are its flags and its
// Run method does it. The grammar below puts them together.
package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

//go:generate go run ./reference -out ../../docs/cli.md

// Program is one start of the CLI with everything it touches, so that tests can hold all of it.
type Program struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	Signals        <-chan os.Signal // interrupts; the first cancels what runs, the second leaves
	ReadPassword   func() (string, error)
	OpenBrowser    func(url string) error // nil: there is none to open
	Version        string
}

// grammar is every command. The order is the order of the help.
type grammar struct {
	globals

	Run             runCommand             `cmd:"" group:"work" help:"Run a script and show its output as it comes."`
	Executions      executionsCommand      `cmd:"" group:"work" aliases:"execution" help:"Runs: list, read, follow, cancel, retry, delete."`
	Scripts         scriptsCommand         `cmd:"" group:"work" aliases:"script" help:"Saved scripts: list, show, save, share, delete."`
	Files           filesCommand           `cmd:"" group:"work" aliases:"file" help:"Uploaded files that runs take: list, upload, get, delete."`
	Runtimes        runtimesCommand        `cmd:"" group:"work" help:"Languages and versions: list, add images, remove."`
	Events          eventsCommand          `cmd:"" group:"work" aliases:"event" help:"What happened: list, watch, get, count, export."`
	Projects        projectsCommand        `cmd:"" group:"people" aliases:"project" help:"Projects: list, create, choose, rename, move, archive, restore."`
	Units           unitsCommand           `cmd:"" group:"people" aliases:"unit" help:"Departments and teams of an organization: list, create, rename, move, delete."`
	Organizations   organizationsCommand   `cmd:"" group:"people" aliases:"organization" help:"Organizations: list, create, rename."`
	Members         membersCommand         `cmd:"" group:"people" aliases:"member" help:"Who belongs to a project or an organization."`
	Invitations     invitationsCommand     `cmd:"" group:"people" aliases:"invitation" help:"Invitations to an organization: list, revoke, accept."`
	ServiceAccounts serviceAccountsCommand `cmd:"" group:"people" aliases:"service-account" help:"Accounts of programs: list, create, rotate keys, disable, delete."`
	Limits          limitsCommand          `cmd:"" group:"operate" aliases:"limit" help:"Settings and limits: list, set, reset."`
	DeadLetters     deadLettersCommand     `cmd:"" group:"operate" aliases:"dead-letter" help:"Events that could not be handled: list, retry, discard, policies."`
	Replays         replaysCommand         `cmd:"" group:"operate" aliases:"replay" help:"Events given once more: create, pause, resume, cancel, file."`
	Sinks           sinksCommand           `cmd:"" group:"operate" aliases:"sink" help:"Other systems that get events: list, create, pause, delete."`
	Settings        settingsCommand        `cmd:"" group:"operate" aliases:"setting" help:"What holds for the whole installation: list, set, reset."`
	Users           usersCommand           `cmd:"" group:"operate" aliases:"user" help:"People: list, create, limits, lock, reset, delete."`
	Audit           auditCommand           `cmd:"" group:"operate" help:"Who did what: list, export."`
	Providers       providersCommand       `cmd:"" group:"operate" aliases:"provider" help:"OpenID Connect issuers that people sign in through: list, add, set, remove, test."`
	Queue           queueCommand           `cmd:"" group:"operate" help:"What waits: list, in order and with the reason; stats."`
	Status          statusCommand          `cmd:"" group:"operate" help:"Say how the installation fares."`
	Nodes           nodesCommand           `cmd:"" group:"operate" aliases:"node" help:"Machines: list, enroll, cordon, drain, remove."`
	Login           loginCommand           `cmd:"" group:"you" help:"Sign in to an installation and remember it as a context."`
	Logout          logoutCommand          `cmd:"" group:"you" help:"Revoke the context's token and forget it."`
	Whoami          whoamiCommand          `cmd:"" group:"you" help:"Say who you are, and where."`
	Password        passwordCommand        `cmd:"" group:"you" help:"Change your password."`
	Email           emailCommand           `cmd:"" group:"you" help:"Change your e-mail address."`
	Sessions        sessionsCommand        `cmd:"" group:"you" aliases:"session" help:"Where you are signed in: list, revoke."`
	Identities      identitiesCommand      `cmd:"" group:"you" aliases:"identity" help:"Issuers that you can sign in through: list, unlink."`
	SecondFactor    secondFactorCommand    `cmd:"" group:"you" help:"Your authenticator app: show, enroll, recovery codes, remove."`
	Passkeys        passkeysCommand        `cmd:"" group:"you" aliases:"passkey" help:"What signs you in instead of a password: list, remove."`
	Tokens          tokensCommand          `cmd:"" group:"you" aliases:"token" help:"API tokens: list, create, revoke."`
	Preferences     preferencesCommand     `cmd:"" group:"you" aliases:"preference" help:"How you want the console: show, set, history, restore."`
	Notifications   notificationsCommand   `cmd:"" group:"you" aliases:"notification" help:"What you were told, and where else it is sent."`
	Context         contextCommand         `cmd:"" group:"you" aliases:"contexts" help:"Contexts: list, choose."`
	Completion      completionCommand      `cmd:"" group:"tool" help:"Print a shell's completion script."`
	Version         versionCommand         `cmd:"" group:"tool" help:"Print the version."`
}

// globals are the flags of every command.
type globals struct {
	Context string `name:"context" env:"STOA_CONTEXT" placeholder:"NAME" help:"Use this context instead of the current one."`
	URL     string `name:"url" env:"STOA_URL" placeholder:"URL" help:"Talk to this installation instead of the context's."`
	Project string `name:"project" short:"p" env:"STOA_PROJECT" placeholder:"PROJECT" help:"Work in this project (id, slug or name) instead of the context's."`
	Output  string `name:"output" short:"o" enum:"table,json,yaml" default:"table" help:"How to print: table, json or yaml."`
}

// Main runs the CLI in this process's surroundings and returns the exit code.
func Main(version string) int {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	return Program{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Getenv: os.Getenv, Signals: signals, ReadPassword: readPassword, OpenBrowser: browser(os.Getenv), Version: version,
	}.Run(context.Background())
}

// left is how kong's --help ends a parse.
type left struct{ code int }

// Run does what the arguments say and returns the exit code.
func (p Program) Run(ctx context.Context) (code int) {
	defer func() {
		if r := recover(); r != nil {
			l, ok := r.(left)
			if !ok {
				panic(r)
			}
			code = l.code
		}
	}()
	g := &grammar{}
	c := &call{Program: p, globals: &g.globals}
	parser, err := newParser(g, kong.Writers(p.Stdout, p.Stderr), kong.Exit(func(code int) { panic(left{code}) }), kong.Help(c.help), kong.BindToProvider(c.client))
	if err != nil {
		return c.fail(err)
	}
	if len(p.Args) > 0 && p.Args[0] == completeWord {
		return c.complete(parser.Model, p.Args[1:])
	}
	parsed, err := parser.Parse(p.args())
	if err != nil {
		return c.fail(usage{err})
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c.ctx = ctx
	if parsed.Selected().Name != "run" { // run cancels its execution instead
		go func() {
			select {
			case <-p.Signals:
				cancel(errInterrupted)
			case <-ctx.Done():
			}
		}()
	}
	if err := parsed.Run(c); err != nil {
		return c.fail(err)
	}
	return 0
}

// args shows the help when nothing was asked.
func (p Program) args() []string {
	if len(p.Args) == 0 {
		return []string{"--help"}
	}
	return p.Args
}

func newParser(g *grammar, options ...kong.Option) (*kong.Kong, error) {
	return kong.New(g, append([]kong.Option{
		kong.Name("stoa"),
		kong.Description("Stoa, a self-hosted cloud: run code on machines of your own."),
		kong.ConfigureHelp(kong.HelpOptions{NoExpandSubcommands: true, Compact: true, WrapUpperBound: 100}),
		kong.ExplicitGroups([]kong.Group{
			{Key: "work", Title: "Work"},
			{Key: "people", Title: "People"},
			{Key: "operate", Title: "Operate"},
			{Key: "you", Title: "You"},
			{Key: "tool", Title: "This program"},
			{Key: "limits", Title: "Limits of this run"},
		}),
	}, options...)...)
}

var errInterrupted = errors.New("interrupted")
