package agent

import (
	"errors"
	"testing"
	"time"

	agentv1 "github.com/stoa-cloud/stoa/api/agent/v1"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

func ref(id string) *agentv1.TaskRef {
	return &agentv1.TaskRef{Kind: "execution", Id: id, Attempt: 1}
}

// running adds a task; ended is the cause of its end.
func running(t *table, id string) (x *task, ended *error) {
	ended = new(error)
	x = &task{ref: ref(id), stop: func(why error) { *ended = why }}
	t.add(x, 100)
	return x, ended
}

// kinds names the messages.
func kinds(messages []*agentv1.FromAgent) (names string) {
	for _, m := range messages {
		switch m.GetMessage().(type) {
		case *agentv1.FromAgent_Started:
			names += "s"
		case *agentv1.FromAgent_Output:
			names += "o"
		case *agentv1.FromAgent_Result:
			names += "r"
		}
	}
	return names
}

func TestOutputGoesAtOnceAndThenInBatches(t *testing.T) {
	table, now := newTable(), time.Unix(1000, 0)
	x, _ := running(table, "a")
	table.write(x, sandbox.Stdout, []byte("1"))
	if got, _, _ := table.collect(now); kinds(got) != "so" {
		t.Errorf("the first output is sent as %q", kinds(got))
	}
	table.write(x, sandbox.Stdout, []byte("2"))
	got, again, _ := table.collect(now.Add(pace / 2))
	if kinds(got) != "" || again != pace/2 {
		t.Errorf("output right after is sent as %q, again in %s", kinds(got), again)
	}
	table.write(x, sandbox.Stdout, []byte("3"))
	got, again, _ = table.collect(now.Add(pace))
	if kinds(got) != "o" || string(got[0].GetOutput().GetBytes()) != "23" || again != 0 {
		t.Errorf("then %v, again in %s", got, again)
	}
	table.write(x, sandbox.Stdout, []byte("4"))
	table.end(x, &agentv1.Result{}, now)
	if got, _, _ := table.collect(now.Add(pace)); kinds(got) != "r" {
		t.Errorf("the end is sent as %q", kinds(got))
	}
}

func TestAShortRunIsOneMessage(t *testing.T) {
	table, now := newTable(), time.Unix(1000, 0)
	short, _ := running(table, "short")
	long, _ := running(table, "long")
	short.began, long.began = now, now
	table.write(short, sandbox.Stdout, []byte("1"))
	table.write(long, sandbox.Stdout, []byte("1"))
	if got, again, _ := table.collect(now.Add(hush / 4)); kinds(got) != "" || again != hush*3/4 {
		t.Errorf("at first %q is sent, again in %s", kinds(got), again)
	}
	table.end(short, &agentv1.Result{}, now.Add(hush/2))
	if got, _, _ := table.collect(now.Add(hush / 2)); kinds(got) != "r" || string(got[0].GetResult().GetStdout()) != "1" {
		t.Errorf("the short one is sent as %v", got)
	}
	if got, _, _ := table.collect(now.Add(hush)); kinds(got) != "so" || got[0].GetStarted().GetAgoMs() != hush.Milliseconds() {
		t.Errorf("the long one is sent as %v", got)
	}
}

func TestOneTaskDoesNotHoldUpTheOthers(t *testing.T) {
	table, now := newTable(), time.Unix(1000, 0)
	loud, _ := running(table, "loud")
	quiet, _ := running(table, "quiet")
	table.write(loud, sandbox.Stdout, make([]byte, 100*maxFrame))
	table.write(quiet, sandbox.Stdout, []byte("1"))
	got, _, _ := table.collect(now)
	if len(got) != 2+framesAtOnce+1 {
		t.Errorf("%d messages in the first round", len(got))
	}
}

func TestResultIsSentOncePerSessionUntilAcked(t *testing.T) {
	table, now := newTable(), time.Unix(1000, 0)
	x, _ := running(table, "a")
	table.write(x, sandbox.Stdout, []byte("1"))
	table.end(x, &agentv1.Result{}, now)
	if got, _, _ := table.collect(now); kinds(got) != "r" {
		t.Errorf("sent as %q", kinds(got))
	}
	table.replay(ref("a"), 0) // the result says it all
	if got, _, _ := table.collect(now); kinds(got) != "" {
		t.Errorf("sent again as %q", kinds(got))
	}
	if run, unacked := table.afresh(); len(run) != 0 || len(unacked) != 1 {
		t.Errorf("a new session hears of %v and %v", run, unacked)
	}
	if got, _, _ := table.collect(now.Add(time.Second)); kinds(got) != "r" || got[0].GetResult().GetAgoMs() != 1000 {
		t.Errorf("the new session gets %v", got)
	}
	table.ack(ref("a"))
	if run, unacked := table.afresh(); len(run)+len(unacked) != 0 {
		t.Error("acked, and still there")
	}
	table.ack(ref("never was")) // is no harm
}

func TestARefComesOnce(t *testing.T) {
	table := newTable()
	x, _ := running(table, "a")
	again := &task{ref: ref("a")}
	if table.add(again, 100) {
		t.Error("taken twice while it runs")
	}
	table.end(x, &agentv1.Result{}, time.Time{})
	table.ack(ref("a"))
	table.forget(100)
	if table.add(again, 100) {
		t.Error("taken again after its ack")
	}
	table.forget(101)
	if len(table.done) != 0 {
		t.Error("an expired ref is remembered")
	}
}

func TestStoppingEndsWhatRunsAndWhatComes(t *testing.T) {
	table := newTable()
	x, ended := running(table, "a")
	table.stop()
	if !errors.Is(*ended, endStopped) {
		t.Errorf("ended by %v", *ended)
	}
	late, ended := running(table, "b")
	if !errors.Is(*ended, endStopped) {
		t.Errorf("what came late was ended by %v", *ended)
	}
	for _, x := range []*task{x, late} {
		if _, _, done := table.collect(time.Time{}); done {
			t.Error("done with results unacked")
		}
		table.end(x, &agentv1.Result{}, time.Time{})
		table.ack(x.ref)
	}
	if _, _, done := table.collect(time.Time{}); !done {
		t.Error("not done with everything acked")
	}
}
