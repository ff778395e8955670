package boot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

type backupCommand struct {
	Config
	File string `arg:"" help:"Where the backup goes; “-” is standard output. An existing file is left alone."`
}

// Run writes a backup, of a program that runs or of one that does not.
func (c *backupCommand) Run(ctx context.Context) error {
	out := os.Stdout
	if c.File != "-" {
		f, err := os.OpenFile(c.File, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("make backup file: %w", err)
		}
		defer func() { _ = f.Close() }()
		out = f
	}
	if handled, err := asService(c.Config, []string{"backup", "-"}, nil, out); handled {
		return errors.Join(err, out.Sync())
	}
	return withDatabase(ctx, c.Config, true, func(url string) error {
		manifest, totals, err := pg.Backup(ctx, url, out)
		if err != nil {
			return err
		}
		fmt.Fprintf(os.Stderr, "Backed up %d tables with %d rows, as of %s. Keep %s too: it holds the authority that agents trust; and %s, which opens sealed secrets.\n",
			len(manifest.Tables), rows(totals), manifest.MadeAt.Local().Format("2006-01-02 15:04:05"), c.path("pki"), c.path("secrets", "seal.keys"))
		return nil
	})
}

type restoreCommand struct {
	Config
	File string `arg:"" help:"The backup; “-” is standard input."`
}

// Run reads a backup into an empty database. Stoa must not be running on it.
func (c *restoreCommand) Run(ctx context.Context) error {
	in := os.Stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("open backup: %w", err)
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	if handled, err := asService(c.Config, []string{"restore", "-"}, in, os.Stdout); handled {
		return err
	}
	return withDatabase(ctx, c.Config, false, func(url string) error {
		manifest, totals, err := pg.Restore(ctx, url, in)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(os.Stdout, "Restored %d tables with %d rows, as of %s. Executions that ran then are taken up again when Stoa starts.\n",
			len(manifest.Tables), rows(totals), manifest.MadeAt.Local().Format("2006-01-02 15:04:05"))
		return nil
	})
}

func rows(t pg.Totals) (n int64) {
	for _, table := range t.Tables {
		n += table.Rows
	}
	return n
}

// asService runs the same verb as the service user when this is root: the embedded
// database knows that user only.
func asService(c Config, verb []string, in io.Reader, out io.Writer) (handled bool, err error) {
	if os.Geteuid() != 0 || c.DatabaseURL != "" {
		return false, nil
	}
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return true, err
	}
	c.DataDir = dir
	credential, err := supervisor{config: c}.dropRoot()
	if err != nil {
		return true, err
	}
	cmd := exec.Command("/proc/self/exe", append(verb, "--data-dir="+c.DataDir)...) //nolint:gosec // ourselves
	cmd.Args[0] = "stoad"
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Dir, cmd.Env = in, out, os.Stderr, "/", planeEnvironment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Pdeathsig: syscall.SIGTERM}
	return true, exitOf(cmd.Run())
}

// withDatabase gives the database of a data folder: the running program's, if that
// is fine, or a server started for this.
func withDatabase(ctx context.Context, c Config, running bool, use func(url string) error) error {
	if c.DatabaseURL != "" {
		return use(c.DatabaseURL)
	}
	if err := c.prepare(); err != nil {
		return err
	}
	held, err := lock(c)
	if taken, ok := errors.AsType[errTaken](err); ok && running && taken.Database != "" {
		return use(taken.Database)
	}
	if err != nil {
		return err
	}
	defer func() { _ = held.Close() }()
	server, err := pg.Embed(ctx, pg.EmbedConfig{Dir: c.path("postgres"), RunDir: c.path("run", "pg"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { _ = server.Stop(context.WithoutCancel(ctx)) }()
	return use(server.URL())
}
