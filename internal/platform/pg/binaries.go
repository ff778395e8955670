package pg

import (
	"archive/tar"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// bundled holds PostgreSQL itself when the program was built with it, and nothing
// but the folder's placeholder otherwise.
//
//go:embed all:bundle
var bundled embed.FS

const bundleName = "bundle/postgres.tar.zst"

// binaries is a PostgreSQL installation: a folder with initdb and postgres.
type binaries struct {
	dir   string
	major int
}

// findBinaries prefers the bundle, unpacked below dir, to what the host has.
func findBinaries(dir string) (binaries, error) {
	unpacked, err := unpack(dir)
	if err != nil {
		return binaries{}, err
	}
	if unpacked != "" {
		return probe(filepath.Join(unpacked, "bin"))
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	var found []binaries
	for _, path := range installed {
		if b, err := probe(filepath.Dir(path)); err == nil && b.major >= oldestMajor {
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		return binaries{}, fmt.Errorf("no PostgreSQL here: build with the bundle (make build), install postgresql, or give --database-url")
	}
	return slices.MaxFunc(found, func(a, b binaries) int { return a.major - b.major }), nil
}

// oldestMajor is the oldest PostgreSQL that Stoa works with.
const oldestMajor = 15

func probe(dir string) (binaries, error) {
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output() //nolint:gosec // our own binary
	if err != nil {
		return binaries{}, fmt.Errorf("ask postgres for its version: %w", err)
	}
	fields := strings.Fields(string(out)) // postgres (PostgreSQL) 18.4
	version, _, _ := strings.Cut(fields[len(fields)-1], ".")
	for _, f := range fields {
		if major, _, ok := strings.Cut(f, "."); ok {
			if _, err := strconv.Atoi(major); err == nil {
				version = major
				break
			}
		}
	}
	major, err := strconv.Atoi(version)
	if err != nil {
		return binaries{}, fmt.Errorf("read PostgreSQL's version from %q: %w", out, err)
	}
	return binaries{dir: dir, major: major}, nil
}

// unpack puts the bundle below dir, once per content, and returns where; nothing when there is no bundle.
func unpack(dir string) (string, error) {
	archive, err := bundled.ReadFile(bundleName)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read bundle: %w", err)
	}
	sum := sha256.Sum256(archive)
	target := filepath.Join(dir, "bundle-"+hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // holds only public binaries
		return "", fmt.Errorf("unpack bundle: %w", err)
	}
	temporary, err := os.MkdirTemp(dir, "unpacking-")
	if err != nil {
		return "", fmt.Errorf("unpack bundle: %w", err)
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	if err := untar(archive, temporary); err != nil {
		return "", fmt.Errorf("unpack bundle: %w", err)
	}
	if err := os.Chmod(temporary, 0o755); err != nil { //nolint:gosec // see above
		return "", err
	}
	if err := os.Rename(temporary, target); err != nil {
		if _, raced := os.Stat(target); raced == nil {
			return target, nil
		}
		return "", fmt.Errorf("unpack bundle: %w", err)
	}
	return target, nil
}

func untar(archive []byte, dir string) error {
	plain, err := zstd.NewReader(strings.NewReader(string(archive)))
	if err != nil {
		return err
	}
	defer plain.Close()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for r := tar.NewReader(plain); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := extract(root, h, r); err != nil {
			return fmt.Errorf("%s: %w", h.Name, err)
		}
	}
}

func extract(root *os.Root, h *tar.Header, content io.Reader) error {
	if parent := filepath.Dir(h.Name); parent != "." {
		if err := root.MkdirAll(parent, 0o755); err != nil {
			return err
		}
	}
	switch h.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(filepath.Clean(h.Name), 0o755)
	case tar.TypeSymlink:
		return root.Symlink(h.Linkname, h.Name)
	case tar.TypeReg:
		f, err := root.OpenFile(h.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, h.FileInfo().Mode().Perm())
		if err != nil {
			return err
		}
		_, err = io.Copy(f, content) //nolint:gosec // our own archive
		return errors.Join(err, f.Close())
	default:
		return fmt.Errorf("unexpected kind of entry %q", h.Typeflag)
	}
}

// ServerIdentity names the server that Embed would start: its data cannot be read by another.
func ServerIdentity() string {
	if archive, err := bundled.ReadFile(bundleName); err == nil {
		sum := sha256.Sum256(archive)
		return "bundle " + hex.EncodeToString(sum[:8])
	}
	installed, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	return strings.Join(installed, " ")
}
