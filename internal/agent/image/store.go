package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/stoa-cloud/stoa/internal/platform/oci"
)

// Ref is an image that the control plane wants here.
type Ref struct {
	Reference oci.Reference // with a digest
	Access    oci.Access
	Programs  []Program // that run in it
}

// State is how far an image is.
type State string

// The states. Failed is tried again, with growing pauses.
const (
	Waiting State = "waiting" // another one is pulled first
	Pulling State = "pulling"
	Ready   State = "ready"
	Failed  State = "failed"
)

// Status is how far one wanted image is.
type Status struct {
	Digest      string
	State       State
	Done, Total int64     // bytes of its layers, as they are sent
	Reason      string    // why it failed last
	Runtimes    []Verdict // how its programs run; a Runner says so of those that are ready
}

// Config says where images are kept.
type Config struct {
	Dir      string
	MaxBytes int64 // for all images together; zero is 40 GiB
	Bounds   Bounds
	Prepare  func(rootfs string) error // makes what the sandbox needs to find in a root; nil: nothing
	Changed  func()                    // called when a status changed; must not block
	Log      *slog.Logger

	pull  func(ctx context.Context, ref Ref, rootfs *os.Root, progress func(done, total int64)) (int64, error) // in tests
	pause func(failures int) time.Duration                                                                     // in tests
}

// atOnce is how many images are pulled at the same time.
const atOnce = 2

// spare is what a pull leaves free on the disk, in bytes.
const spare = 1 << 30

// Store keeps images. It is safe for use by many goroutines.
type Store struct {
	config  Config
	ctx     context.Context //nolint:containedctx // ends the pulls
	stop    context.CancelFunc
	pulls   sync.WaitGroup
	turn    chan struct{}
	changed atomic.Pointer[func()]

	mu     sync.Mutex
	images map[string]*entry
}

// entry is one image: wanted, here, or both.
type entry struct {
	digest string
	ref    Ref
	wanted bool
	status Status
	end    context.CancelFunc // of its pull
	users  int
	bytes  int64 // unpacked; zero: not here
	used   time.Time
}

// record is image.json.
type record struct {
	Reference string `json:"reference"`
	Bytes     int64  `json:"bytes"`
}

// Open finds what earlier lives left: whole images stay, everything else goes.
func Open(c Config) (*Store, error) {
	if c.MaxBytes == 0 {
		c.MaxBytes = 40 << 30
	}
	if c.Bounds == (Bounds{}) {
		c.Bounds = DefaultBounds()
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Changed == nil {
		c.Changed = func() {}
	}
	if c.pause == nil {
		c.pause = pauseAfter
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the images' folder: %w", err)
	}
	s := &Store{config: c, turn: make(chan struct{}, atOnce), images: map[string]*entry{}}
	s.Notify(c.Changed)
	if s.config.pull == nil {
		s.config.pull = s.fetch
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s, s.find()
}

// find reads the folder.
func (s *Store) find() error {
	entries, err := os.ReadDir(s.config.Dir)
	if err != nil {
		return fmt.Errorf("read the images' folder: %w", err)
	}
	for _, e := range entries {
		name := filepath.Join(s.config.Dir, e.Name())
		hex, whole := strings.CutPrefix(e.Name(), "sha256-")
		r, used, err := readRecord(name)
		if !whole || err != nil {
			if err := os.RemoveAll(name); err != nil {
				return fmt.Errorf("remove what a pull left: %w", err)
			}
			continue
		}
		digest := "sha256:" + hex
		s.images[digest] = &entry{
			digest: digest, bytes: r.Bytes, used: used, status: Status{Digest: digest, State: Ready},
		}
	}
	return nil
}

func readRecord(dir string) (record, time.Time, error) {
	var r record
	name := filepath.Join(dir, "image.json")
	text, err := os.ReadFile(name)
	if err != nil {
		return r, time.Time{}, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return r, time.Time{}, err
	}
	return r, info.ModTime(), json.Unmarshal(text, &r)
}

// Keep says which images are wanted, all of them. What is not here is pulled; what is
// no longer wanted stays until its room is needed.
func (s *Store) Keep(refs []Ref) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := map[string]bool{}
	for _, ref := range refs {
		digest := ref.Reference.Digest()
		if digest == "" {
			s.config.Log.Error("an image without a digest is not pulled", "image", ref.Reference.String())
			continue
		}
		wanted[digest] = true
		e := s.images[digest]
		if e == nil {
			e = &entry{digest: digest, status: Status{Digest: digest, State: Waiting}}
			s.images[digest] = e
		}
		e.ref, e.wanted = ref, true
		if e.bytes == 0 && e.end == nil {
			s.start(e)
		}
	}
	for digest, e := range s.images {
		switch {
		case wanted[digest]:
			continue
		case e.end != nil:
			e.end() // and the end of its pull forgets it
		case e.bytes == 0:
			delete(s.images, digest)
		}
		e.wanted = false
	}
	s.tell()
}

// start pulls an image until it is here or no longer wanted. The caller holds mu.
func (s *Store) start(e *entry) {
	ctx, end := context.WithCancel(s.ctx)
	e.end = end
	s.pulls.Go(func() {
		defer s.ended(e)
		defer end()
		for failures := 1; ; failures++ {
			if s.once(ctx, e) || ctx.Err() != nil {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-time.After(s.config.pause(failures)):
			}
		}
	})
}

// ended is the end of a pull: with the image, or because it was given up. Who wants it
// again by then has it begin anew.
func (s *Store) ended(e *entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e.end = nil
	switch {
	case e.bytes > 0 || s.ctx.Err() != nil:
	case e.wanted:
		s.start(e)
	default:
		delete(s.images, e.digest)
	}
}

// pauseAfter grows from two seconds to five minutes.
func pauseAfter(failures int) time.Duration {
	return min(time.Second<<min(failures, 10), 5*time.Minute)
}

// once tries to pull, and tells whether the image is here.
func (s *Store) once(ctx context.Context, e *entry) bool {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return false
	}
	s.mu.Lock()
	ref := e.ref
	e.status = Status{Digest: e.digest, State: Pulling}
	s.mu.Unlock()
	s.tell()
	bytes, err := s.bring(ctx, ref, func(done, total int64) { s.progress(e, done, total) })
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.tell()
	switch {
	case err == nil:
		e.bytes, e.used = bytes, time.Now()
		e.status = Status{Digest: e.digest, State: Ready}
		s.config.Log.Info("image is ready", "image", ref.Reference.String(), "bytes", bytes)
	case ctx.Err() == nil:
		e.status = Status{Digest: e.digest, State: Failed, Reason: err.Error()}
		s.config.Log.Warn("image not pulled, trying again", "image", ref.Reference.String(), "error", err)
	}
	return err == nil
}

// progress is told when another hundredth is there.
func (s *Store) progress(e *entry, done, total int64) {
	s.mu.Lock()
	before := e.status
	e.status.Done, e.status.Total = done, total
	s.mu.Unlock()
	if before.Percent() != e.status.Percent() {
		s.tell()
	}
}

// Percent is how much of the image is here, 0 to 100.
func (s Status) Percent() int {
	if s.State == Ready {
		return 100
	}
	if s.Total <= 0 {
		return 0
	}
	return int(min(100, 100*s.Done/s.Total))
}

// bring pulls into a folder of its own, and gives that its name when everything is on disk.
func (s *Store) bring(ctx context.Context, ref Ref, progress func(done, total int64)) (int64, error) {
	part, err := os.MkdirTemp(s.config.Dir, "part-")
	if err != nil {
		return 0, fmt.Errorf("make a folder for the image: %w", err)
	}
	defer os.RemoveAll(part)
	rootfs := filepath.Join(part, "rootfs")
	if err := errors.Join(os.Mkdir(rootfs, 0o700), os.Chmod(rootfs, 0o755)); err != nil { //nolint:gosec // runs read it, as nobody
		return 0, fmt.Errorf("make a folder for the image: %w", err)
	}
	root, err := os.OpenRoot(rootfs)
	if err != nil {
		return 0, fmt.Errorf("open the image's folder: %w", err)
	}
	defer root.Close()
	bytes, err := s.config.pull(ctx, ref, root, progress)
	if err != nil {
		return 0, err
	}
	if s.config.Prepare != nil {
		if err := s.config.Prepare(rootfs); err != nil {
			return 0, err
		}
	}
	bytes = max(bytes, 1) // zero is not here
	text, err := json.Marshal(record{Reference: ref.Reference.String(), Bytes: bytes})
	if err != nil {
		return 0, err
	}
	if err := os.WriteFile(filepath.Join(part, "image.json"), text, 0o600); err != nil {
		return 0, fmt.Errorf("describe the image: %w", err)
	}
	if err := s.makeRoom(bytes); err != nil {
		return 0, err
	}
	if err := syncAll(part); err != nil {
		return 0, err
	}
	if err := os.Rename(part, s.dir(ref.Reference.Digest())); err != nil {
		return 0, fmt.Errorf("give the image its name: %w", err)
	}
	return bytes, nil
}

// syncAll puts the file system that holds dir onto its disk.
func syncAll(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("write the image to disk: %w", err)
	}
	defer f.Close()
	return wrap("write the image to disk", unix.Syncfs(int(f.Fd())))
}

func (s *Store) dir(digest string) string {
	return filepath.Join(s.config.Dir, strings.Replace(digest, ":", "-", 1))
}

// Statuses tells how far each wanted image is, in the order of their digests.
func (s *Store) Statuses() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Status
	for _, e := range s.images {
		if e.wanted {
			all = append(all, e.status)
		}
	}
	slices.SortFunc(all, func(a, b Status) int { return strings.Compare(a.Digest, b.Digest) })
	return all
}

// Notify names who is told when a status changed; f must not block. It replaces Config.Changed.
func (s *Store) Notify(f func()) { s.changed.Store(&f) }

func (s *Store) tell() { (*s.changed.Load())() }

// Close ends the pulls and waits for them.
func (s *Store) Close() {
	s.stop()
	s.pulls.Wait()
}
