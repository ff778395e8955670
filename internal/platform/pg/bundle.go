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
	"path/filepath"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// bundled holds PostgreSQL itself when the program was built with it (see
// hack/pgbundle), and nothing but the folder's placeholder otherwise.
//
//go:embed all:bundle
var bundled embed.FS

const (
	bundleArchive = "bundle/postgres.tar.zst"
	bundleLabel   = "bundle/postgres.label"
)

// label says what the bundle is, so that a start need not read the bundle.
type label struct {
	version string
	major   int
	hash    string // SHA-256 of the archive
}

func (l label) folder() string { return bundlePrefix + l.version + "-" + l.hash[:12] }

const bundlePrefix = "bundle-"

// bundle reads the label; ok tells whether there is a bundle.
func bundle() (l label, ok bool, err error) {
	content, err := bundled.ReadFile(bundleLabel)
	if errors.Is(err, fs.ErrNotExist) {
		return label{}, false, nil
	}
	if err != nil {
		return label{}, false, fmt.Errorf("read bundle: %w", err)
	}
	fields := strings.Fields(string(content))
	if len(fields) != 2 || len(fields[1]) != hex.EncodedLen(sha256.Size) {
		return label{}, false, fmt.Errorf("read bundle: its label is %q", content)
	}
	digits, _, _ := strings.Cut(fields[0], ".")
	major, err := strconv.Atoi(digits)
	if err != nil {
		return label{}, false, fmt.Errorf("read bundle: its label is %q", content)
	}
	return label{version: fields[0], major: major, hash: fields[1]}, true, nil
}

// unpack puts the bundle below dir, once per content, whole or not at all.
func unpack(l label, dir string) error {
	target := filepath.Join(dir, l.folder())
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	temporary, err := os.MkdirTemp(dir, "unpacking-")
	if err != nil {
		return fmt.Errorf("unpack PostgreSQL: %w", err)
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	if err := untar(l, temporary); err != nil {
		return fmt.Errorf("unpack PostgreSQL: %w", err)
	}
	if err := os.Chmod(temporary, 0o755); err != nil { //nolint:gosec // public programs, run by another user when this is root
		return fmt.Errorf("unpack PostgreSQL: %w", err)
	}
	if err := os.Rename(temporary, target); err != nil {
		if _, raced := os.Stat(target); raced == nil {
			return nil
		}
		return fmt.Errorf("unpack PostgreSQL: %w", err)
	}
	return nil
}

// untar streams from the program's own file, so that the bundle never lies in memory.
func untar(l label, dir string) error {
	archive, err := bundled.Open(bundleArchive)
	if err != nil {
		return err
	}
	defer func() { _ = archive.Close() }()
	sum := sha256.New()
	packed := io.TeeReader(archive, sum)
	plain, err := zstd.NewReader(packed, zstd.WithDecoderConcurrency(2))
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
			break
		}
		if err != nil {
			return err
		}
		if err := extract(root, h, r); err != nil {
			return fmt.Errorf("%s: %w", h.Name, err)
		}
	}
	if _, err := io.Copy(io.Discard, plain); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != l.hash {
		return fmt.Errorf("the archive's hash is %s, its label says %s", got, l.hash)
	}
	return nil
}

func extract(root *os.Root, h *tar.Header, content io.Reader) error {
	mode := h.FileInfo().Mode().Perm() // set again where it matters: the umask may hide programs from the server's account
	switch h.Typeflag {
	case tar.TypeDir:
		return errors.Join(root.Mkdir(filepath.Clean(h.Name), mode), root.Chmod(filepath.Clean(h.Name), mode))
	case tar.TypeSymlink:
		return root.Symlink(h.Linkname, h.Name)
	case tar.TypeReg:
		f, err := root.OpenFile(h.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, content)
		return errors.Join(err, f.Chmod(mode), f.Close())
	default:
		return fmt.Errorf("unexpected kind of entry %q", h.Typeflag)
	}
}

// dropOldBundles removes what earlier programs unpacked. Nothing runs from there any more.
func dropOldBundles(dir, keep string) {
	unpacked, _ := filepath.Glob(filepath.Join(dir, bundlePrefix+"*"))
	abandoned, _ := filepath.Glob(filepath.Join(dir, "unpacking-*"))
	for _, old := range append(unpacked, abandoned...) {
		if filepath.Base(old) != keep {
			_ = os.RemoveAll(old)
		}
	}
}
