package sandbox

import (
	"os"
	"sync"
	"testing"
)

// Drivers whose folders prefer the same range get different ones, whatever their order.
func TestNoTwoDriversShareIDs(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root maps ids")
	}
	var mu sync.Mutex
	var wait sync.WaitGroup
	taken := map[uint32]bool{}
	for range 40 {
		wait.Go(func() {
			ids, err := ClaimIDs("/the/same/folder")
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(ids.Release)
			mu.Lock()
			defer mu.Unlock()
			if taken[ids.First] || ids.First < firstHostID || (ids.First-firstHostID)%idsInRange != 0 {
				t.Errorf("%d again, or out of place", ids.First)
			}
			taken[ids.First] = true
		})
	}
	wait.Wait()
	if d := shared; d != nil && taken[d.ids.First] {
		t.Error("the range of a driver that is open")
	}
}

// A range that was given back is the folder's again, and a full host says what is missing.
func TestIDsAreGivenBack(t *testing.T) {
	old := idLocks
	idLocks = t.TempDir()
	defer func() { idLocks = old }()
	first, err := ClaimIDs("x")
	if err != nil {
		t.Fatal(err)
	}
	first.Release()
	for i := range idRanges {
		ids, err := ClaimIDs("x")
		if err != nil || i == 0 && ids.First != first.First {
			t.Fatalf("range %d: %+v, %v", i, ids, err)
		}
		defer ids.Release()
	}
	if ids, err := ClaimIDs("x"); err == nil {
		t.Errorf("one more than there are: %+v", ids)
	}
}
