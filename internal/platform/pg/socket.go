package pg

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

const (
	socketName = ".s.PGSQL.5432"
	maxSocket  = 107 // bytes of a unix socket's path
)

// socketDir is the folder of the socket: run, or, when the kernel could not take
// so long a path, one below the temporary folder with a name made of the data's.
func socketDir(run, data string, owner account) (string, error) {
	if len(filepath.Join(run, socketName)) < maxSocket {
		return run, owner.makeDir(run)
	}
	sum := sha256.Sum256([]byte(data))
	short := filepath.Join(os.TempDir(), fmt.Sprintf("stoa-pg-%x", sum[:8]))
	// Anybody can make a folder there, so one that exists must be ours.
	if err := os.Mkdir(short, 0o700); os.IsExist(err) {
		info, err := os.Lstat(short)
		if err != nil {
			return "", fmt.Errorf("look at socket folder: %w", err)
		}
		if uid := int(info.Sys().(*syscall.Stat_t).Uid); !info.IsDir() || uid != owner.uid && uid != os.Geteuid() { //nolint:forcetypeassert // Linux
			return "", fault.New(fault.Conflict, "database.socket_taken", "%s belongs to somebody else: choose a shorter data folder.", short)
		}
	} else if err != nil {
		return "", fmt.Errorf("make socket folder: %w", err)
	}
	return short, owner.makeDir(short)
}

// lockDir makes this process the only one that serves the data, for as long as it
// lives: the kernel drops the lock with the last descriptor.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fault.New(fault.Conflict, "database.in_use", "Another program serves the data in %s.", dir).Because(err)
	}
	return f, nil
}
