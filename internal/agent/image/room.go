package image

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// makeRoom removes images that nobody wants or uses, the longest unused first, until
// there is room for another.
func (s *Store) makeRoom(bytes int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	total := bytes
	var idle []*entry
	for _, e := range s.images {
		total += e.bytes
		if e.bytes > 0 && !e.wanted && e.users == 0 {
			idle = append(idle, e)
		}
	}
	slices.SortFunc(idle, func(a, b *entry) int { return a.used.Compare(b.used) })
	for _, e := range idle {
		if total <= s.config.MaxBytes {
			break
		}
		if err := s.discard(e); err != nil {
			return err
		}
		total -= e.bytes
	}
	if total > s.config.MaxBytes {
		return fmt.Errorf("the image needs %d MiB, and the node keeps at most %d MiB of images, %d of which are taken by images in use",
			bytes>>20, s.config.MaxBytes>>20, (total-bytes)>>20)
	}
	return nil
}

// discard removes an image. The caller holds mu.
func (s *Store) discard(e *entry) error {
	gone, err := os.MkdirTemp(s.config.Dir, "gone-")
	if err != nil {
		return fmt.Errorf("remove an image: %w", err)
	}
	if err := os.Rename(s.dir(e.digest), filepath.Join(gone, "image")); err != nil {
		return fmt.Errorf("remove an image: %w", err)
	}
	delete(s.images, e.digest)
	s.config.Log.Info("image removed to make room", "digest", e.digest, "bytes", e.bytes)
	s.pulls.Go(func() { _ = os.RemoveAll(gone) }) // what stays is removed at the next start
	return nil
}

// ErrNotReady is returned by Use for an image that is not here.
var ErrNotReady = errors.New("the image is not on this node")

// Use gives the root file system of an image that is here, and keeps it until release
// is called. It must only be read.
func (s *Store) Use(digest string) (rootfs string, release func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.images[digest]
	if e == nil || e.bytes == 0 {
		return "", nil, ErrNotReady
	}
	e.users++
	return filepath.Join(s.dir(digest), "rootfs"), sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		e.users--
		e.used = time.Now()
		_ = os.Chtimes(filepath.Join(s.dir(digest), "image.json"), e.used, e.used) // lost, it counts as unused for longer
	}), nil
}
