package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// file is a program, a library or data; or, with a link, another name of one.
type file struct {
	content    []byte
	link       string // relative to the file's folder
	executable bool
}

// files is an installation by path: bin/postgres, lib/…, share/….
type files map[string]file

// unpack reads the npm package and makes the symbolic links that npm cannot carry.
func unpack(tgz io.Reader) (files, error) {
	plain, err := gzip.NewReader(tgz)
	if err != nil {
		return nil, err
	}
	all := files{}
	for r := tar.NewReader(plain); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		name, native := strings.CutPrefix(h.Name, "package/native/")
		if !native || h.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		all[name] = file{content: content, executable: h.Mode&0o111 != 0}
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(all["pg-symlinks.json"].content, &links); err != nil {
		return nil, fmt.Errorf("pg-symlinks.json: %w", err)
	}
	for _, l := range links {
		to, from := strings.TrimPrefix(l.Source, "native/"), strings.TrimPrefix(l.Target, "native/")
		if path.Dir(to) != path.Dir(from) {
			return nil, fmt.Errorf("pg-symlinks.json: %s leads out of its folder", l.Target)
		}
		all[from] = file{link: path.Base(to)}
	}
	return all, nil
}

// Foreign languages and XML pull in libraries of their own and are never loaded.
var dropped = []string{"perl", "python", "tcl", "pgxs", "uuid-ossp", "pgxml", "test_decoding"}

// needed keeps the two programs, what the server can load and the libraries that those are linked to.
func (all files) needed() (files, error) {
	kept := files{}
	var linked []string
	for name, f := range all {
		program := name == "bin/postgres" || name == "bin/initdb"
		module := path.Dir(name) == "lib/postgresql" && strings.HasSuffix(name, ".so")
		data := strings.HasPrefix(name, "share/postgresql/")
		unwanted := slices.ContainsFunc(dropped, func(s string) bool { return strings.Contains(path.Base(name), s) })
		if !program && !module && !data || unwanted {
			continue
		}
		kept[name] = f
		if program || module {
			linked = append(linked, name)
		}
	}
	for len(linked) > 0 {
		name := linked[0]
		linked = linked[1:]
		if f := all[name]; f.link != "" {
			linked = append(linked, path.Join(path.Dir(name), f.link))
			kept[name] = f
			continue
		}
		kept[name] = all[name]
		binary, err := elf.NewFile(bytes.NewReader(all[name].content))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		libraries, err := binary.ImportedLibraries()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for _, library := range libraries {
			library = "lib/" + library
			_, ours := all[library] // the others are the C library's
			if _, seen := kept[library]; ours && !seen {
				linked = append(linked, library)
			}
		}
	}
	return kept, nil
}

// folders are all there are, outer ones first.
func (all files) folders() []string {
	dirs := map[string]bool{}
	for name := range all {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			dirs[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(dirs))
}

func (all files) size() (n int) {
	for _, f := range all {
		n += len(f.content)
	}
	return n
}

// pack writes the same bytes for the same files: the program finds an unpacked copy by their hash.
func (all files) pack() ([]byte, error) {
	var packed bytes.Buffer
	z, err := zstd.NewWriter(&packed, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(z)
	for _, dir := range all.folders() {
		if err := w.WriteHeader(&tar.Header{Name: dir + "/", Typeflag: tar.TypeDir, Mode: 0o755, Format: tar.FormatUSTAR}); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f := all[name]
		h := &tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(f.content)), Format: tar.FormatUSTAR}
		if f.executable {
			h.Mode = 0o755
		}
		if f.link != "" {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, f.link, 0
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.content); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}
