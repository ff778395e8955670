package pg

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// account is who the server runs as: this user, or, because PostgreSQL refuses to
// be root, a service user when this is root.
type account struct {
	name       string
	credential *syscall.Credential // nil: this user
	uid, gid   int
}

func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		u, err := user.Current()
		if err != nil {
			return account{}, fmt.Errorf("look up this user: %w", err)
		}
		return account{name: u.Username}, nil
	}
	for _, name := range []string{"stoa", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errU := strconv.ParseUint(u.Uid, 10, 32)
		gid, errG := strconv.ParseUint(u.Gid, 10, 32)
		if errU != nil || errG != nil {
			continue
		}
		return account{
			name: name, uid: int(uid), gid: int(gid), //nolint:gosec // 32 bits
			credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)},
		}, nil
	}
	return account{}, fmt.Errorf("PostgreSQL cannot run as root, and there is neither a user “stoa” nor “nobody”")
}

// makeDir makes a folder that the server owns and nobody else can enter.
func (a account) makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", dir, err)
	}
	if a.credential == nil {
		return nil
	}
	if err := os.Chown(dir, a.uid, a.gid); err != nil {
		return fmt.Errorf("hand %s to %s: %w", dir, a.name, err)
	}
	return nil
}
