package boot

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOnlyWhatNobodyHasWrittenIsGivenBack(t *testing.T) {
	const smaps = `00400000-01a00000 r-xp 00000000 fe:00 12 /usr/bin/stoad
Size:              22528 kB
Anonymous:             0 kB
01a00000-04000000 r--p 01600000 fe:00 12 /usr/bin/stoad
Size:              38912 kB
Anonymous:             0 kB
04000000-04100000 r--p 03c00000 fe:00 12 /usr/bin/stoad
Anonymous:             4 kB
04100000-04200000 rw-p 03d00000 fe:00 12 /usr/bin/stoad
Anonymous:             0 kB
7f0000000000-7f0000001000 r--p 00000000 fe:00 13 /usr/bin/other
Anonymous:             0 kB
7f0000002000-7f0000003000 r-xp 00000000 00:00 0 [vdso]
Anonymous:             0 kB
`
	want := []mapping{{0x400000, 0x1600000}, {0x1a00000, 0x2600000}}
	if diff := cmp.Diff(want, unwritten(smaps, "/usr/bin/stoad"), cmp.AllowUnexported(mapping{})); diff != "" {
		t.Error(diff)
	}
}

func TestAProgramGoesOnAfterItsPagesWereGivenBack(t *testing.T) {
	trim()
	if smaps := unwritten("", ""); smaps != nil {
		t.Error(smaps)
	}
}
