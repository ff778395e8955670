package sandbox

import (
	"strings"
	"testing"
)

func TestArtefactPatternsAreChecked(t *testing.T) {
	t.Parallel()
	d := driver(t)
	for _, pattern := range []string{"../x", "/etc/passwd", "["} {
		job := python("pass")
		job.Artefacts = &Artefacts{Patterns: []string{pattern}, MaxBytes: 1, MaxCount: 1}
		if _, err := d.Run(t.Context(), job, nil); err == nil || !strings.Contains(err.Error(), "artefacts") {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}
