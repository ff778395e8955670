package pg

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A killed server whose parent has not collected it is nobody: the next one starts at once.
func TestADeadServerIsDisowned(t *testing.T) {
	data := t.TempDir()
	program := filepath.Join(t.TempDir(), "postgres")
	b, err := os.ReadFile("/bin/true")
	if err == nil {
		err = os.WriteFile(program, b, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
	dead := exec.Command(program)
	dead.Dir = data
	if err := dead.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = dead.Wait() }()
	for deadline := time.Now().Add(time.Minute); !isDead(filepath.Join("/proc", strconv.Itoa(dead.Process.Pid))); {
		if time.Now().After(deadline) {
			t.Fatal("it does not end")
		}
		<-time.After(time.Millisecond)
	}
	rest := "\n" + data + "\n1\n5432\n\n\n  11321407   5079086\nready\n"
	if err := os.WriteFile(filepath.Join(data, pidName), []byte(strconv.Itoa(dead.Process.Pid)+rest), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := clearPredecessor(t.Context(), data, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(pidFile(data), "\n"), strconv.Itoa(nobody)+rest; got != want {
		t.Errorf("the file says %q, want %q", got, want)
	}
}
