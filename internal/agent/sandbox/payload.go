package sandbox

import (
	"encoding/binary"
	"fmt"
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// What one process is given beyond its descriptors, as helper/payload.c reads it.
type payload struct {
	argv, env []string
	files     []File
}

const (
	payloadMagic  = 0x414f5453
	maxString     = 128 << 10 // the kernel's own bound on one argument
	maxStrings    = 1 << 20   // arguments and environment together, bytes
	maxCount      = 65_000    // arguments, or variables; the helper takes a few more
	maxFileCount  = 4096
	maxPathLength = 1024
	streamed      = 1 << 31 // of a file's mode: its content follows the payload
)

func (p payload) encode() []byte {
	n := binary.NativeEndian
	size := 16
	for _, s := range p.argv {
		size += 5 + len(s)
	}
	for _, s := range p.env {
		size += 5 + len(s)
	}
	for _, f := range p.files {
		size += 17 + len(f.Path) + len(f.Content)
	}
	b := make([]byte, 0, size)
	for _, v := range []int{payloadMagic, len(p.argv), len(p.env), len(p.files)} {
		b = n.AppendUint32(b, uint32(v))
	}
	for _, list := range [][]string{p.argv, p.env} {
		for _, s := range list {
			b = n.AppendUint32(b, uint32(len(s)))
			b = append(append(b, s...), 0)
		}
	}
	for _, f := range p.files {
		mode := uint32(0o644)
		if f.Executable {
			mode = 0o755
		}
		length := int64(len(f.Content))
		if f.From != nil {
			mode, length = mode|streamed, f.Size
		}
		b = n.AppendUint32(b, uint32(len(f.Path)))
		b = n.AppendUint32(b, mode)
		b = n.AppendUint64(b, uint64(length))
		b = append(append(b, f.Path...), 0)
		b = append(b, f.Content...)
	}
	return b
}

// seal puts the payload into a memfd that can no longer change. The caller closes it.
func (p payload) seal() (int, error) {
	fd, err := unix.MemfdCreate("stoa-payload", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return -1, fmt.Errorf("make the payload: %w", err)
	}
	b := p.encode()
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		if err != nil {
			unix.Close(fd)
			return -1, fmt.Errorf("write the payload: %w", err)
		}
		b = b[n:]
	}
	seals := unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals); err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("seal the payload: %w", err)
	}
	return fd, nil
}

func checkStrings(field string, list []string) error {
	if len(list) > maxCount {
		return &JobError{field, fmt.Sprintf("%d values, at most %d", len(list), maxCount)}
	}
	total := 0
	for _, s := range list {
		if strings.IndexByte(s, 0) >= 0 {
			return &JobError{field, "a value holds a NUL byte"}
		}
		if len(s) >= maxString {
			return &JobError{field, fmt.Sprintf("a value is longer than %d bytes", maxString)}
		}
		total += len(s) + 1
	}
	if total > maxStrings {
		return &JobError{field, fmt.Sprintf("together longer than %d bytes", maxStrings)}
	}
	return nil
}

// checkFiles refuses what could leave the working folder, or cannot all exist beside the source file.
func checkFiles(files []File, source string) error {
	if len(files) > maxFileCount {
		return &JobError{"files", fmt.Sprintf("%d files, at most %d", len(files), maxFileCount)}
	}
	taken := map[string]bool{source: true} // true: a file, false: a folder
	for _, f := range files {
		bad := func(what string) error { return &JobError{"files", fmt.Sprintf("path %q %s", f.Path, what)} }
		switch {
		case f.Path == "":
			return bad("is empty")
		case f.From != nil && (f.Size < 0 || len(f.Content) > 0):
			return bad("has two contents, or a negative size")
		case len(f.Path) > maxPathLength:
			return bad("is too long")
		case strings.IndexByte(f.Path, 0) >= 0:
			return bad("holds a NUL byte")
		case path.IsAbs(f.Path):
			return bad("is absolute; it must be relative to the working folder")
		case path.Clean(f.Path) != f.Path || f.Path == "." || f.Path == ".." || strings.HasPrefix(f.Path, "../"):
			return bad("must not hold empty, \".\" or \"..\" elements")
		}
		if _, ok := taken[f.Path]; ok {
			return bad("is used twice, or is the source's own name")
		}
		taken[f.Path] = true
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if isFile := taken[dir]; isFile {
				return bad("needs a folder where another file is")
			}
			taken[dir] = false
		}
	}
	return nil
}
