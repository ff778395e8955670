package execution

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The guide says what each reason means, and names none that does not exist.
func TestReasonsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/concepts/executions.md")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| [a-z_]+ \\|").FindAllStringSubmatch(string(page), -1) {
		told = append(told, row[1])
	}
	if diff := cmp.Diff(Reasons(), told); diff != "" {
		t.Errorf("docs/concepts/executions.md does not list the reasons (-code +docs):\n%s", diff)
	}
	for said, code := range nodeReasons {
		if !slices.Contains(Reasons(), code) {
			t.Errorf("what nodes call %q ends as %q, which is no reason", said, code)
		}
	}
}

func TestEndsNameTheirLimitInWords(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 bytes", 1000: "1000 bytes", 1536: "1536 bytes", 2048: "2 KiB", 128 << 20: "128 MiB", 3 << 40: "3072 GiB"} {
		if got := sized(bytes); got != want {
			t.Errorf("%d bytes are %q, want %q", bytes, got, want)
		}
	}
	for ms, want := range map[int64]string{0: "0 ms", 250: "250 ms", 1500: "1500 ms", 10_000: "10 s", 90_000: "90 s", 300_000: "5 min", 86_400_000: "24 h"} {
		if got := timed(ms); got != want {
			t.Errorf("%d milliseconds are %q, want %q", ms, got, want)
		}
	}
	_, said := explainEnd(Execution{MemoryBytes: 128 << 20}, Result{Reason: ReasonMemory})
	if want := "It needed more than its memory limit of 128 MiB."; said != want {
		t.Errorf("%q, want %q", said, want)
	}
}
