package image

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// Bounds are what one image may grow to when it is unpacked.
type Bounds struct {
	Bytes     int64 // of all files, those that later layers replace included
	Files     int   // files, folders and links
	PathBytes int   // of one name, from the root
	Depth     int   // folders above one name
	Ratio     int64 // unpacked bytes for each byte that was sent; small images may exceed it up to ratioFloor
}

// DefaultBounds fit every language image in use, with room.
func DefaultBounds() Bounds {
	return Bounds{Bytes: 16 << 30, Files: 1_000_000, PathBytes: 1024, Depth: 64, Ratio: 200}
}

// ratioFloor is how much an image may always unpack to, in bytes: tar pads, and empty files compress well.
const ratioFloor = 64 << 20

// Markers of removed things in a layer.
const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq"
)

// maxLinks bounds the links that one name may lead through.
const maxLinks = 40

// unpacker lays the layers of one image over each other in a root that nothing leaves:
// every operation goes through os.Root, names are checked first, and link targets are
// rewritten so that each is relative and stays inside.
type unpacker struct {
	root   *os.Root
	bounds Bounds
	sent   func() int64 // compressed bytes that were read so far

	read    int64 // unpacked bytes of the layers' streams
	bytes   int64 // of files
	files   int
	layer   map[string]bool // what this layer made, with the folders above: its opaque markers leave that alone
	emptied map[string]bool // folders that an opaque marker of this layer was seen in
}

// refused is a layer that asks for what no image may have.
func refused(entry, format string, args ...any) error {
	if len(entry) > 120 {
		entry = entry[:120] + "…"
	}
	return fmt.Errorf("the image holds %q: %s", entry, fmt.Sprintf(format, args...))
}

// apply lays one layer, a tar stream, over what is there.
func (u *unpacker) apply(layer io.Reader) error {
	u.layer, u.emptied = map[string]bool{}, map[string]bool{}
	archive := tar.NewReader(&counted{layer, u})
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			// What follows the archive is read too, for its checksum is at the end.
			_, err := io.Copy(io.Discard, &counted{layer, u})
			return err
		}
		if err != nil {
			return fmt.Errorf("read layer: %w", err)
		}
		if err := u.entry(h, archive); err != nil {
			return err
		}
	}
}

// counted stops a stream that unpacks to far more than was sent.
type counted struct {
	from io.Reader
	u    *unpacker
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.u.read += int64(n)
	if over := c.u.over(c.u.read); over != nil {
		return n, over
	}
	return n, err
}

// over tells whether so many bytes are too many. A stream and what it describes are
// counted apart: a sparse file is long without being sent.
func (u *unpacker) over(bytes int64) error {
	switch {
	case bytes > u.bounds.Bytes:
		return fmt.Errorf("the image unpacks to more than %d MiB", u.bounds.Bytes>>20)
	case bytes > ratioFloor && bytes > u.bounds.Ratio*u.sent():
		return fmt.Errorf("the image unpacks to more than %d times what was sent", u.bounds.Ratio)
	}
	return nil
}

// another counts a file, folder or link.
func (u *unpacker) another() error {
	if u.files++; u.files > u.bounds.Files {
		return fmt.Errorf("the image has more than %d files", u.bounds.Files)
	}
	return nil
}

// entry makes what one header describes.
func (u *unpacker) entry(h *tar.Header, content io.Reader) error {
	if h.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	name, err := u.clean(h.Name)
	if err != nil || name == "." {
		return err
	}
	if err := u.another(); err != nil {
		return err
	}
	dir, err := u.folder(path.Dir(name))
	if err != nil {
		return err
	}
	base := path.Base(name)
	name = path.Join(dir, base)
	switch {
	case base == opaque && u.emptied[dir]:
		return nil
	case base == opaque:
		u.emptied[dir] = true
		return u.empty(dir)
	case strings.HasPrefix(base, whiteout):
		base = strings.TrimPrefix(base, whiteout)
		if base == "" || base == "." || base == ".." {
			return refused(h.Name, "a marker that removes nothing")
		}
		return u.remove(path.Join(dir, base))
	}
	if err := u.create(h, name, dir, content); err != nil {
		return err
	}
	for made := name; made != "." && !u.layer[made]; made = path.Dir(made) {
		u.layer[made] = true
	}
	return nil
}

// clean checks a name as it stands in the archive, and gives it from the root.
func (u *unpacker) clean(name string) (string, error) {
	plain := strings.TrimPrefix(name, "./")
	plain = strings.TrimSuffix(plain, "/")
	switch {
	case plain == "" || plain == ".":
		return ".", nil
	case strings.HasPrefix(plain, "/"):
		return "", refused(name, "an absolute name")
	case strings.ContainsRune(plain, 0):
		return "", refused(name, "a name with a NUL")
	case len(plain) > u.bounds.PathBytes:
		return "", refused(name, "a name longer than %d bytes", u.bounds.PathBytes)
	case strings.Count(plain, "/") >= u.bounds.Depth:
		return "", refused(name, "more than %d folders deep", u.bounds.Depth)
	}
	for part := range strings.SplitSeq(plain, "/") {
		if part == ".." || part == "." || part == "" {
			return "", refused(name, "a name that is not plain")
		}
		if len(part) > 255 {
			return "", refused(name, "a name longer than file systems take")
		}
	}
	return plain, nil
}

// folder gives where a folder really is, following the image's links inside of the
// root, and makes what is missing.
func (u *unpacker) folder(name string) (string, error) {
	at, rest, links := ".", strings.Split(name, "/"), 0
	for len(rest) > 0 {
		part := rest[0]
		rest = rest[1:]
		switch part {
		case "", ".":
			continue
		case "..":
			at = path.Dir(at)
			continue
		}
		next := path.Join(at, part)
		info, err := u.root.Lstat(next)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if err := errors.Join(u.another(), u.root.Mkdir(next, 0o755)); err != nil {
				return "", fmt.Errorf("make folder: %w", err)
			}
		case err != nil:
			return "", refused(name, "a folder that cannot be read: %v", err)
		case info.Mode()&fs.ModeSymlink != 0:
			if links++; links > maxLinks {
				return "", refused(name, "links in a circle")
			}
			target, err := u.root.Readlink(next)
			if err != nil {
				return "", fmt.Errorf("read link: %w", err)
			}
			rest = append(strings.Split(target, "/"), rest...)
			continue
		case !info.IsDir():
			return "", refused(name, "a file where a folder is needed")
		}
		at = next
	}
	return at, nil
}

// create makes a file, folder or link at name, whose folder is dir.
func (u *unpacker) create(h *tar.Header, name, dir string, content io.Reader) error {
	if h.Typeflag == tar.TypeDir {
		return u.makeFolder(name)
	}
	if err := u.remove(name); err != nil {
		return err
	}
	switch h.Typeflag {
	case tar.TypeReg:
		return u.write(h, name, content)
	case tar.TypeSymlink:
		target, err := inside(dir, h.Linkname)
		if err != nil {
			return refused(h.Name, "%s", err)
		}
		if len(target) > u.bounds.PathBytes {
			return refused(h.Name, "a link target longer than %d bytes", u.bounds.PathBytes)
		}
		return wrap("make link", u.root.Symlink(target, name))
	case tar.TypeLink:
		return u.link(h, name)
	case tar.TypeChar, tar.TypeBlock, tar.TypeFifo:
		return refused(h.Name, "a device or pipe")
	default:
		return refused(h.Name, "an entry of the unknown kind %q", h.Typeflag)
	}
}

// makeFolder keeps a folder that is there. A link to a folder is replaced.
func (u *unpacker) makeFolder(name string) error {
	info, err := u.root.Lstat(name)
	if err == nil && info.IsDir() {
		return nil
	}
	if err == nil {
		if err := u.root.Remove(name); err != nil {
			return fmt.Errorf("replace by a folder: %w", err)
		}
	}
	return wrap("make folder", u.root.Mkdir(name, 0o755))
}

// write makes a regular file. Who may read and run it is one question for all runs:
// ids, setuid and write bits of the image mean nothing here.
func (u *unpacker) write(h *tar.Header, name string, content io.Reader) error {
	u.bytes += h.Size
	if err := u.over(u.bytes); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if h.Mode&0o111 != 0 {
		mode = 0o755
	}
	f, err := u.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NOFOLLOW, mode)
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	defer f.Close()
	if err := f.Chmod(mode); err != nil { // whatever the umask
		return fmt.Errorf("make file: %w", err)
	}
	if _, err := io.Copy(f, content); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return wrap("write file", f.Close())
}

// link gives a file of the image a second name.
func (u *unpacker) link(h *tar.Header, name string) error {
	target, err := u.clean(strings.TrimPrefix(h.Linkname, "/"))
	if err != nil || target == "." {
		return refused(h.Name, "a link to %q", h.Linkname)
	}
	dir, err := u.folder(path.Dir(target))
	if err != nil {
		return err
	}
	target = path.Join(dir, path.Base(target))
	info, err := u.root.Lstat(target)
	switch {
	case err != nil:
		return refused(h.Name, "a link to %q, which is not there", h.Linkname)
	case info.Mode().IsRegular():
		return wrap("make link", u.root.Link(target, name))
	case info.Mode()&fs.ModeSymlink != 0: // a second name of a link is a link to the same
		to, err := u.root.Readlink(target)
		if err != nil {
			return fmt.Errorf("read link: %w", err)
		}
		to, err = inside(path.Dir(name), "/"+path.Join(path.Dir(target), to))
		if err != nil {
			return refused(h.Name, "%s", err)
		}
		return wrap("make link", u.root.Symlink(to, name))
	}
	return refused(h.Name, "a link to %q, which is no file", h.Linkname)
}

// inside rewrites a link target, absolute or not, to a relative one that stays in the root.
func inside(dir, target string) (string, error) {
	if target == "" || strings.ContainsRune(target, 0) {
		return "", errors.New("a link to nothing")
	}
	whole := target
	if !path.IsAbs(target) {
		whole = dir + "/" + target
	}
	var parts []string
	for part := range strings.SplitSeq(whole, "/") {
		switch part {
		case "", ".":
		case "..":
			if len(parts) == 0 {
				return "", fmt.Errorf("a link to %q, which leaves the image", target)
			}
			parts = parts[:len(parts)-1]
		default:
			parts = append(parts, part)
		}
	}
	return filepath.Rel("/"+dir, "/"+strings.Join(parts, "/"))
}

// remove takes away what is at name, if anything is.
func (u *unpacker) remove(name string) error {
	if _, err := u.root.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return wrap("replace", u.root.RemoveAll(name))
}

// empty removes what lower layers put into a folder.
func (u *unpacker) empty(dir string) error {
	f, err := u.root.Open(dir)
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	for _, name := range names {
		name = path.Join(dir, name)
		if !u.layer[name] {
			err = u.remove(name)
		} else if info, failed := u.root.Lstat(name); failed == nil && info.IsDir() {
			err = u.empty(name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
