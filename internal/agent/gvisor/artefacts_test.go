package gvisor

import (
	"encoding/binary"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// pretender is a sandbox in somebody else's hand, as far as its files go: it answers each question as it likes.
func pretender(t *testing.T, answer func(kind uint32) (end, bool)) *run {
	t.Helper()
	theirs, ours, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	b := &box{orders: ours, ends: make(chan end)}
	t.Cleanup(func() { ours.Close() })
	go func() {
		defer theirs.Close()
		defer close(b.ends)
		for order := make([]byte, orderSize); ; {
			if _, err := io.ReadFull(theirs, order); err != nil {
				return
			}
			if _, err := io.CopyN(io.Discard, theirs, int64(binary.NativeEndian.Uint64(order[24:]))); err != nil {
				return
			}
			e, goesOn := answer(binary.NativeEndian.Uint32(order[orderSize-4:]))
			if !goesOn {
				return
			}
			b.ends <- e
		}
	}()
	return &run{box: b, alive: true, closed: make(chan struct{}), result: sandbox.Result{Outcome: sandbox.Completed}}
}

// What a sandbox says of its files bounds nothing and names nothing: the worst that it can do is to have none.
func TestAnswersAreNotBelieved(t *testing.T) {
	data := func(b ...byte) end { return end{kind: endData, step: uint32(len(b)), data: b} }
	size := func(n uint64) end { return data(binary.NativeEndian.AppendUint64(nil, n)...) }
	file, folder := data(syscall.DT_REG, 1, 'a'), data(syscall.DT_DIR, 1, 'd')
	for name, test := range map[string]struct {
		list, open, read end
		silent           uint32 // it ends at this question
		want             string // in a reason
		kept             int
	}{
		"a process's end":        {list: end{kind: endExit}, want: "as it should"},
		"an errno below zero":    {list: end{kind: endData, status: -1}, want: "as it should"},
		"no single name":         {list: data(syscall.DT_REG, 2, '.', '.'), want: "as it should"},
		"it dies":                {silent: orderList, want: "ended while its files were read"},
		"half a size":            {list: file, open: data(1, 2), want: "as it should"},
		"an unbelievable size":   {list: file, open: size(1 << 63), want: "do not fit"},
		"a folder without end":   {list: folder, want: "folders are looked into 32 deep"},
		"a file without end":     {list: file, open: size(5), read: data(make([]byte, 1000)...), want: "more than 3 artefacts", kept: 3},
		"a file that is no more": {list: file, open: size(5), read: end{kind: endData, status: int32(syscall.EIO)}, want: "to its end"},
		"it dies in a file":      {list: file, open: size(5), silent: orderRead, want: "to its end"},
		"a shorter file":         {list: file, open: size(5), read: data(), want: "more than 3 artefacts", kept: 3},
	} {
		t.Run(name, func(t *testing.T) {
			r := pretender(t, func(kind uint32) (end, bool) {
				switch kind {
				case orderList:
					return test.list, kind != test.silent
				case orderOpen:
					return test.open, kind != test.silent
				case orderRead:
					return test.read, kind != test.silent
				}
				return data(), true
			})
			kept := 0
			err := r.collect(t.Context(), sandbox.Job{Artefacts: &sandbox.Artefacts{
				Patterns: []string{"**"}, MaxBytes: 100, MaxCount: 3,
				Keep: func(path string, size int64, content io.Reader) error {
					n, err := io.Copy(io.Discard, content)
					if n > size || path != "a" {
						t.Errorf("%s has %d bytes, of %d", path, n, size)
					}
					if err == nil {
						kept++
					}
					return err
				},
			}}, nil)
			if err != nil || kept != test.kept {
				t.Errorf("kept %d, want %d; %v", kept, test.kept, err)
			}
			for _, o := range r.result.Omitted {
				if strings.Contains(o.Reason, test.want) {
					return
				}
			}
			t.Errorf("nothing says %q: %v", test.want, r.result.Omitted[:min(len(r.result.Omitted), 3)])
		})
	}
}
