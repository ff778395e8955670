package cli

import (
	"strings"
	"testing"
)

func TestABatchIsAListOrOneAfterTheOther(t *testing.T) {
	for text, want := range map[string]string{
		`[{"runtime":"python","source":"1"},{"runtime":"bash","source":"2"}]`: "python bash",
		"{\"runtime\":\"python\",\"source\":\"1\"}\n{\"runtime\":\"bash\"}\n": "python bash",
	} {
		batch, err := readBatch(text)
		var runtimes []string
		for _, one := range batch {
			runtimes = append(runtimes, one.Runtime)
		}
		if got := strings.Join(runtimes, " "); err != nil || got != want {
			t.Errorf("%s is read as %q, %v", text, got, err)
		}
	}
	for text, why := range map[string]string{
		"":                           "no runs",
		"[]":                         "no runs",
		`[{"source":"1"}] {}`:        "follows",
		`{"source":"1"} {"sauce":1}`: "run 2",
		`[{"sauce":"1"}]`:            "sauce",
		"print(1)":                   "run 1",
	} {
		if batch, err := readBatch(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q is read as %v, %v; want %q", text, batch, err, why)
		}
	}
}
