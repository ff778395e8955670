package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestSQLFitsTheSchema(t *testing.T) { pgtest.Prepare(t, nil) }

// store is the slice on a real database, in a project of its own.
type store struct {
	*Slice
	t      *testing.T
	org    ident.ID
	proj   ident.ID
	limits limits
	now    time.Time
	find   command.Func[ident.ID, []byte] // another slice's command, which names a file
}

func newStore(t *testing.T) *store {
	t.Helper()
	s := &store{t: t, org: ident.New(), proj: ident.New(), now: clock.System(), limits: limits{"file.max_bytes": 1 << 20, "file.project.max_bytes": 2 << 20}}
	viewer, member, manager := permission.Role("viewer"), permission.Role("member"), permission.Role("manager")
	everybody := []permission.Role{viewer, member, manager}
	r := &command.Runner{
		Strict: true,
		DB:     pgtest.Open(t), Clock: func() time.Time { return s.now }, NewID: ident.New, Log: slog.New(slog.DiscardHandler),
		Table: permission.Table{
			"file.list": everybody, "file.get": everybody, "file.content": everybody, "file.received": everybody, "file.upload": {member, manager}, "file.begin": {member, manager},
			"file.delete": {manager, permission.Self}, "file.expire": {permission.System}, "test.find": append(everybody, "runner"),
		},
	}
	s.Slice = New(r, home{s.org, s.proj}, s.limits)
	s.find = command.Bind(r, command.Spec[ident.ID]{Name: "test.find", Scope: func(ctx context.Context, tx *command.Tx, _ ident.ID) (command.Scope, error) {
		return home{s.org, s.proj}.ForWork(ctx, tx, tx.Actor, ident.ID{})
	}}, func(ctx context.Context, tx *command.Tx, id ident.ID) ([]byte, error) {
		_, _, read, err := s.Find(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		return read(ctx)
	})
	return s
}

func (s *store) as(user ident.ID, role permission.Role) context.Context {
	return command.WithRequest(s.t.Context(), &command.Request{
		Actor: command.Actor{
			Kind: command.User, ID: user, DefaultProject: s.proj,
			Projects: map[ident.ID]command.Membership{s.proj: {Organization: s.org, Role: role}},
		},
		CorrelationID: "test",
	})
}

func (s *store) member() context.Context { return s.as(ident.New(), "member") }

type home struct{ org, proj ident.ID }

func (h home) ForWork(context.Context, pg.Querier, command.Actor, ident.ID) (command.Scope, error) {
	return command.Scope{Organization: h.org, Project: h.proj}, nil
}

func (h home) ForReading(ctx context.Context, q pg.Querier, a command.Actor, id ident.ID) (command.Scope, error) {
	return h.ForWork(ctx, q, a, id)
}

type limits map[string]int64

func (l limits) Int(_ context.Context, _ pg.Querier, name string, _ ident.ID, _ command.Scope) (command.Allowed, error) {
	return allowed(l[name]), nil
}

type allowed int64

func (a allowed) Int() int64 { return int64(a) }
func (a allowed) Refuse(code, format string, args ...any) error {
	return fault.New(fault.Limited, code, format, args...)
}

func (s *store) put(ctx context.Context, name string, content []byte) Uploading {
	s.t.Helper()
	done, err := s.Upload(ctx, Upload{Name: name, Content: content})
	if err != nil {
		s.t.Fatalf("upload %s: %v", name, err)
	}
	return done
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%v, want %s", err, code)
	}
}

// noise is a content that no other is like, of n bytes.
func noise(n int, seed byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i>>8) ^ byte(i) ^ seed
	}
	return b
}

func TestAContentIsReadAsItWasUploaded(t *testing.T) {
	s := newStore(t)
	for seed, size := range []int{0, 1, piece - 1, piece, piece + 1, 3*piece + 7} {
		want := noise(size, byte(seed))
		f := s.put(s.member(), fmt.Sprintf("%d.bin", size), want).File
		c, err := s.Read(s.as(ident.New(), "viewer"), Get{ID: f.ID})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, want) || f.Size != int64(size) {
			t.Errorf("%d bytes became %d: %v", size, len(got), err)
		}
		if got, err := s.find(s.member(), f.ID); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes became %d for a command: %v", size, len(got), err)
		}
	}
}

func TestTheSameContentIsTheSameFile(t *testing.T) {
	s := newStore(t)
	first := s.put(s.member(), "a.txt", []byte("same"))
	s.now = s.now.Add(time.Hour)
	again := s.put(s.member(), "b.txt", []byte("same"))
	if !first.New || again.New || again.File.ID != first.File.ID || again.File.Name != "a.txt" || !again.File.UploadedAt.After(first.File.UploadedAt) {
		t.Errorf("the second upload gives %+v, the first %+v", again, first)
	}
	if other := s.put(s.member(), "a.txt", []byte("other")); other.File.ID == first.File.ID {
		t.Error("another content under the same name is the same file")
	}
}

func TestUploadsAtOnceMakeOneFileAndKeepTheLimit(t *testing.T) {
	s := newStore(t)
	s.limits["file.project.max_bytes"] = 10
	var wg sync.WaitGroup
	ids, errs := make([]ident.ID, 8), make([]error, 8)
	for i := range ids {
		wg.Go(func() {
			done, err := s.Upload(s.member(), Upload{Name: "x", Content: []byte("eight by")[:7+i%2]}) // 7 or 8 bytes: one of the two fits
			ids[i], errs[i] = done.File.ID, err
		})
	}
	wg.Wait()
	kept := map[ident.ID]bool{}
	for i, err := range errs {
		if err == nil {
			kept[ids[i]] = true
		} else {
			refused(t, err, "file.project_full")
		}
	}
	if len(kept) != 1 {
		t.Errorf("%d files were kept, want 1", len(kept))
	}
}

func TestWhatIsRefused(t *testing.T) {
	s := newStore(t)
	ctx := s.member()
	for _, name := range []string{"", ".", "..", "a/b", `a\b`, "a\nb", "\xff", string(make([]byte, 256))} {
		_, err := s.Upload(ctx, Upload{Name: name})
		refused(t, err, "file.invalid")
	}
	_, err := s.Upload(ctx, Upload{Name: "big", Content: noise(1<<20+1, 0)})
	refused(t, err, "file.too_large")
	s.limits["file.project.max_bytes"] = 3
	_, err = s.Upload(ctx, Upload{Name: "big", Content: []byte("four")})
	refused(t, err, "file.project_full")
	_, err = s.Upload(s.as(ident.New(), "viewer"), Upload{Name: "a", Content: []byte("a")})
	refused(t, err, "denied")

	owner := ident.New()
	f := s.put(s.as(owner, "member"), "a", []byte("a")).File
	stranger := command.WithRequest(t.Context(), &command.Request{Actor: command.Actor{Kind: command.User, ID: ident.New()}})
	_, err = s.Read(stranger, Get{ID: f.ID})
	refused(t, err, "not_found")
	_, err = s.Get(stranger, Get{ID: f.ID})
	refused(t, err, "not_found")
	_, err = s.Delete(s.member(), Delete{ID: f.ID})
	refused(t, err, "denied")
	if _, err = s.Delete(s.as(owner, "member"), Delete{ID: f.ID}); err != nil {
		t.Error(err)
	}
	_, err = s.Get(ctx, Get{ID: f.ID})
	refused(t, err, "not_found")
}

func TestAnotherSlicesCommandFindsOnlyWhatItsCallerMayRead(t *testing.T) {
	s, other := newStore(t), newStore(t)
	f := other.put(other.member(), "a", []byte("a")).File
	_, err := s.find(s.member(), f.ID)
	refused(t, err, "file.not_found")
	_, err = s.find(s.member(), ident.New())
	refused(t, err, "file.not_found")
	mine := s.put(s.member(), "a", []byte("a")).File
	_, err = s.find(s.as(ident.New(), "runner"), mine.ID)
	refused(t, err, "denied")
}

func TestPagesGoFromTheNewestToTheOldest(t *testing.T) {
	s := newStore(t)
	var want, got []ident.ID
	for i := range 5 {
		want = append([]ident.ID{s.put(s.member(), "x", []byte{byte(i)}).File.ID}, want...)
	}
	for in := (List{Limit: 2}); ; {
		page, err := s.List(s.member(), in)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page.Items {
			got = append(got, f.ID)
		}
		if in.Before = page.Next; in.Before.IsZero() {
			break
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestFilesGoWhenTheirTimeIsOver(t *testing.T) {
	s := newStore(t)
	old, renewed := s.put(s.member(), "old", []byte("old")).File, s.put(s.member(), "renewed", []byte("renewed")).File
	s.now = s.now.Add(3 * time.Hour)
	s.put(s.member(), "renewed", []byte("renewed"))
	expire := func() {
		t.Helper()
		if err := s.Expire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	expire() // 0: for ever
	if _, err := s.Get(s.member(), Get{ID: old.ID}); err != nil {
		t.Fatal(err)
	}
	s.limits["file.retention_hours"] = 2
	expire()
	_, err := s.Get(s.member(), Get{ID: old.ID})
	refused(t, err, "not_found")
	if _, err := s.Get(s.member(), Get{ID: renewed.ID}); err != nil {
		t.Error(err)
	}
}

func TestAReadEndsWithAnErrorWhenItsFileGoes(t *testing.T) {
	s := newStore(t)
	owner := s.member()
	c, err := s.Read(owner, Get{ID: s.put(owner, "a", []byte("a")).File.ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Delete(owner, Delete{ID: c.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(c); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("reading what is gone gives %v", err)
	}
}
