package execution

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExamplesSayWhatTheyShow(t *testing.T) {
	all, err := Examples()
	if err != nil {
		t.Fatal(err)
	}
	perLanguage := map[string]int{}
	for _, e := range all {
		perLanguage[e.Language]++
		if e.Title == "" || strings.ContainsAny(e.Title[:1], "#/ ") || e.Since == "" || e.Output == "" || !strings.HasPrefix(e.Name, e.Language+"/"+e.Since+"-") {
			t.Errorf("%+v", e)
		}
		if CompareVersions(e.Since, "1") < 0 {
			t.Errorf("%s: since %q", e.Name, e.Since)
		}
	}
	for _, language := range []string{"python", "node", "ruby", "bash", "go"} {
		if perLanguage[language] < 3 {
			t.Errorf("%d examples of %s", perLanguage[language], language)
		}
	}
}

// Interpreted examples are run by test/script, in sandboxes. Those in Go by the toolchain itself, whose library is built already.
func TestExamplesInGoPrintWhatTheySay(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles")
	}
	all, err := Examples()
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, e := range all {
		if e.Language != "go" || CompareVersions(strings.TrimPrefix(runtime.Version(), "go"), e.Since) < 0 {
			continue
		}
		file := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(file, []byte(e.Source), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "go", "run", file).CombinedOutput()
		if err != nil || string(out) != e.Output {
			t.Errorf("%s: printed %q (%v), want %q", e.Name, out, err, e.Output)
		}
		ran++
	}
	if ran < 3 {
		t.Errorf("only %d ran", ran)
	}
}

func TestAnExampleRunsOnWhatIsNewEnough(t *testing.T) {
	of := func(version string, nodes int) Runtime {
		return Runtime{ID: "python@" + version, Name: "python", Version: version, Nodes: nodes}
	}
	known := []Runtime{of("3.9.2", 1), of("3.10.0", 1), of("3.11.7", 1), of("3.14.0", 0), {ID: "ruby@3.4.1", Name: "ruby", Version: "3.4.1", Nodes: 1}}
	for _, c := range []struct {
		language, since, needs string
		runsOn                 []string
	}{
		{"python", "3.10", "", []string{"python@3.11.7", "python@3.10.0"}},
		{"python", "3.9", "", []string{"python@3.11.7", "python@3.10.0", "python@3.9.2"}},
		{"python", "3.14", "python 3.14 or newer; the newest here is 3.11.7", nil},
		{"go", "1.22", "go 1.22 or newer; no node has any", nil},
	} {
		e := Example{Language: c.language, Since: c.since}
		e.place(known)
		if diff := cmp.Diff(c.runsOn, e.RunsOn); diff != "" || e.Needs != c.needs {
			t.Errorf("%s %s: %s %q", c.language, c.since, diff, e.Needs)
		}
	}
}
