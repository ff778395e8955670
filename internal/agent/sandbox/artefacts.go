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

// collect gives the caller the files that the job asked to keep.
func (r *run) collect(job *Job, own []string) error {
	if job.Artefacts == nil {
		return nil
	}
	if r.result.Outcome != Cancelled { // an agent that stops is to stop
		r.cell.kill()
		select {
		case <-r.cell.gone:
		case <-r.ward.nursery.ended:
			return r.ward.nursery.cause
		}
	}
	omitted, err := job.Artefacts.Collect(r.result.Outcome, func() (Folder, error) {
		f, err := openBeneath(r.cell.disk, "box", unix.O_DIRECTORY)
		return folder{f}, err
	}, own)
	r.result.Omitted = omitted
	return err
}

// Folder is one of the folders that a job left: nothing in it moves any more, for the job's processes are dead. The names
// and contents are the program's all the same: an implementation follows no link and leaves its file system nowhere.
type Folder interface {
	// Next returns more of what is in it, and nothing at the end.
	Next() ([]Entry, error)
	Enter(name string) (Folder, error)
	// Open opens a regular file: another is ErrNotRegular. size is in bytes; there may be fewer or more.
	Open(name string) (content io.ReadCloser, size int64, err error)
	Close() error
}

// Entry is what a folder holds under a single name.
type Entry struct {
	Name string
	Type fs.FileMode // the type bits alone
}

// ErrNotRegular is Folder.Open's for what is there and is no regular file.
var ErrNotRegular = errors.New("it is not a regular file")

// LostError is a Folder's, or its content's, that cannot be read any more. Why is told to the job's owner.
type LostError struct{ Why string }

func (e *LostError) Error() string { return "the working folder was lost: " + e.Why }

func isLost(err error) bool {
	_, ok := errors.AsType[*LostError](err)
	return ok
}

// Collect gives Keep the files of a job that has ended so: those of the working folder that the patterns name, but for own,
// which are not the job's. It tells what was named and not kept. No more is read than what may be kept.
func (a *Artefacts) Collect(outcome Outcome, open func() (Folder, error), own []string) ([]Omitted, error) {
	if outcome == Cancelled { // nobody waits for them
		return []Omitted{{"", "the run was cancelled"}}, nil
	}
	c := &collection{want: a, left: a.MaxBytes, own: own, met: make([]bool, len(a.Patterns))}
	box, err := open()
	if err == nil {
		err = c.folder(box, "", 1)
	}
	if lost, ok := errors.AsType[*LostError](err); ok {
		return append(c.omitted, Omitted{"", lost.Why}), nil
	}
	if err != nil {
		return nil, fmt.Errorf("collect artefacts: %w", err)
	}
	return c.told(), nil
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
func (c *collection) folder(dir Folder, prefix string, depth int) error {
	defer dir.Close()
	for {
		entries, err := dir.Next()
		if isLost(err) {
			return err
		}
		slices.SortFunc(entries, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
		for _, e := range entries {
			if c.found++; c.found > mostFound {
				if c.found == mostFound+1 {
					c.omit("", fmt.Sprintf("only the first %d names were looked at", mostFound))
				}
				return nil
			}
			if err := c.entry(dir, e, prefix+e.Name, depth); err != nil {
				return err
			}
		}
		if err != nil {
			c.omit(prefix, "the folder cannot be read")
			return nil
		}
		if len(entries) == 0 {
			return nil
		}
	}
}

func (c *collection) entry(dir Folder, e Entry, path string, depth int) error {
	if slices.Contains(c.own, path) {
		return nil
	}
	if e.Type.IsDir() {
		return c.enter(dir, e.Name, path, depth)
	}
	if !c.matches(path) {
		return nil
	}
	if !plain(path) {
		c.omit(path, "its name is too long, or not plain text")
		return nil
	}
	if !e.Type.IsRegular() {
		c.omit(path, ErrNotRegular.Error())
		return nil
	}
	content, size, err := dir.Open(e.Name)
	switch {
	case isLost(err):
		return err
	case errors.Is(err, ErrNotRegular):
		c.omit(path, ErrNotRegular.Error())
		return nil
	case err != nil:
		c.omit(path, "it cannot be opened")
		return nil
	}
	defer content.Close()
	switch {
	case size > c.left:
		c.omit(path, fmt.Sprintf("its %d bytes do not fit: %d of %d are left", size, c.left, c.want.MaxBytes))
	case c.kept >= c.want.MaxCount:
		c.omit(path, fmt.Sprintf("there are more than %d artefacts, which is the limit", c.want.MaxCount))
	default:
		c.kept++
		c.left -= size
		if err := c.want.Keep(path, size, io.LimitReader(content, size)); err != nil {
			return fmt.Errorf("keep %s: %w", path, err)
		}
	}
	return nil
}

func (c *collection) enter(dir Folder, name, path string, depth int) error {
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
	sub, err := dir.Enter(name)
	switch {
	case isLost(err):
		return err
	case err != nil:
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

// folder is one of a cell's.
type folder struct{ *os.File }

func (f folder) Next() ([]Entry, error) {
	found, err := f.ReadDir(256)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	entries := make([]Entry, len(found))
	for i, e := range found {
		entries[i] = Entry{e.Name(), e.Type()}
	}
	return entries, err
}

func (f folder) Enter(name string) (Folder, error) {
	sub, err := openBeneath(int(f.Fd()), name, unix.O_DIRECTORY)
	return folder{sub}, err
}

func (f folder) Open(name string) (io.ReadCloser, int64, error) {
	file, err := openBeneath(int(f.Fd()), name, unix.O_NONBLOCK|unix.O_NOCTTY)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, 0, ErrNotRegular
	}
	return file, info.Size(), nil
}

func openBeneath(dir int, name string, flags uint64) (*os.File, error) {
	fd, err := unix.Openat2(dir, name, &unix.OpenHow{Flags: unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NOFOLLOW | flags, Resolve: beneath})
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}
