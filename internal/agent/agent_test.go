package agent

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

func TestAddressOf(t *testing.T) {
	for join, want := range map[string]string{
		"https://stoa.example:8080": "stoa.example:8080", "stoa.example:8080": "stoa.example:8080", "10.0.0.1:8080": "10.0.0.1:8080",
		"http://127.0.0.1:8080/": "127.0.0.1:8080", "https://stoa.example": "stoa.example:443", "http://stoa.example": "stoa.example:80",
		"[::1]:8080": "[::1]:8080",
	} {
		if got, err := addressOf(join); err != nil || got != want {
			t.Errorf("%s: %s, %v", join, got, err)
		}
	}
	for _, join := range []string{"", "https://", "http://[::1", ":8080"} {
		if got, err := addressOf(join); err == nil {
			t.Errorf("%q is taken for %s", join, got)
		}
	}
}

func TestHowRunsEnd(t *testing.T) {
	seven := 7
	for name, c := range map[string]struct {
		done       sandbox.Result
		err, cause error
		want       *agentv1.Result
	}{
		"failed":    {sandbox.Result{Outcome: sandbox.Failed, ExitCode: &seven}, nil, nil, &agentv1.Result{Outcome: "failed", ExitCode: new(int32(7))}},
		"timed out": {sandbox.Result{Outcome: sandbox.TimedOut, Reason: sandbox.ReasonWall, Signal: "SIGKILL"}, nil, nil, &agentv1.Result{Outcome: "timed_out", ReasonCode: "wall", Signal: "SIGKILL"}},
		"the compiler timed out": {
			sandbox.Result{Outcome: sandbox.TimedOut, Reason: sandbox.ReasonWall, Compiling: true},
			nil, nil,
			&agentv1.Result{Outcome: "timed_out", ReasonCode: "wall", ReasonMessage: compilerMet(sandbox.CompilerLimits())},
		},
		"cancelled": {sandbox.Result{Outcome: sandbox.Cancelled}, nil, endCancelled("asked"), &agentv1.Result{Outcome: "cancelled", ReasonCode: "asked"}},
		"cancelled while waiting": {
			sandbox.Result{Outcome: sandbox.Cancelled}, endCancelled("asked"), endCancelled("asked"), &agentv1.Result{Outcome: "cancelled", ReasonCode: "asked"},
		},
		"ended before the cancel came": {sandbox.Result{Outcome: sandbox.Completed}, nil, endCancelled("asked"), &agentv1.Result{Outcome: "completed"}},
		"stopped":                      {sandbox.Result{Outcome: sandbox.Cancelled}, nil, endStopped, &agentv1.Result{Outcome: "error", ReasonCode: "agent_stopped", ReasonMessage: endStopped.message}},
		"refused": {
			sandbox.Result{Outcome: sandbox.Error},
			&sandbox.JobError{Field: "runtime", Problem: "there is no cobol"}, nil,
			&agentv1.Result{Outcome: "error", ReasonCode: "task_refused", ReasonMessage: "job runtime: there is no cobol"},
		},
		"our fault": {
			sandbox.Result{Outcome: sandbox.Error},
			errors.New("secret detail"), nil,
			&agentv1.Result{Outcome: "error", ReasonCode: "sandbox", ReasonMessage: "The sandbox of the node failed. The agent's log says why."},
		},
	} {
		c.want.Usage = &agentv1.Usage{}
		if diff := cmp.Diff(c.want, resultOf(c.done, c.err, c.cause), protocmp.Transform()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWithoutIdentityAndTokenItSaysWhatToDo(t *testing.T) {
	a, err := New(Config{Join: "127.0.0.1:1", DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "stoa node enroll") {
		t.Errorf("it says %v", err)
	}
	if err := os.WriteFile(filepath.Join(a.cfg.DataDir, "identity.pem"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := a.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "identity.pem") {
		t.Errorf("with a damaged identity it says %v", err)
	}
}

func TestCommandLine(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"nothing":        {nil, 2, "--join"},
		"unknown flag":   {[]string{"--join", "x", "--fast"}, 2, "unknown flag"},
		"bad slots":      {[]string{"--join", "x", "--slots=-1"}, 2, "negative"},
		"unreadable tok": {[]string{"--join", "x", "--token-file", t.TempDir()}, 2, "read token"},
	} {
		var out bytes.Buffer
		if code := Main("1.2.3", c.args, &out); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: exit %d\n%s", name, code, out.String())
		}
	}
}
