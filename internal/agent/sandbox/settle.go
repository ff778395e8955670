package sandbox

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Settle ends what waits ahead of its run, waits until everything of runs that have ended is gone, and returns the host's
// processes, if any, that still belong to one. It is for tests; no job may run meanwhile.
func (d *Driver) Settle() []int {
	d.mu.Lock()
	w := d.current
	d.mu.Unlock()
	if w == nil {
		return nil
	}
	w.users.Wait()
	w.warmer.mu.Lock() // guests made ahead are alive and have run nothing
	for _, h := range w.warmer.warm {
		w.warmer.drop(h)
	}
	w.warmer.mu.Unlock()
	w.warmer.settle()
	if w.nursery.base == 0 {
		return nil // all that we start has our own user id
	}
	first := w.nursery.hostUID(firstUID)
	return ProcessesOf(first, first+maxSlots)
}

// ProcessesOf lists the host's processes whose user id is at least first and below end, zombies too.
func ProcessesOf(first, end int) []int {
	var found []int
	statuses, _ := filepath.Glob("/proc/[0-9]*/status")
	for _, name := range statuses {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		_, uids, _ := strings.Cut(string(b), "\nUid:\t")
		uid, _ := strconv.Atoi(strings.Fields(uids + " x")[0])
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil && uid >= first && uid < end {
			found = append(found, pid)
		}
	}
	return found
}
