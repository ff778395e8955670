// Package filecache keeps the files that runs on a node take in, by the hash of their contents, so that what many runs
// take comes to the node once.
//
// A file is there whole or not at all: it is brought under another name, and gets its own when its hash was right. Nobody
// but the agent opens one; a run gets a copy. The least recently used go when there are more bytes than the bound, also
// while a run reads them: it has them open.
package filecache

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Cache is a folder of files. It is safe for use by many goroutines.
type Cache struct {
	dir  string
	most int64 // bytes of all files

	mu       sync.Mutex
	total    int64
	recent   *list.List // of kept, the last used first
	files    map[Sum]*list.Element
	bringing map[Sum]chan struct{} // closed when that is over
}

// Sum is a content's SHA-256.
type Sum = [sha256.Size]byte

type kept struct {
	sum  Sum
	size int64
}

// ErrDamaged says that what was brought is not what was asked for.
var ErrDamaged = errors.New("the content that came has another hash or size")

// Open opens the cache in a folder of its own, and removes what was brought only in part. It keeps most bytes.
func Open(dir string, most int64) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of files: %w", err)
	}
	found, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the folder of files: %w", err)
	}
	c := &Cache{dir: dir, most: most, recent: list.New(), files: map[Sum]*list.Element{}, bringing: map[Sum]chan struct{}{}}
	type aged struct {
		kept
		used time.Time
	}
	var all []aged
	for _, e := range found {
		sum, err := hex.DecodeString(e.Name())
		info, gone := e.Info()
		if err != nil || gone != nil || len(sum) != sha256.Size || !info.Mode().IsRegular() {
			_ = os.RemoveAll(filepath.Join(dir, e.Name()))
			continue
		}
		all = append(all, aged{kept{Sum(sum), info.Size()}, info.ModTime()})
	}
	slices.SortFunc(all, func(a, b aged) int { return a.used.Compare(b.used) })
	for _, e := range all {
		c.add(e.kept)
	}
	return c, nil
}

// Get opens a file, which the caller closes. One that is not here is brought: bring writes its content, and is called once
// for all who want it at the same time; where it fails for one of them, the next one tries.
func (c *Cache) Get(ctx context.Context, sum Sum, size int64, bring func(context.Context, io.Writer) error) (*os.File, error) {
	for {
		c.mu.Lock()
		if e, ok := c.files[sum]; ok {
			c.recent.MoveToFront(e)
			f, err := os.Open(c.path(sum))
			if err == nil && e.Value.(kept).size == size {
				c.mu.Unlock()
				now := time.Now()
				_ = os.Chtimes(c.path(sum), now, now) // for the order after the next start
				return f, nil
			}
			f.Close()
			c.remove(e)
		}
		other, busy := c.bringing[sum]
		if !busy {
			over := make(chan struct{})
			c.bringing[sum] = over
			c.mu.Unlock()
			f, err := c.bring(ctx, kept{sum, size}, bring)
			c.mu.Lock()
			delete(c.bringing, sum)
			c.mu.Unlock()
			close(over)
			return f, err
		}
		c.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (c *Cache) bring(ctx context.Context, k kept, bring func(context.Context, io.Writer) error) (*os.File, error) {
	f, err := os.CreateTemp(c.dir, ".part-")
	if err != nil {
		return nil, fmt.Errorf("keep a file: %w", err)
	}
	if err := c.fill(ctx, f, k, bring); err != nil {
		f.Close()
		_ = os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}

// fill makes f the file that is wanted, under its own name if it is to be kept.
func (c *Cache) fill(ctx context.Context, f *os.File, k kept, bring func(context.Context, io.Writer) error) error {
	h := sha256.New()
	w := &bounded{to: io.MultiWriter(f, h), left: k.size}
	if err := bring(ctx, w); err != nil {
		return err
	}
	if w.left != 0 || Sum(h.Sum(nil)) != k.sum {
		return ErrDamaged
	}
	if k.size > c.most { // for this run alone
		return os.Remove(f.Name())
	}
	if err := f.Sync(); err != nil { // or a crash of the machine leaves a file of the right name without its content
		return fmt.Errorf("keep a file: %w", err)
	}
	if err := os.Rename(f.Name(), c.path(k.sum)); err != nil {
		return fmt.Errorf("keep a file: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(k)
	return nil
}

// bounded takes no more than was announced.
type bounded struct {
	to   io.Writer
	left int64
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, ErrDamaged
	}
	return b.to.Write(p)
}

func (c *Cache) path(sum Sum) string { return filepath.Join(c.dir, hex.EncodeToString(sum[:])) }

// add counts a file in, and lets go of those unused for longest. c.mu is held, or nobody else knows c.
func (c *Cache) add(k kept) {
	c.files[k.sum] = c.recent.PushFront(k)
	for c.total += k.size; c.total > c.most; {
		c.remove(c.recent.Back())
	}
}

func (c *Cache) remove(e *list.Element) {
	k := c.recent.Remove(e).(kept)
	delete(c.files, k.sum)
	c.total -= k.size
	_ = os.Remove(c.path(k.sum))
}

// Bytes is what is kept now.
func (c *Cache) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total
}
