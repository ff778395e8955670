package timerslack_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stoa-cloud/stoa/internal/platform/timerslack"
)

// TestMain makes this program the one that is started: it prints its slack.
func TestMain(m *testing.M) {
	if os.Getenv("PRINT_SLACK") != "" {
		slack, _ := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
		fmt.Print(slack)
		return
	}
	m.Run()
}

func TestAProgramStartsWithItsSlackAndWeKeepOurs(t *testing.T) {
	runtime.LockOSThread() // whose slack we look at
	defer runtime.UnlockOSThread()
	for _, slack := range []time.Duration{timerslack.Relaxed, timerslack.Usual} {
		before, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
		if err != nil {
			t.Skipf("this kernel knows no timer slack: %v", err)
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "PRINT_SLACK=1")
		var out strings.Builder
		cmd.Stdout = &out
		if err := timerslack.Start(cmd, slack); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		if want := strconv.FormatInt(slack.Nanoseconds(), 10); out.String() != want {
			t.Errorf("it has %s ns, want %s", out.String(), want)
		}
		if after, _ := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0); after != before {
			t.Errorf("ours was %d ns and is %d", before, after)
		}
	}
}
