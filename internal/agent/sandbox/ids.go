package sandbox

import (
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// Ranges of host user ids for runs, each of idsInRange, far above those of people and services.
const (
	firstHostID = 2_000_000_000
	idsInRange  = 1 << 16
	idRanges    = 1024
)

// idLocks is where the drivers of one host, of all agents, see which ranges are taken: a file for each, locked while in use.
var idLocks = "/run/stoa-sandbox-ids"

// IDs is a range of host user ids that no other driver of this host has. So no run ever shares an id with another's.
type IDs struct {
	First uint32
	lock  *os.File
}

// ClaimIDs takes a range of 65536 ids, by preference the same one for the same folder. The claim ends with Release, or with
// the process, however that ends.
func ClaimIDs(dir string) (*IDs, error) {
	if err := os.MkdirAll(idLocks, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of claimed user ids: %w", err)
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(dir))
	for i := range uint32(idRanges) {
		number := (sum.Sum32() + i) % idRanges
		lock, err := os.OpenFile(filepath.Join(idLocks, fmt.Sprint(number)), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, fmt.Errorf("claim user ids: %w", err)
		}
		switch err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
		case err == nil:
			return &IDs{First: firstHostID + number*idsInRange, lock: lock}, nil
		case !errors.Is(err, syscall.EWOULDBLOCK):
			return nil, errors.Join(fmt.Errorf("claim user ids: %w", err), lock.Close())
		}
		lock.Close()
	}
	return nil, fmt.Errorf("all %d ranges of user ids for sandboxes are taken on this host", idRanges)
}

// Release gives the range back. No process may have an id of it any more.
func (r *IDs) Release() {
	if r != nil {
		r.lock.Close()
	}
}
