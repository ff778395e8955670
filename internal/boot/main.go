package boot

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/alecthomas/kong"
)

// commands are the verbs of stoad.
type commands struct {
	Up      upCommand      `cmd:"" help:"Start everything on this machine: the control plane, and an agent beside it."`
	Serve   serveCommand   `cmd:"" help:"Start some roles of the control plane."`
	Backup  backupCommand  `cmd:"" help:"Write a backup of everything in the database."`
	Restore restoreCommand `cmd:"" help:"Read a backup into an empty database."`
	OpenAPI openapiCommand `cmd:"" name:"openapi" help:"Print the API's contract."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// Exit codes of stoad.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
	exitTaken   = 3 // another stoad uses the data folder
)

// Main runs stoad and returns its exit code.
func Main(args []string) int {
	var cli commands
	parser, err := kong.New(&cli, kong.Name("stoad"), kong.Description("Stoa's control plane: a self-hosted cloud in one program."),
		kong.Vars{"data_dir": defaultDataDir()}, kong.UsageOnError())
	if err != nil {
		panic(err) // the tags above are wrong
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "stoad: %v\n", err)
		return exitUsage
	}
	parsed.BindTo(context.Background(), (*context.Context)(nil))
	err = parsed.Run()
	status, hasStatus := errors.AsType[exitStatus](err)
	_, taken := errors.AsType[errTaken](err)
	switch {
	case err == nil:
		return exitOK
	case hasStatus: // it has said why
		return int(status)
	case taken:
		fmt.Fprintln(os.Stderr, err)
		return exitTaken
	default:
		fmt.Fprintf(os.Stderr, "stoad: %v\n", err)
		return exitFailure
	}
}
