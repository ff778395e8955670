package sandbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/stoa-cloud/stoa/internal/platform/glob"
)

// Artefacts says which files of the working folder outlive a job. They are read when every process of the job is dead,
// and before its cell is taken down.
type Artefacts struct {
	Patterns []string // as package glob reads them
	MaxBytes int64    // of all of them together
	MaxCount int
	// Keep takes one file; content ends after size bytes. An error ends the collection, and is Run's.
	Keep func(path string, size int64, content io.Reader) error
}

// Omitted is a file or pattern that gave no artefact.
type Omitted struct{ Path, Reason string }

const (
	mostOmitted     = 100    // are told one by one
	mostDepth       = 32     // of folders; each open one is a descriptor
	mostFound       = 65_536 // names that are looked at
	longestArtefact = 1024   // of a path, bytes
	beneath         = unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS | unix.RESOLVE_NO_XDEV
)

// collect gives the caller the files that the job asked to keep. Nothing in the cell moves any more: its processes are
// dead. The names and contents are the program's all the same; so no link is followed, no other file system entered,
// nothing opened that is not a regular file, and no more read than what may be kept.
func (r *run) collect(job *Job, source ...string) error {
	if job.Artefacts == nil {
		return nil
	}
	if r.result.Outcome == Cancelled { // nobody waits for them; an agent that stops is to stop
		r.result.Omitted = []Omitted{{"", "the run was cancelled"}}
		return nil
	}
	r.cell.kill()
	select {
	case <-r.cell.gone:
	case <-r.ward.nursery.ended:
		return r.ward.nursery.cause
	}
	c := &collection{want: job.Artefacts, left: job.Artefacts.MaxBytes, own: source, met: make([]bool, len(job.Artefacts.Patterns))}
	box, err := openBeneath(r.cell.disk, "box", unix.O_DIRECTORY)
	if err != nil {
		return fmt.Errorf("open the working folder: %w", err)
	}
	if err := c.folder(box, "", 1); err != nil {
		return err
	}
	r.result.Omitted = c.told()
	return nil
}

type collection struct {
	want    *Artefacts
	own     []string // ours: the source and what was compiled from it
	met     []bool   // which patterns have found something
	left    int64    // bytes
	kept    int
	found   int
	omitted []Omitted
	more    int // omissions beyond those
}

// folder looks through one folder, and closes it. prefix ends with a slash, or is empty.
func (c *collection) folder(dir *os.File, prefix string, depth int) error {
	defer dir.Close()
	for {
		entries, err := dir.ReadDir(256)
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
		for _, e := range entries {
			if c.found++; c.found > mostFound {
				if c.found == mostFound+1 {
					c.omit("", fmt.Sprintf("only the first %d names were looked at", mostFound))
				}
				return nil
			}
			if err := c.entry(dir, e, prefix+e.Name(), depth); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			c.omit(prefix, "the folder cannot be read")
			return nil
		}
	}
}

func (c *collection) entry(dir *os.File, e fs.DirEntry, path string, depth int) error {
	if slices.Contains(c.own, path) {
		return nil
	}
	if e.Type().IsDir() {
		return c.enter(dir, e.Name(), path, depth)
	}
	if !c.matches(path) {
		return nil
	}
	if !plain(path) {
		c.omit(path, "its name is too long, or not plain text")
		return nil
	}
	if !e.Type().IsRegular() {
		c.omit(path, "it is not a regular file")
		return nil
	}
	f, err := openBeneath(int(dir.Fd()), e.Name(), unix.O_NONBLOCK|unix.O_NOCTTY)
	if err != nil {
		c.omit(path, "it cannot be opened")
		return nil
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil || !info.Mode().IsRegular():
		c.omit(path, "it is not a regular file")
	case info.Size() > c.left:
		c.omit(path, fmt.Sprintf("its %d bytes do not fit: %d of %d are left", info.Size(), c.left, c.want.MaxBytes))
	case c.kept >= c.want.MaxCount:
		c.omit(path, fmt.Sprintf("there are more than %d artefacts, which is the limit", c.want.MaxCount))
	default:
		c.kept++
		c.left -= info.Size()
		if err := c.want.Keep(path, info.Size(), io.LimitReader(f, info.Size())); err != nil {
			return fmt.Errorf("keep an artefact: %w", err)
		}
	}
	return nil
}

func (c *collection) enter(dir *os.File, name, path string, depth int) error {
	if depth >= mostDepth {
		c.omit(path, fmt.Sprintf("folders are looked into %d deep", mostDepth))
		return nil
	}
	for i, pattern := range c.want.Patterns {
		if glob.Match(pattern, path) && !strings.HasSuffix(pattern, "**") && !c.met[i] {
			c.met[i] = true
			c.omit(path, "it is a folder; “"+pattern+"/**” asks for what is in it")
		}
	}
	sub, err := openBeneath(int(dir.Fd()), name, unix.O_DIRECTORY)
	if err != nil {
		c.omit(path, "the folder cannot be opened")
		return nil
	}
	return c.folder(sub, path+"/", depth+1)
}

func (c *collection) matches(path string) bool {
	matched := false
	for i, pattern := range c.want.Patterns {
		if glob.Match(pattern, path) {
			c.met[i], matched = true, true
		}
	}
	return matched
}

func (c *collection) omit(path, reason string) {
	if len(c.omitted) == mostOmitted {
		c.more++
		return
	}
	path = strings.ToValidUTF8(path, "?")
	if len(path) > longestArtefact {
		path = strings.ToValidUTF8(path[:longestArtefact], "") + "…"
	}
	c.omitted = append(c.omitted, Omitted{path, reason})
}

// told is everything that gave no artefact.
func (c *collection) told() []Omitted {
	for i, pattern := range c.want.Patterns {
		if !c.met[i] {
			c.omit(pattern, "nothing matched")
		}
	}
	if c.more > 0 {
		c.omitted = append(c.omitted, Omitted{"", fmt.Sprintf("and %d more", c.more)})
	}
	return c.omitted
}

// plain tells whether a path can be shown, and named in a URL and an archive.
func plain(path string) bool {
	return len(path) <= longestArtefact && utf8.ValidString(path) && !strings.ContainsFunc(path, unicode.IsControl) &&
		!strings.ContainsRune(path, '\\')
}

func openBeneath(dir int, name string, flags uint64) (*os.File, error) {
	fd, err := unix.Openat2(dir, name, &unix.OpenHow{Flags: unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NOFOLLOW | flags, Resolve: beneath})
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}
