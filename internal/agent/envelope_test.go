package agent

import (
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/platform/pki"
)

func signer(tb testing.TB) (*pki.Signer, *pki.Verifier) {
	tb.Helper()
	a, err := pki.Open(tb.TempDir(), time.Now)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := a.NewSigner()
	if err != nil {
		tb.Fatal(err)
	}
	v, err := pki.NewVerifier(s.Certificate(), a.Certificate(), time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	return s, v
}

func signed(tb testing.TB, s *pki.Signer, t *agentv1.Task) *agentv1.SignedTask {
	tb.Helper()
	b, err := proto.Marshal(t)
	if err != nil {
		tb.Fatal(err)
	}
	return &agentv1.SignedTask{Task: b, Signature: s.Sign(b)}
}

func good() *agentv1.Task {
	return &agentv1.Task{
		Ref: ref("a"), NodeId: "n", Epoch: 7, ExpiresMs: 1000,
		Spec: &agentv1.Task_Execution{Execution: &agentv1.ExecutionTask{Runtime: "python", Source: []byte("print(1)")}},
	}
}

var to = addressee{node: "n", epoch: 7, clock: 1000}

func TestTaskThatHolds(t *testing.T) {
	s, v := signer(t)
	task, err := openTask(v, signed(t, s, good()), to)
	if err != nil || task.GetExecution().GetRuntime() != "python" {
		t.Fatalf("%v, %v", task, err)
	}
}

func TestTasksThatDoNotHold(t *testing.T) {
	ours, v := signer(t)
	theirs, _ := signer(t)
	for name, c := range map[string]struct {
		change    func(*agentv1.Task)
		by        *pki.Signer
		untrusted bool
	}{
		"another signer":  {func(*agentv1.Task) {}, theirs, true},
		"no ref":          {func(t *agentv1.Task) { t.Ref = nil }, ours, true},
		"another node":    {func(t *agentv1.Task) { t.NodeId = "m" }, ours, false},
		"another session": {func(t *agentv1.Task) { t.Epoch = 6 }, ours, false},
		"expired":         {func(t *agentv1.Task) { t.ExpiresMs = 999 }, ours, false},
		"unknown kind":    {func(t *agentv1.Task) { t.Spec = nil }, ours, false},
	} {
		task := good()
		c.change(task)
		opened, err := openTask(v, signed(t, c.by, task), to)
		if err == nil || errors.Is(err, errUntrusted) != c.untrusted || (opened == nil) != c.untrusted {
			t.Errorf("%s: %v, %v", name, opened, err)
		}
	}
	tampered := signed(t, ours, good())
	tampered.Task[len(tampered.Task)-1] ^= 1
	if _, err := openTask(v, tampered, to); !errors.Is(err, errUntrusted) {
		t.Errorf("tampered with: %v", err)
	}
	if _, err := openTask(v, nil, to); !errors.Is(err, errUntrusted) {
		t.Errorf("nothing: %v", err)
	}
}

func TestLimitsThatMakeNoSense(t *testing.T) {
	for name, l := range map[string]*agentv1.Limits{
		"endless wall": {WallMs: 1 << 62}, "negative cpu": {CpuMs: -1}, "negative memory": {MemoryBytes: -1}, "negative processes": {Processes: -1},
	} {
		if _, err := limitsOf(l); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// FuzzOpenTask: nothing unsigned is trusted, and whatever the control plane signs
// leaves a task that holds or an error, never a panic.
func FuzzOpenTask(f *testing.F) {
	s, v := signer(f)
	f.Add(signed(f, s, good()).GetTask(), []byte("no signature"))
	f.Add([]byte{0xff, 0xff}, []byte{})
	f.Fuzz(func(t *testing.T, task, signature []byte) {
		if _, err := openTask(v, &agentv1.SignedTask{Task: task, Signature: signature}, to); !errors.Is(err, errUntrusted) {
			t.Errorf("a forged task: %v", err)
		}
		opened, err := openTask(v, &agentv1.SignedTask{Task: task, Signature: s.Sign(task)}, to)
		switch {
		case errors.Is(err, errUntrusted):
			if opened != nil {
				t.Error("an untrusted task was given out")
			}
		case opened.GetRef().GetId() == "":
			t.Error("a task without a name was trusted")
		case err == nil:
			if opened.GetNodeId() != to.node || opened.GetEpoch() != to.epoch {
				t.Errorf("a task for somebody else holds: %v", opened)
			}
			if job, err := jobOf(opened); err == nil && (job.Limits.Wall < 0 || job.Limits.Wall > maxDuration) {
				t.Errorf("wall limit %s", job.Limits.Wall)
			}
		}
	})
}

// A job shares what compilers made with those that the signed task names.
func TestJobCacheScope(t *testing.T) {
	job, err := jobOf(&agentv1.Task{Spec: &agentv1.Task_Execution{Execution: &agentv1.ExecutionTask{CacheScope: "p", Limits: &agentv1.Limits{}}}})
	if err != nil || job.CacheScope != "p" {
		t.Errorf("scope %q, %v", job.CacheScope, err)
	}
}
