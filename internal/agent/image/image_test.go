package image

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/stoa-cloud/stoa/internal/agent/image/imagetest"
	"github.com/stoa-cloud/stoa/internal/agent/sandbox"
	"github.com/stoa-cloud/stoa/internal/platform/oci"
)

// shelf is a registry and a store that pulls from it.
type shelf struct {
	*Store
	registry *imagetest.Registry
	changed  chan struct{}
}

func newShelf(t *testing.T, c Config) *shelf {
	t.Helper()
	s := &shelf{registry: imagetest.NewRegistry(), changed: make(chan struct{}, 1)}
	t.Cleanup(s.registry.Close)
	c.Changed = func() {
		select {
		case s.changed <- struct{}{}:
		default:
		}
	}
	c.Log, c.pause = slog.New(slog.DiscardHandler), func(int) time.Duration { return time.Millisecond }
	if c.Dir == "" {
		c.Dir = t.TempDir()
	}
	var err error
	if s.Store, err = Open(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func (s *shelf) push(t *testing.T, image v1.Image, err error) Ref {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	reference, digest, err := s.registry.Push("team/image", "1", image)
	if err != nil {
		t.Fatal(err)
	}
	return refTo(t, reference, digest)
}

func refTo(t *testing.T, reference, digest string) Ref {
	t.Helper()
	r, err := oci.Parse(reference)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = r.At(digest); err != nil {
		t.Fatal(err)
	}
	return Ref{Reference: r, Access: oci.Access{Insecure: true}}
}

// await waits until the one wanted image is in the state.
func (s *shelf) await(t *testing.T, want State) Status {
	t.Helper()
	return s.awaitWhere(t, string(want), func(is Status) bool { return is.State == want })
}

func (s *shelf) awaitWhere(t *testing.T, want string, ok func(Status) bool) Status {
	t.Helper()
	for {
		all := s.Statuses()
		if len(all) == 1 && ok(all[0]) {
			return all[0]
		}
		select {
		case <-s.changed:
		case <-time.After(2 * time.Minute):
			t.Fatalf("never %s: %+v", want, all)
		}
	}
}

func small(text string) (v1.Image, error) {
	layer, err := imagetest.Layer(imagetest.File("a/text", text), imagetest.File("etc/passwd", "root:x:0:0::/:/bin/sh\n"))
	if err != nil {
		return nil, err
	}
	return imagetest.Image(v1.Config{}, layer)
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		found = append(found, strings.SplitN(e.Name(), "-", 2)[0])
	}
	return found
}

func TestAnImageIsPulledAndStays(t *testing.T) {
	s := newShelf(t, Config{Prepare: sandbox.PrepareRoot})
	image, err := small("hello")
	ref := s.push(t, image, err)
	if _, _, err := s.Use(ref.Reference.Digest()); !errors.Is(err, ErrNotReady) {
		t.Errorf("before: %v", err)
	}
	s.Keep([]Ref{ref})
	s.await(t, Ready)
	rootfs, release, err := s.Use(ref.Reference.Digest())
	if err != nil {
		t.Fatal(err)
	}
	release()
	if text, err := os.ReadFile(filepath.Join(rootfs, "a/text")); err != nil || string(text) != "hello" {
		t.Errorf("got %q, %v", text, err)
	}
	if text, err := os.ReadFile(filepath.Join(rootfs, "etc/passwd")); err != nil || string(text) != "" {
		t.Errorf("the image's own users are still there: %q, %v", text, err)
	}
	s.Close()
	s.registry.Close()
	again, err := Open(Config{Dir: s.config.Dir})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	again.Keep([]Ref{ref})
	if got := again.Statuses(); len(got) != 1 || got[0].State != Ready {
		t.Errorf("after a restart, without a registry: %+v", got)
	}
}

// What a kill leaves behind is a folder under another name, or one without its record.
func TestHalfAnImageIsNone(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"part-1/rootfs", "gone-1/image", "sha256-" + strings.Repeat("a", 64) + "/rootfs"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if left := names(t, dir); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestAFailedPullSaysWhyAndIsTriedAgain(t *testing.T) {
	s := newShelf(t, Config{})
	image, err := small("late")
	if err != nil {
		t.Fatal(err)
	}
	digest, err := image.Digest()
	if err != nil {
		t.Fatal(err)
	}
	s.Keep([]Ref{refTo(t, s.registry.Host()+"/team/image:1", digest.String())})
	if got := s.await(t, Failed); !strings.Contains(got.Reason, "does not have") {
		t.Errorf("reason %q", got.Reason)
	}
	s.push(t, image, nil)
	s.await(t, Ready)
	if left := names(t, s.config.Dir); !slices.Equal(left, []string{"sha256"}) {
		t.Errorf("left: %v", left)
	}
}

func TestAHostileImageNeverBecomesReady(t *testing.T) {
	s := newShelf(t, Config{})
	layer, err := imagetest.Layer(imagetest.File("../../canary", "dead"))
	if err != nil {
		t.Fatal(err)
	}
	image, err := imagetest.Image(v1.Config{}, layer)
	s.Keep([]Ref{s.push(t, image, err)})
	if got := s.await(t, Failed); !strings.Contains(got.Reason, "not plain") {
		t.Errorf("reason %q", got.Reason)
	}
}

// The registry may send anything under a digest; what does not match it is refused.
func TestADigestIsHeld(t *testing.T) {
	s := newShelf(t, Config{})
	wanted, err := small("what was pinned")
	if err != nil {
		t.Fatal(err)
	}
	other, err := small("what is sent instead")
	if err != nil {
		t.Fatal(err)
	}
	want, err := wanted.Digest()
	if err != nil {
		t.Fatal(err)
	}
	ref := s.push(t, other, nil)
	liar := imagetest.NewLiar(s.registry, ref.Reference.Digest(), want.String())
	t.Cleanup(liar.Close)
	s.Keep([]Ref{refTo(t, liar.Host()+"/team/image:1", want.String())})
	if got := s.await(t, Failed); !strings.Contains(got.Reason, "digest") {
		t.Errorf("reason %q", got.Reason)
	}
}

// withoutNetwork is a store whose pulls take as long and as much as the test says.
func withoutNetwork(t *testing.T, room int64, pull func(ctx context.Context) (int64, error)) *Store {
	t.Helper()
	s, err := Open(Config{
		Dir: t.TempDir(), MaxBytes: room, Log: slog.New(slog.DiscardHandler),
		pull: func(ctx context.Context, _ Ref, _ *os.Root, _ func(int64, int64)) (int64, error) { return pull(ctx) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func numbered(t *testing.T, n int) Ref {
	t.Helper()
	return refTo(t, "registry.example.com/team/image:1", fmt.Sprintf("sha256:%064d", n))
}

func TestRoomIsMadeFromWhatNobodyUses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := withoutNetwork(t, 250, func(context.Context) (int64, error) { return 100, nil })
		defer s.Close()
		for n := range 2 {
			s.Keep([]Ref{numbered(t, n)})
			synctest.Wait()
			time.Sleep(time.Second) // of the bubble: so that the order of use is certain
		}
		_, release, err := s.Use(numbered(t, 0).Reference.Digest())
		if err != nil {
			t.Fatal(err)
		}
		s.Keep([]Ref{numbered(t, 2)})
		synctest.Wait()
		for n, here := range []bool{true, false, true} { // 0 is older than 1, but in use
			_, give, err := s.Use(numbered(t, n).Reference.Digest())
			if (err == nil) != here {
				t.Errorf("image %d: %v", n, err)
			}
			if err == nil {
				give()
			}
		}
		s.Keep([]Ref{numbered(t, 2), numbered(t, 3)})
		synctest.Wait()
		if got := s.Statuses(); got[1].State != Failed || !strings.Contains(got[1].Reason, "at most") {
			t.Errorf("without room: %+v", got)
		}
		release()
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := s.Statuses(); got[1].State != Ready {
			t.Errorf("with room again: %+v", got)
		}
	})
}

func TestOneImageIsPulledOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pulls, given := 0, 0
		s := withoutNetwork(t, 0, func(ctx context.Context) (int64, error) {
			pulls++
			select {
			case <-ctx.Done():
				given++
				return 0, ctx.Err()
			case <-time.After(time.Minute):
				return 1, nil
			}
		})
		defer s.Close()
		for range 5 {
			s.Keep([]Ref{numbered(t, 1)})
		}
		synctest.Wait()
		if pulls != 1 {
			t.Errorf("%d pulls", pulls)
		}
		s.Keep(nil)
		s.Keep([]Ref{numbered(t, 1)}) // before the first has ended
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if got := s.Statuses(); pulls != 2 || given != 1 || len(got) != 1 || got[0].State != Ready {
			t.Errorf("%d pulls, %d given up: %+v", pulls, given, got)
		}
	})
}

func TestABigImageReportsProgress(t *testing.T) {
	var s *shelf
	half := make(chan struct{}) // closed once the test has seen a part
	s = newShelf(t, Config{pull: func(ctx context.Context, ref Ref, rootfs *os.Root, progress func(done, total int64)) (int64, error) {
		return s.fetch(ctx, ref, rootfs, func(done, total int64) {
			if progress(done, total); done < total && 100*done/total > 0 {
				<-half
			}
		})
	}})
	var layers []v1.Layer
	for n := range 3 {
		layer, err := imagetest.Layer(imagetest.File(fmt.Sprint(n), rand.Text()+strings.Repeat(rand.Text(), 5_000)))
		if err != nil {
			t.Fatal(err)
		}
		layers = append(layers, layer)
	}
	image, err := imagetest.Image(v1.Config{}, layers...)
	ref := s.push(t, image, err)
	s.Keep([]Ref{ref})
	part := s.awaitWhere(t, "partly here", func(is Status) bool { return is.Percent() > 0 })
	if part.State != Pulling || part.Percent() == 100 {
		t.Errorf("%+v", part)
	}
	close(half)
	s.await(t, Ready)
}
