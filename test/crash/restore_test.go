package crash

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A restore into an older state destroys nothing: what the backup knew is there,
// the node comes back with its old identity, and work goes on.
func TestRestoreIntoAnOlderState(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and stops whole programs")
	}
	in := install(t)
	in.start(t, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	random := rand.New(rand.NewPCG(1, 2))
	before := in.submitAll(ctx, t, 5, random).wait(t)
	in.awaitAll(ctx, t, before)
	backup := filepath.Join(in.dir, "backup")
	in.stoad(t, "backup", backup)

	// What happens now, the restored state does not know; one of them still runs when the control plane goes.
	in.awaitAll(ctx, t, in.submitAll(ctx, t, 5, random).wait(t))
	if _, err := in.call(ctx, "POST", "/executions", map[string]any{"runtime": "bash", "source": "sleep 30"}, "long"); err != nil {
		t.Fatal(err)
	}
	in.stop(t)

	older := filepath.Join(in.dir, "older")
	if err := os.MkdirAll(older, 0o711); err != nil {
		t.Fatal(err)
	}
	data := in.data
	in.data = older
	in.stoad(t, "restore", backup)
	for _, kept := range []string{"pki", "agent"} {
		if out, err := exec.Command("cp", "-aT", filepath.Join(data, kept), filepath.Join(older, kept)).CombinedOutput(); err != nil {
			t.Fatalf("copy %s: %v: %s", kept, err, out)
		}
	}
	// The restored installation knows the old token as somebody's before: it makes another, which start waits for.
	if err := os.Remove(filepath.Join(in.home, "stoa", "config.yaml")); err != nil {
		t.Fatal(err)
	}
	in.start(t, nil)
	after := in.submitAll(ctx, t, 5, random).wait(t)
	in.awaitAll(ctx, t, after)
	in.awaitConsumer(ctx, t)
	// The probe's own notes are in no backup.
	in.checkEvents(t, append(before, after...), "events that the consumer saw twice or not at all")
	if status, err := in.call(ctx, "GET", "/executions/"+before[0], nil, ""); err != nil || status == "" {
		t.Errorf("what the backup knew: %s, %v", status, err)
	}
	in.stop(t)
	in.checkNothingLeft(t)
}

func (in *installation) stoad(t *testing.T, verb, file string) {
	t.Helper()
	out, err := exec.Command(filepath.Join(binaries, "stoad"), verb, "--data-dir", in.data, file).CombinedOutput()
	if err != nil {
		t.Fatalf("stoad %s: %v: %s", verb, err, out)
	}
}
