package pg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// chooseBinaries finds an installation that reads the data there is: new data is
// the bundle's, old data may still be read by the host's older PostgreSQL.
func (s *Server) chooseBinaries() error {
	data, err := dataMajor(s.data)
	if err != nil {
		return err
	}
	chosen, newest, err := s.candidates(data)
	if err != nil {
		return err
	}
	switch {
	case newest.dir == "":
		return fault.New(fault.Unavailable, "database.no_server",
			"There is no PostgreSQL here. Build stoad with the bundle (make build), install PostgreSQL %d or newer, or give --database-url.", oldestMajor)
	case chosen.dir == "":
		return fault.New(fault.Conflict, "database.other_major",
			"The data in %s was made by PostgreSQL %d, but this program brings PostgreSQL %d. Nothing was touched. "+
				"To upgrade: run “stoad backup” with the program that made the data (or install PostgreSQL %d beside this one), "+
				"move the folder away, and run “stoad restore”.", s.data, data, newest.major, data)
	case chosen != newest:
		s.cfg.Log.Warn("the data is still in an older PostgreSQL's format, served by the host's binaries; stoad backup and restore bring it to the newest",
			"version", chosen.version, "newest", newest.version)
	}
	s.bin = chosen
	if l, ok, err := bundle(); err != nil {
		return err
	} else if ok && chosen.dir == filepath.Join(s.cfg.Bundles, l.folder(), "bin") {
		return unpack(l, s.cfg.Bundles)
	}
	return nil
}

func (s *Server) candidates(data int) (chosen, newest binaries, err error) {
	if s.cfg.Binaries == "" {
		return choose(s.cfg.Bundles, data)
	}
	b, err := inspect(s.cfg.Binaries)
	if data == 0 || data == b.major {
		chosen = b
	}
	return chosen, b, err
}

// dataMajor is the version that the data was made by; zero when there is none.
func dataMajor(data string) (int, error) {
	content, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read data folder: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(content)))
	if err != nil {
		return 0, fmt.Errorf("read data folder: PG_VERSION is %q", content)
	}
	return major, nil
}

// initialise makes the data aside, so that it is whole or absent.
func (s *Server) initialise(ctx context.Context) error {
	fresh := s.data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("clear interrupted start: %w", err)
	}
	args := []string{"--pgdata=" + fresh, "--username=" + Superuser, "--auth-local=peer", "--auth-host=reject", "--encoding=UTF8", "--no-instructions"}
	if s.bin.major >= 17 {
		// PostgreSQL's own collation does not change with the host's C library.
		args = append(args, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
	} else {
		args = append(args, "--locale=C.UTF-8")
	}
	if s.cfg.Unsafe {
		args = append(args, "--no-sync", "--wal-segsize=1")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin.dir, "initdb"), args...) //nolint:gosec // our own binary
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.owner.credential}
	cmd.Env = []string{"LC_ALL=C", "TZ=UTC"}
	cmd.Dir = s.cfg.Dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initialise database: %w: %s", err, out)
	}
	return os.Rename(fresh, s.data)
}

// admit says who may connect. The kernel tells who is at the other end of the
// socket: this user and the server's own, nobody else, and no passwords.
func (s *Server) admit() error {
	caller, err := user.Current()
	if err != nil {
		return fmt.Errorf("look up this user: %w", err)
	}
	identities := fmt.Sprintf("stoa %q %s\nstoa %q %s\n", caller.Username, Superuser, s.owner.name, Superuser)
	for name, content := range map[string]string{"pg_hba.conf": "local all all peer map=stoa\n", "pg_ident.conf": identities} {
		path := filepath.Join(s.data, name)
		if have, err := os.ReadFile(path); err == nil && string(have) == content {
			continue
		}
		// Rewritten in place, so that it stays the server's.
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}
