package cli

import (
	"bytes"
	"testing"
)

func TestProgressSaysHowFarItIs(t *testing.T) {
	for want, c := range map[string][2]int64{
		"a.bin   50 %  1 KiB of 2 KiB": {1024, 2048},
		"a.bin  100 %  2 KiB of 2 KiB": {2048, 2048},
		"a.bin  1 KiB":                 {1024, -1},
	} {
		if got := progressLine("a.bin", c[0], c[1]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestProgressIsForTerminals(t *testing.T) {
	var out bytes.Buffer
	p := (&call{Program: Program{Stderr: &out}}).progress("a.bin")
	p.tell(1, 2)
	p.done()
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
