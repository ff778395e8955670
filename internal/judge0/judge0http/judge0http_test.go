package judge0http

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/judge0"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func python() []execution.Runtime {
	return []execution.Runtime{{ID: "python@3.11.2", Name: "python", Version: "3.11.2", FileName: "main.py", Nodes: 1}}
}

func read(t *testing.T, body string) Judge0Request {
	t.Helper()
	var r Judge0Request
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRequestsAreReadAsClientsSendThem(t *testing.T) {
	r := read(t, `{"source_code":"cHJpbn\nQoMSk=","language_id":"71","stdin":"aGk","cpu_time_limit":"1.5","cpu_extra_time":0.5,"wall_time_limit":3,
		"memory_limit":128000.0,"max_processes_and_or_threads":8,"max_file_size":1024,"command_line_arguments":"a 'b c'",
		"redirect_stderr_to_stdout":"true","enable_network":null,"callback_url":"","expected_output":null}`)
	got, err := r.submit(&judge0.Slice{}, python(), true)
	if err != nil {
		t.Fatal(err)
	}
	want := execution.Submit{
		Runtime: "python@3.11.2", Priority: execution.Normal, PriorityUnasked: true,
		Input:  execution.Input{Source: "print(1)", Stdin: []byte("hi"), Args: []string{"a", "b c"}},
		Limits: execution.Limits{WallMS: 3000, CPUMS: 2000, MemoryBytes: 128000 << 10, Processes: 8, OutputBytes: 1 << 20},
	}
	extra, ok := got.Companion.(judge0.Extra)
	if !ok || extra.Expected != nil || extra.LanguageID != 71 || !extra.Asked.RedirectStderr || *extra.Asked.CPUTimeLimit != 1.5 {
		t.Errorf("beside it is kept %+v", got.Companion)
	}
	got.Companion = nil
	a, err := json.Marshal(want)
	b, err2 := json.Marshal(got)
	if diff := cmp.Diff(string(a), string(b)); diff != "" || errors.Join(err, err2) != nil {
		t.Error(diff)
	}
}

func TestWhatIsWrongIsSaidByField(t *testing.T) {
	for field, body := range map[string]string{
		"source_code":                  `{"source_code":"%","language_id":71}`,
		"language_id":                  `{"source_code":"MQ==","language_id":71.5}`,
		"stdin":                        `{"source_code":"MQ==","language_id":71,"stdin":"%"}`,
		"compiler_options":             `{"source_code":"MQ==","language_id":71,"compiler_options":"-O3"}`,
		"command_line_arguments":       `{"source_code":"MQ==","language_id":71,"command_line_arguments":"'"}`,
		"number_of_runs":               `{"source_code":"MQ==","language_id":71,"number_of_runs":0}`,
		"wall_time_limit":              `{"source_code":"MQ==","language_id":71,"wall_time_limit":0.5}`,
		"memory_limit":                 `{"source_code":"MQ==","language_id":71,"memory_limit":-1}`,
		"max_processes_and_or_threads": `{"source_code":"MQ==","language_id":71,"max_processes_and_or_threads":0}`,
		"additional_files":             `{"source_code":"MQ==","language_id":71,"additional_files":"MQ=="}`,
		"enable_per_process_and_thread_time_limit": `{"source_code":"MQ==","language_id":71,"enable_per_process_and_thread_time_limit":true}`,
	} {
		_, err := read(t, body).submit(&judge0.Slice{}, python(), true)
		if bad, ok := errors.AsType[wrong](err); !ok || len(bad) != 1 || len(bad[field]) != 1 {
			t.Errorf("%s is answered by %v", body, err)
		}
	}
	limit := fault.New(fault.Limited, "execution.limit_too_high", "x").Over(fault.Limit{Name: "execution.memory.max_bytes", Value: 1 << 20, Scope: "user"})
	want := wrong{"memory_limit": {"must be less than or equal to 1024 (execution.memory.max_bytes, set for user)"}}
	if diff := cmp.Diff(error(want), refuseSubmit(limit)); diff != "" {
		t.Error(diff)
	}
	for err, status := range map[*fault.Error]int{
		fault.New(fault.Limited, "execution.queue_full", "x"):                                                               503,
		fault.New(fault.Denied, "denied", "x"):                                                                              403,
		fault.New(fault.Invalid, "execution.invalid", "x").At("body.source", "is not text"):                                 422,
		fault.New(fault.Limited, "execution.batch_too_large", "x").Over(fault.Limit{Name: "execution.batch.max", Value: 3}): 400,
	} {
		var answer interface{ GetStatus() int }
		if !errors.As(refuseSubmit(err), &answer) || answer.GetStatus() != status {
			t.Errorf("%s is answered by %+v, want %d", err.Code, answer, status)
		}
	}
}

func TestFields(t *testing.T) {
	if got, err := fieldsOf(""); err != nil || !cmp.Equal(got, usual) {
		t.Errorf("without any: %v, %v", got, err)
	}
	if got, err := fieldsOf("stdout,status_id"); err != nil || !cmp.Equal(got, []string{"stdout", "status_id"}) {
		t.Errorf("two: %v, %v", got, err)
	}
	all, err := fieldsOf("*")
	if err != nil || strings.Contains(strings.Join(all, ","), "callback_") {
		t.Errorf("all of Judge0's: %v, %v", all, err)
	}
	if more, err := fieldsOf("*,callback_status"); err != nil || len(more) <= len(all) {
		t.Errorf("one beyond: %v, %v", more, err)
	}
	if _, err := fieldsOf("stdout,x,y"); err == nil || !strings.Contains(err.Error(), "[x, y]") {
		t.Errorf("unknown ones: %v", err)
	}
}

func TestShow(t *testing.T) {
	id, at := ident.New(), time.Date(2026, 1, 31, 10, 0, 0, 1_500_000, time.UTC)
	s := subject{
		Submission: judge0.Submission{LanguageID: 71, Expected: []byte("x")},
		Details: execution.Details{
			Execution: execution.Execution{
				ID: id, Runtime: "python@3.11.2", Status: execution.Completed, ExitCode: new(0), CPUMS: 5000, WallMS: 10_500, MemoryBytes: 1 << 20, CreatedAt: at, EndedAt: &at,
				UsedWallUS: new(int64(2_000_000)), UsedCPUUS: new(int64(1_234_567)), PeakMemory: new(int64(2048)),
			},
			Output: &execution.Output{Stdout: []byte("\xff")},
		},
	}
	fields := []string{"token", "status", "language", "time", "wall_time", "memory", "stdout", "stderr", "message", "exit_signal", "created_at", "cpu_time_limit", "wall_time_limit", "memory_limit"}
	body, readable := show(s, fields, true)
	got, err := json.Marshal(body)
	want := `{"cpu_time_limit":"5.0","created_at":"2026-01-31T10:00:00.001Z","exit_signal":null,"language":{"id":71,"name":"Python (3.11.2)"},"memory":2,` +
		`"memory_limit":1024,"message":null,"status":{"id":4,"description":"Wrong Answer"},"stderr":null,"stdout":"/w==","time":"1.235",` +
		`"token":"` + id.String() + `","wall_time":"2.0","wall_time_limit":"10.5"}`
	if diff := cmp.Diff(want, string(got)); diff != "" || err != nil || !readable {
		t.Errorf("%v: %s", err, diff)
	}
	if _, readable := show(s, fields, false); readable {
		t.Error("what is no text is shown as text")
	}
	if _, readable := show(s, usual[:2], false); !readable {
		t.Error("what nobody asked for makes the answer unreadable")
	}
}

func TestPagesAreCountedAsJudge0Does(t *testing.T) {
	for _, c := range []struct {
		page, size, count int
		want              string
	}{
		{1, 20, 0, `{"current_page":1,"next_page":null,"prev_page":null,"total_pages":0,"total_count":0}`},
		{1, 20, 20, `{"current_page":1,"next_page":null,"prev_page":null,"total_pages":1,"total_count":20}`},
		{2, 2, 5, `{"current_page":2,"next_page":3,"prev_page":1,"total_pages":3,"total_count":5}`},
		{3, 2, 5, `{"current_page":3,"next_page":null,"prev_page":2,"total_pages":3,"total_count":5}`},
	} {
		if got, err := json.Marshal(metaOf(c.page, c.size, c.count)); err != nil || string(got) != c.want {
			t.Errorf("page %d of %d by %d: %s, %v; want %s", c.page, c.count, c.size, got, err, c.want)
		}
	}
}

func TestNumbersThatNothingRunsAreArchived(t *testing.T) {
	archived := map[int]bool{}
	for _, l := range everyLanguage(python()) {
		archived[l.ID] = *l.IsArchived
	}
	if gone, known := archived[46]; !gone || !known || archived[71] || len(archived) != len(judge0.Languages()) {
		t.Errorf("archived are %v", archived)
	}
}
