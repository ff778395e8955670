package filecache

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// source brings contents, and counts.
type source struct{ brought atomic.Int64 }

func (s *source) of(content []byte) func(context.Context, io.Writer) error {
	return func(_ context.Context, w io.Writer) error {
		s.brought.Add(1)
		_, err := w.Write(content)
		return err
	}
}

func (s *source) get(t *testing.T, c *Cache, content string) {
	t.Helper()
	f, err := c.Get(t.Context(), sha256.Sum256([]byte(content)), int64(len(content)), s.of([]byte(content)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<20)); err != nil || string(got) != content {
		t.Errorf("%q became %q: %v", content, got, err)
	}
}

func open(t *testing.T, dir string, most int64) *Cache {
	t.Helper()
	c, err := Open(dir, most)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func names(t *testing.T, dir string) int {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestAFileComesOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	c, s := open(t, dir, 100), &source{}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { s.get(t, c, "content") })
	}
	all.Wait()
	s.get(t, open(t, dir, 100), "content") // also after a start
	if n := s.brought.Load(); n != 1 {
		t.Errorf("it came %d times", n)
	}
}

func TestTheLeastRecentlyUsedGoes(t *testing.T) {
	dir := t.TempDir()
	c, s := open(t, dir, 10), &source{}
	for _, content := range []string{"aaaa", "bbbb", "aaaa", "cccc"} {
		s.get(t, c, content)
	}
	if n, b := s.brought.Load(), c.Bytes(); n != 3 || b != 8 || names(t, dir) != 2 {
		t.Errorf("%d came, %d bytes in %d files", n, b, names(t, dir))
	}
	s.get(t, c, "aaaa")
	s.get(t, c, "bbbb")
	if n := s.brought.Load(); n != 4 {
		t.Errorf("%d came", n)
	}
	s.get(t, c, "longer than all") // is not kept, and drives nothing out
	if b := c.Bytes(); b != 8 || names(t, dir) != 2 {
		t.Errorf("%d bytes in %d files", b, names(t, dir))
	}
}

func TestHalfAFileIsNone(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".part-1", "abc", "0123456789abcdef"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, s := open(t, dir, 100), &source{}
	if n := names(t, dir); n != 0 {
		t.Fatalf("%d are left of an earlier life", n)
	}
	cut := errors.New("cut off")
	for name, test := range map[string]struct {
		bring func(context.Context, io.Writer) error
		want  error
	}{
		"another content": {s.of([]byte("other!!")), ErrDamaged},
		"too short":       {s.of([]byte("cont")), ErrDamaged},
		"too long":        {s.of([]byte("contents")), ErrDamaged},
		"cut off":         {func(context.Context, io.Writer) error { return cut }, cut},
	} {
		if _, err := c.Get(t.Context(), sha256.Sum256([]byte("content")), 7, test.bring); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := names(t, dir); n != 0 || c.Bytes() != 0 {
		t.Errorf("%d are left", n)
	}
	s.get(t, c, "content")
	// One that was shortened under our hands is brought again.
	sum := sha256.Sum256([]byte("content"))
	if err := os.Truncate(c.path(sum), 3); err != nil {
		t.Fatal(err)
	}
	s.get(t, open(t, dir, 100), "content")
}

// Who waits for somebody else's file brings it when the other one gives up, or gives up too.
func TestWhoeverIsLeftBringsIt(t *testing.T) {
	c, s := open(t, t.TempDir(), 100), &source{}
	content := []byte("content")
	begun, failed := make(chan struct{}), make(chan error)
	first, giveUp := context.WithCancel(t.Context())
	go func() {
		_, err := c.Get(first, sha256.Sum256(content), 7, func(ctx context.Context, _ io.Writer) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		})
		failed <- err
	}()
	<-begun
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := c.Get(gone, sha256.Sum256(content), 7, s.of(content)); !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	second := make(chan []byte)
	go func() {
		f, err := c.Get(t.Context(), sha256.Sum256(content), 7, s.of(content))
		if err != nil {
			second <- nil
			return
		}
		defer f.Close()
		got := make([]byte, 7)
		_, _ = f.ReadAt(got, 0)
		second <- got
	}()
	giveUp()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up got %v", err)
	}
	if got := <-second; !bytes.Equal(got, content) {
		t.Errorf("the other one got %q", got)
	}
}
