package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

const accepted = `{"id":"e","status":"queued"}`

// runs answers a submission, notes what was submitted, and streams the events.
func runs(into *stoa.ExecutionRequest, events ...string) installation {
	return installation{
		"POST /executions": func(w http.ResponseWriter, r *http.Request) {
			if into != nil {
				raw, _ := io.ReadAll(r.Body)
				_ = json.Unmarshal(raw, into)
			}
			says(202, accepted)(w, r)
		},
		"GET /executions/e/events": streams(events...),
	}
}

func TestRunShowsBothStreamsAndEndsLikeTheScript(t *testing.T) {
	for _, c := range []struct {
		result string
		code   int
		says   string
	}{
		{`{"status":"completed","exit_code":0}`, 0, ""},
		{`{"status":"failed","exit_code":3,"reason":{"code":"exit_code","message":"The script ended with exit code 3."}}`, 3, ""},
		{`{"status":"failed","signal":"SIGKILL","reason":{"code":"memory_limit","message":"It used more than 128 MiB."}}`, 137, "stoa: failed: It used more than 128 MiB (memory_limit)\n"},
		{`{"status":"failed","signal":"SIGSEGV"}`, 139, "stoa: failed: ended by SIGSEGV\n"},
		{`{"status":"timed_out","signal":"SIGKILL","reason":{"code":"wall_time","message":"It ran longer than 30 s."}}`, 124, "stoa: timed out: It ran longer than 30 s (wall_time)\n"},
		{`{"status":"cancelled"}`, 130, "stoa: cancelled\n"},
		{`{"status":"error","reason":{"code":"node_lost","message":"Its node was lost."}}`, 125, "stoa: error: Its node was lost (node_lost)\n"},
		{`{"status":"completed","exit_code":0,"stdout_truncated":true}`, 0, "stoa: the output was longer than its limit and is cut\n"},
	} {
		u := at(t, runs(nil,
			"output", `{"attempt":1,"stream":"stdout","offset":0,"data":"to "}`,
			"output", `{"attempt":1,"stream":"stderr","offset":0,"data":"err\n"}`,
			"output", `{"attempt":1,"stream":"stdout","offset":3,"data":"out"}`,
			"result", c.result))
		code := u.types(t, "run", file(t, "a.py", "print(1)"))
		if code != c.code || u.out.String() != "to out" || u.err.String() != "err\n"+c.says {
			t.Errorf("%s: exit code %d, want %d; printed %q, said %q", c.result, code, c.code, u.out, u.err)
		}
	}
}

func TestRunSendsWhatWasAskedFor(t *testing.T) {
	var got stoa.ExecutionRequest
	u := at(t, runs(&got, "result", `{"status":"completed"}`))
	u.env["FROM_HERE"] = "here"
	u.Stdin = strings.NewReader("input")
	data := file(t, "data.bin", "\xff\x00")
	code := u.types(t, "run", "-p", "0199a0b0-0000-7000-8000-000000000001", "-e", "A=1,2=3", "-e", "FROM_HERE", "--file", data, "--file", data+":sub/x", "--stdin", "-",
		"--timeout", "2s", "--memory", "64M", "--network", "--priority", "low", file(t, "a.py", "x"), "one", "--two", "-l")
	if code != 0 {
		t.Fatalf("exit code %d, said %s", code, u.err)
	}
	want := stoa.ExecutionRequest{
		Runtime: "python", Source: "x", Stdin: "input", Args: []string{"one", "--two", "-l"}, Env: map[string]string{"A": "1,2=3", "FROM_HERE": "here"},
		Files:    []stoa.ExecutionFile{{Path: "data.bin", ContentBase64: "/wA="}, {Path: "sub/x", ContentBase64: "/wA="}},
		Limits:   &stoa.ExecutionLimits{WallMS: 2000, MemoryBytes: 64 << 20},
		Priority: "low", Network: true, ProjectID: "0199a0b0-0000-7000-8000-000000000001",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRunArguments(t *testing.T) {
	script := file(t, "a.py", "x")
	for _, c := range []struct {
		args    []string
		want    []string
		runtime string
	}{
		{[]string{"-l", "ruby", script}, nil, "ruby"},
		{[]string{script, "-l", "ruby"}, nil, "ruby"},
		{[]string{script, "-l", "ruby", "a"}, []string{"a"}, "ruby"},
		{[]string{script, "a", "-l", "ruby"}, []string{"a", "-l", "ruby"}, "python"},
		{[]string{script, "--", "-l", "ruby"}, []string{"-l", "ruby"}, "python"},
		{[]string{script, "--", "a", "--", "b"}, []string{"a", "--", "b"}, "python"},
	} {
		var got stoa.ExecutionRequest
		u := at(t, runs(&got, "result", `{"status":"completed"}`))
		if code := u.types(t, append([]string{"run"}, c.args...)...); code != 0 {
			t.Errorf("%v: exit code %d, said %s", c.args, code, u.err)
		}
		if diff := cmp.Diff(c.want, got.Args); diff != "" || got.Runtime != c.runtime {
			t.Errorf("%v: runtime %s, arguments %s", c.args, got.Runtime, diff)
		}
	}
}

func TestRunDetached(t *testing.T) {
	u := at(t, installation{"POST /executions": says(202, accepted)})
	if code := u.types(t, "run", "-d", "-l", "python", file(t, "a", "x")); code != 0 || u.out.String() != "e\n" {
		t.Errorf("exit code %d, printed %q", code, u.out)
	}
}

func TestRunAsJSONPrintsTheExecutionOnly(t *testing.T) {
	u := at(t, runs(nil, "output", `{"attempt":1,"stream":"stdout","offset":0,"data":"x"}`, "result", `{"id":"e","status":"failed","exit_code":3}`))
	var e stoa.Execution
	if code := u.types(t, "run", "-o", "json", file(t, "a.py", "x")); code != 3 || json.Unmarshal(u.out.Bytes(), &e) != nil || e.ID != "e" {
		t.Errorf("exit code %d, printed %s", code, u.out)
	}
}

func TestRunRefusedIs125(t *testing.T) {
	u := at(t, installation{"POST /executions": says(429, `{"code":"queue_full","detail":"Full."}`)})
	if code := u.types(t, "run", file(t, "a.py", "x")); code != exitError || u.err.String() != "stoa: Full (queue_full)\n" {
		t.Errorf("exit code %d, said %q", code, u.err)
	}
}

func TestFirstInterruptCancelsAndWaits(t *testing.T) {
	cancelled := make(chan struct{})
	signals := make(chan os.Signal, 2)
	u := at(t, installation{
		"POST /executions":          says(202, accepted),
		"POST /executions/e/cancel": func(w http.ResponseWriter, r *http.Request) { close(cancelled); says(200, accepted)(w, r) },
		"GET /executions/e/events": func(w http.ResponseWriter, r *http.Request) {
			signals <- os.Interrupt
			<-cancelled
			streams("result", `{"status":"cancelled"}`)(w, r)
		},
	})
	u.Signals = signals
	if code := u.types(t, "run", file(t, "a.py", "x")); code != exitInterrupted {
		t.Errorf("exit code %d, said %s", code, u.err)
	}
}

func TestSecondInterruptLeaves(t *testing.T) {
	signals := make(chan os.Signal, 2)
	u := at(t, installation{
		"POST /executions":          says(202, accepted),
		"POST /executions/e/cancel": says(200, accepted),
		"GET /executions/e/events": func(w http.ResponseWriter, r *http.Request) {
			signals <- os.Interrupt
			signals <- os.Interrupt
			<-r.Context().Done()
		},
	})
	u.Signals = signals
	if code := u.types(t, "run", file(t, "a.py", "x")); code != exitInterrupted || !strings.Contains(u.err.String(), "left as it is") {
		t.Errorf("exit code %d, said %s", code, u.err)
	}
}

func TestRuntimeOf(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"a.py", "", "python"},
		{"a.PY", "", "python"},
		{"a.rb", "#!/usr/bin/python3", "ruby"},
		{"a.ts", "", "deno"},
		{"a", "#!/usr/bin/env python3\n", "python@3"},
		{"a", "#!/usr/bin/python3.11", "python@3.11"},
		{"-", "#!/usr/bin/env -S node --x\n1", "node"},
		{"a", "#!/bin/sh\n", "bash"},
		{"a", "#! /bin/bash -e", "bash"},
		{"a", "#!/usr/bin/env A=1 perl", "perl"},
		{"a", "print(1)", ""},
		{"a", "#!", ""},
		{"a", "#!/usr/bin/env", ""},
		{"a.txt", "", ""},
	} {
		if got := runtimeOf(c.name, c.source); got != c.want {
			t.Errorf("%q %q: got %q, want %q", c.name, c.source, got, c.want)
		}
	}
}

func TestHelpShowsTheOfferAndRemembersIt(t *testing.T) {
	var down atomic.Bool
	answer := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if down.Load() {
				<-r.Context().Done() // a server that hangs
				return
			}
			says(200, body)(w, r)
		}
	}
	u := at(t, installation{
		"GET /runtimes": answer(`{"items":[{"id":"python@3.11.2","name":"python","version":"3.11.2","aliases":["python@3"]}]}`),
		"GET /limits":   answer(`{"items":[{"name":"execution.memory.max_bytes","unit":"bytes","value":536870912}]}`),
	})
	for range 2 {
		// Each ends by itself, also while the server hangs.
		code := u.types(t, "run", "--help")
		for tries := 0; tries < 200 && !strings.Contains(u.out.String(), "python@3.11.2"); tries++ { // on a busy machine the server is late
			code = u.types(t, "run", "--help")
		}
		for _, want := range []string{"python@3.11.2", "execution.memory.max_bytes", "512 MiB", "124"} {
			if code != 0 || !strings.Contains(u.out.String(), want) {
				t.Errorf("server down %v: exit code %d, %q is missing in %s", down.Load(), code, want, u.out)
			}
		}
		down.Store(true)
	}
	if u.types(t, "__complete", "run", "-l", "pyt"); u.out.String() != "python@3.11.2\npython@3\n" {
		t.Errorf("completion printed %q", u.out)
	}
}
