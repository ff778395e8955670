package sandboxtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
)

// pattern is a content of any length that nobody holds.
type pattern byte

func (p pattern) ReadAt(b []byte, at int64) (int, error) {
	for i := range b {
		b[i] = byte(p) + byte((at+int64(i))>>8)
	}
	return len(b), nil
}

// broken is a content that cannot be read to its end.
type broken int64

var errBroken = errors.New("the disk is broken")

func (n broken) ReadAt(b []byte, at int64) (int, error) {
	left := int64(n) - at
	if left <= 0 {
		return 0, errBroken
	}
	return int(min(left, int64(len(b)))), nil
}

const (
	manyBytes = 24<<20 + 3
	readsAll  = `
import hashlib, os, sys
for path in sys.argv[1:]:
    print(path, os.stat(path).st_size, hashlib.sha256(open(path, "rb").read()).hexdigest())
`
)

func (s Subject) largeFiles(t *testing.T) {
	t.Run("read", func(t *testing.T) {
		job := python(readsAll)
		job.Args = []string{"small", "a/b/large", "also", "empty"}
		job.Files = []sandbox.File{
			{Path: "small", Content: []byte("small")},
			{Path: "a/b/large", From: pattern(1), Size: manyBytes},
			{Path: "also", From: pattern(2), Size: 100_001},
			{Path: "empty", From: pattern(3)},
		}
		var want strings.Builder
		for _, f := range job.Files {
			h, size := sha256.New(), f.Size
			if f.From == nil {
				f.From, size = bytes.NewReader(f.Content), int64(len(f.Content))
			}
			_, _ = io.Copy(h, io.NewSectionReader(f.From, 0, size))
			want.WriteString(strings.Join([]string{f.Path, strconv.FormatInt(size, 10), hex.EncodeToString(h.Sum(nil))}, " ") + "\n")
		}
		r, o := s.try(t, job)
		if r.Outcome != sandbox.Completed || o.out.String() != want.String() {
			t.Errorf("%+v\n%s%swant\n%s", r, o.out.String(), o.err.String(), want.String())
		}
	})
	t.Run("nothing of it stays open", func(t *testing.T) {
		job := python(`
import os
for fd in range(3, 1024):
    try: print(fd, os.fstat(fd).st_mode)
    except OSError: pass
`)
		_, without := s.try(t, job)
		job.Files = []sandbox.File{{Path: "large", From: pattern(1), Size: 300_000}}
		if r, with := s.try(t, job); r.Outcome != sandbox.Completed || with.out.String() != without.out.String() {
			t.Errorf("%+v\n%swithout\n%s", r, with.out.String(), without.out.String())
		}
	})
	t.Run("compiled", func(t *testing.T) {
		s.needs(t, "c")
		r, o := s.try(t, sandbox.Job{
			Runtime: "c", Files: []sandbox.File{{Path: "in", From: pattern(7), Size: 3 << 20}},
			Source: []byte(`#include <stdio.h>
int main() { FILE *f = fopen("in", "r"); long n = 0; while (getc(f) != EOF) n++; printf("%ld\n", n); }`),
		})
		if r.Outcome != sandbox.Completed || o.out.String() != "3145728\n" {
			t.Errorf("%+v\n%s%s", r, o.out.String(), o.err.String())
		}
	})
	t.Run("larger than the disk", func(t *testing.T) {
		job := python(`print("ran")`)
		job.Limits.DiskBytes = 4 << 20
		job.Files = []sandbox.File{{Path: "large", From: pattern(1), Size: 4<<20 - 100}, {Path: "larger", From: pattern(1), Size: 1 << 20}}
		r, o := s.try(t, job)
		if r.Outcome != sandbox.Failed || r.Reason != sandbox.ReasonDisk || o.out.Len() > 0 {
			t.Errorf("%+v\n%s", r, o.out.String())
		}
	})
	t.Run("that cannot be read", func(t *testing.T) {
		job := python(`print("ran")`)
		job.ID, job.Class = t.Name(), s.Class
		job.Files = []sandbox.File{{Path: "large", From: broken(1 << 20), Size: 2 << 20}}
		r, err := s.Driver.Run(t.Context(), job, func(_ sandbox.Stream, p []byte) { t.Errorf("it wrote %q", p) })
		if r.Outcome != sandbox.Error || !errors.Is(err, errBroken) {
			t.Errorf("%+v, %v", r, err)
		}
	})
}
