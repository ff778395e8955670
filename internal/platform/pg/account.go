package pg

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// account is who the server runs as: this user, or, because PostgreSQL refuses to
// be root, a service user when this is root.
type account struct {
	name       string
	credential *syscall.Credential // nil: this user
	uid, gid   int
}

// serverAccount keeps the owner of data that exists.
func serverAccount(data string) (account, error) {
	if os.Geteuid() != 0 {
		u, err := user.Current()
		if err != nil {
			return account{}, fmt.Errorf("look up this user: %w", err)
		}
		return account{name: u.Username, uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	if info, err := os.Stat(data); err == nil {
		if owner := info.Sys().(*syscall.Stat_t).Uid; owner != 0 { //nolint:forcetypeassert // Linux
			u, err := user.LookupId(strconv.FormatUint(uint64(owner), 10))
			if err != nil {
				return account{}, fmt.Errorf("look up the owner of %s: %w", data, err)
			}
			return service(u)
		}
	}
	for _, name := range []string{"stoa", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return service(u)
		}
	}
	return account{}, fault.New(fault.Unavailable, "database.no_account", "PostgreSQL does not run as root, and there is neither a user “stoa” nor “nobody”: add one.")
}

func service(u *user.User) (account, error) {
	uid, errU := strconv.ParseUint(u.Uid, 10, 32)
	gid, errG := strconv.ParseUint(u.Gid, 10, 32)
	if err := errors.Join(errU, errG); err != nil {
		return account{}, fmt.Errorf("look up user %s: %w", u.Username, err)
	}
	return account{
		name: u.Username, uid: int(uid), gid: int(gid),
		credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)},
	}, nil
}

// makeDir makes a folder that the server owns and nobody else can enter.
func (a account) makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", dir, err)
	}
	if a.credential != nil {
		if err := a.canReach(filepath.Dir(dir)); err != nil {
			return err
		}
		if err := os.Chown(dir, a.uid, a.gid); err != nil {
			return fmt.Errorf("hand %s to %s: %w", dir, a.name, err)
		}
	}
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a folder
		return fmt.Errorf("close %s to others: %w", dir, err)
	}
	return nil
}

// canReach says which folder on the way is closed to the account.
func (a account) canReach(dir string) error {
	dir, err := filepath.EvalSymlinks(dir)
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return fmt.Errorf("follow folder: %w", err)
	}
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return fmt.Errorf("look at folder: %w", err)
		}
		enter, owner := os.FileMode(0o001), info.Sys().(*syscall.Stat_t) //nolint:forcetypeassert // Linux
		switch {
		case int(owner.Uid) == a.uid:
			enter = 0o100
		case int(owner.Gid) == a.gid:
			enter = 0o010
		}
		if info.Mode()&enter == 0 {
			return fault.New(fault.Denied, "database.unreachable",
				"PostgreSQL runs as user %s, which cannot enter %s: open that folder (chmod o+x) or choose another data folder.", a.name, dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}
