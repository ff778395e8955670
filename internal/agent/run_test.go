package agent

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/image"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// eager counts what it is asked to run.
type eager struct{ ran chan sandbox.Job }

func (e eager) Run(_ context.Context, job sandbox.Job, _ func(sandbox.Stream, []byte)) (sandbox.Result, error) {
	e.ran <- job
	return sandbox.Result{Outcome: sandbox.Completed}, nil
}
func (eager) Runtimes(context.Context) ([]sandbox.Runtime, error) { return nil, nil }
func (eager) Enforcement() []sandbox.Enforced                     { return nil }

// A process that was stopped for a while finds tasks in its connection that the
// control plane may have given to others since.
func TestNothingStartsAfterTheHold(t *testing.T) {
	driver := eager{make(chan sandbox.Job, 2)}
	a, err := New(Config{Join: "127.0.0.1:1", DataDir: t.TempDir(), Driver: driver, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer a.hold.end()
	by, verifier := signer(t)
	s := &session{agent: a, verifier: verifier, at: time.Now(), welcome: &agentv1.Welcome{NodeId: "n", Epoch: 7, ClockMs: 500}}
	late := good()
	late.ExpiresMs = 60_000
	s.assign(signed(t, by, late))
	a.runs.Wait()
	if got, _, _ := a.table.collect(time.Now()); kinds(got) != "r" || got[0].GetResult().GetReasonCode() != reasonControlPlaneLost {
		t.Errorf("without a hold: %v", got)
	}
	a.hold.extend(time.Now(), 60_000)
	next := good()
	next.ExpiresMs, next.Ref.Attempt = 60_000, 2
	s.assign(signed(t, by, next))
	a.runs.Wait()
	if got, _, _ := a.table.collect(time.Now()); kinds(got) != "r" || got[0].GetResult().GetOutcome() != "completed" {
		t.Errorf("within the hold: %v", got)
	}
	if len(driver.ran) != 1 {
		t.Errorf("%d jobs ran", len(driver.ran))
	}
}

// Errors name files of images and words of programs, in whatever bytes; a message takes text alone, and one
// that cannot be made ends the session, again and again.
func TestWhatIsToldCanBeSent(t *testing.T) {
	odd := "open “\xff\x00”: no"
	result := resultOf(sandbox.Result{}, &sandbox.JobError{Field: "source", Problem: odd}, nil)
	images := imageStatuses([]image.Status{{Digest: "sha256:0", State: image.Failed, Reason: odd, Runtimes: []image.Verdict{{Name: "python@3.12", Reason: odd}}}})
	for _, m := range []proto.Message{result, images, failure(&ending{outcomeError, odd, odd})} {
		if _, err := proto.Marshal(m); err != nil || strings.Contains(fmt.Sprint(m), `\x00`) {
			t.Errorf("%v, %v", m, err)
		}
	}
}
