package sandbox

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// The helper is built by `make -C internal/agent/sandbox/helper`. The pattern also matches a committed text file, so that
// the package compiles without it; Open then says what is missing.
//
//go:embed helper/stoa-sandbox*
var built embed.FS

// unpackHelper lays the helper's files into dir, replacing what differs.
func unpackHelper(dir string) error {
	if _, err := fs.Stat(built, "helper/stoa-sandbox"); err != nil {
		return &HostError{[]string{"this program was built without its sandbox helper: run `make build` (needs a C compiler and libc6-dev)"}}
	}
	return fs.WalkDir(built, "helper", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read the embedded helper: %w", err)
		}
		at := filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(name, "helper")))
		if e.IsDir() {
			if err := os.MkdirAll(at, 0o755); err != nil {
				return fmt.Errorf("make the helper's folder: %w", err)
			}
			return nil
		}
		if path.Ext(name) == ".txt" {
			return nil
		}
		content, err := built.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read the embedded helper: %w", err)
		}
		if err := replaceFile(at, content, 0o755); err != nil {
			return fmt.Errorf("unpack the helper: %w", err)
		}
		return nil
	})
}

// replaceFile writes a file by rename, unless it is there already: a running program's file is never written to.
func replaceFile(path string, content []byte, mode fs.FileMode) error {
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, content) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.WriteFile(path+".new", content, mode); err != nil {
		return err
	}
	if err := os.Chmod(path+".new", mode); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
