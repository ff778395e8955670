package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// left counts what the database holds for the project: files, whole or not, and pieces.
func (s *store) left() (files, pieces int) {
	s.t.Helper()
	const count = `SELECT count(DISTINCT f.id), count(p.seq) FROM file f LEFT JOIN file_piece p ON p.file_id = f.id WHERE f.project_id = $1`
	if err := s.runner.DB.QueryRow(s.t.Context(), count, s.proj).Scan(&files, &pieces); err != nil {
		s.t.Fatal(err)
	}
	return files, pieces
}

func (s *store) nothingLeft() {
	s.t.Helper()
	if files, pieces := s.left(); files != 0 || pieces != 0 {
		s.t.Errorf("%d files and %d pieces are left", files, pieces)
	}
}

func roomy(t *testing.T) *store {
	s := newStore(t)
	s.limits["file.max_bytes"], s.limits["file.project.max_bytes"] = 8<<20, 64<<20
	return s
}

func TestAContentIsKeptWhileItComes(t *testing.T) {
	s := roomy(t)
	for i, size := range []int{0, 1, batch*piece - 1, batch * piece, batch*piece + 1, 2*batch*piece + piece + 7} {
		for _, told := range []bool{true, false} {
			want := append(noise(size, byte(i)), fmt.Sprint(told)...)
			in := Incoming{Name: "a.bin", Size: -1, Content: iotest.HalfReader(bytes.NewReader(want))}
			if told {
				in.Size = int64(len(want))
			}
			done, err := s.Receive(s.member(), in)
			if err != nil || !done.New || done.File.Size != int64(len(want)) || done.File.Version != 1 || !bytes.Equal(done.File.SHA256, digest(want)) {
				t.Fatalf("%d bytes: %+v, %v", len(want), done, err)
			}
			c, err := s.Read(s.member(), Get{ID: done.File.ID})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes became %d: %v", len(want), len(got), err)
			}
			again, err := s.Receive(s.member(), Incoming{Name: "b.bin", Size: in.Size, Content: bytes.NewReader(want)})
			if err != nil || again.New || again.File.ID != done.File.ID {
				t.Errorf("the second time: %+v, %v", again, err)
			}
		}
	}
	if files, _ := s.left(); files != 12 {
		t.Errorf("%d files are left, want 12", files)
	}
}

func TestHalfAnUploadLeavesNothing(t *testing.T) {
	s := roomy(t)
	const size = 3 * batch * piece
	half := func() io.Reader { return bytes.NewReader(noise(size/2, 1)) }
	gone, leave := context.WithCancel(s.member())
	for name, c := range map[string]struct {
		in   Incoming
		ctx  context.Context
		code string
	}{
		"broken off":     {Incoming{Size: size, Content: io.MultiReader(half(), iotest.ErrReader(io.ErrUnexpectedEOF))}, s.member(), "file.upload_broken"},
		"broken at once": {Incoming{Size: 7, Content: iotest.ErrReader(io.ErrUnexpectedEOF)}, s.member(), "file.upload_broken"},
		"caller gone":    {Incoming{Size: size, Content: io.MultiReader(half(), does(leave), iotest.ErrReader(context.Canceled))}, gone, "file.upload_broken"},
		"too large":      {Incoming{Size: 64 << 20, Content: iotest.ErrReader(errors.New("was read"))}, s.member(), "file.too_large"},
		"turns out so":   {Incoming{Size: -1, Content: io.LimitReader(zeros{}, 10<<20)}, s.member(), "file.too_large"},
		"another hash":   {Incoming{Size: size / 2, SHA256: digest(nil), Content: half()}, s.member(), "file.hash_mismatch"},
		"no name":        {Incoming{Size: size, Name: "/", Content: iotest.ErrReader(errors.New("was read"))}, s.member(), "file.invalid"},
		"a viewer":       {Incoming{Size: size, Content: iotest.ErrReader(errors.New("was read"))}, s.as(ident.New(), "viewer"), "denied"},
	} {
		if c.in.Name == "" {
			c.in.Name = name
		}
		_, err := s.Receive(c.ctx, c.in)
		refused(t, err, c.code)
		s.nothingLeft()
	}
}

// does is an empty reader that does something.
type does func()

func (d does) Read([]byte) (int, error) {
	d()
	return 0, io.EOF
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestWhatTheProjectHasIsNotRead(t *testing.T) {
	s := roomy(t)
	content := noise(batch*piece+5, 3)
	first := s.put(s.member(), "a", content).File
	s.now = s.now.Add(time.Hour)
	again, err := s.Receive(s.member(), Incoming{Name: "b", Size: int64(len(content)), SHA256: digest(content), Content: iotest.ErrReader(errors.New("was read"))})
	if err != nil || again.New || again.File.ID != first.ID || !again.File.UploadedAt.After(first.UploadedAt) {
		t.Errorf("%+v, %v", again, err)
	}
	if other, err := s.Receive(s.member(), Incoming{Name: "c", Size: 3, SHA256: digest([]byte("abc")), Content: bytes.NewReader([]byte("abc"))}); err != nil || !other.New {
		t.Errorf("%+v, %v", other, err)
	}
}

func TestWhatIsBeingUploadedCountsAndIsNotThereYet(t *testing.T) {
	s := roomy(t)
	s.limits["file.project.max_bytes"] = 10 << 20
	content := noise(6<<20, 4)
	meanwhile := func() {
		_, err := s.Receive(s.member(), Incoming{Name: "b", Size: 5 << 20, Content: iotest.ErrReader(errors.New("was read"))})
		refused(t, err, "file.project_full")
		if page, err := s.List(s.member(), List{}); err != nil || len(page.Items) != 0 {
			t.Errorf("%+v, %v", page, err)
		}
		id, err := pg.One[ident.ID](t.Context(), s.runner.DB, `SELECT id FROM file WHERE project_id = $1`, s.proj)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Get(s.member(), Get{ID: id})
		refused(t, err, "not_found")
		_, err = s.Delete(s.as(ident.New(), "manager"), Delete{ID: id})
		refused(t, err, "not_found")
		_, err = s.find(s.member(), id)
		refused(t, err, "file.not_found")
	}
	done, err := s.Receive(s.member(), Incoming{Name: "a", Size: 6 << 20, Content: io.MultiReader(bytes.NewReader(content[:5<<20]), does(meanwhile), bytes.NewReader(content[5<<20:]))})
	if err != nil || !done.New {
		t.Errorf("%+v, %v", done, err)
	}
}

// Who does not say how much comes is asked at each batch, and leaves nothing when there is no room.
func TestAnUploadOfUnknownLengthAsksAsItComes(t *testing.T) {
	const b = batch * piece
	for name, hash := range map[string][]byte{"nothing announced": nil, "its hash announced": digest([]byte("something else"))} {
		t.Run(name, func(t *testing.T) {
			s := roomy(t)
			s.limits["file.project.max_bytes"] = 2*b + 5
			_, err := s.Receive(s.member(), Incoming{Name: "a", Size: -1, SHA256: hash, Content: io.MultiReader(bytes.NewReader(noise(3*b, 4)), iotest.ErrReader(errors.New("was read")))})
			refused(t, err, "file.project_full")
			s.nothingLeft()
		})
	}
	t.Run("what came counts for others", func(t *testing.T) {
		s := roomy(t)
		s.limits["file.project.max_bytes"] = 3 * b
		content := noise(2*b+7, 5)
		meanwhile := func() {
			_, err := s.Receive(s.member(), Incoming{Name: "b", Size: b + 1, Content: iotest.ErrReader(errors.New("was read"))})
			refused(t, err, "file.project_full")
		}
		done, err := s.Receive(s.member(), Incoming{Name: "a", Size: -1, Content: io.MultiReader(bytes.NewReader(content[:2*b]), does(meanwhile), bytes.NewReader(content[2*b:]))})
		if err != nil || done.File.Size != int64(len(content)) {
			t.Errorf("%+v, %v", done, err)
		}
		if n, err := Stored(t.Context(), s.runner.DB, s.proj); err != nil || n != int64(len(content)) {
			t.Errorf("%d bytes are counted, %v", n, err)
		}
	})
}

func TestAForlornUploadIsDropped(t *testing.T) {
	s := roomy(t)
	expire := func(after time.Duration) func() {
		return func() {
			s.now = s.now.Add(after)
			if err := s.Expire(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	content := noise(2*batch*piece, 5)
	in := func(meanwhile func()) Incoming {
		return Incoming{Name: "a", Size: int64(len(content)), Content: io.MultiReader(bytes.NewReader(content[:batch*piece]), does(meanwhile), bytes.NewReader(content[batch*piece:]))}
	}
	_, err := s.Receive(s.member(), in(expire(forlornAfter+time.Second)))
	refused(t, err, "file.upload_lost")
	s.nothingLeft()
	if done, err := s.Receive(s.member(), in(expire(forlornAfter-time.Second))); err != nil || !done.New {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestARepeatedRequestKeepsOneFile(t *testing.T) {
	s := roomy(t)
	ctx := s.member()
	command.RequestFrom(ctx).IdempotencyKey = ident.New().String()
	content := noise(batch*piece+1, 6)
	var ids [2]ident.ID
	for i := range ids {
		done, err := s.Receive(ctx, Incoming{Name: "a", Size: int64(len(content)), Content: bytes.NewReader(content)})
		if err != nil || !done.New {
			t.Fatalf("%+v, %v", done, err)
		}
		ids[i] = done.File.ID
	}
	if files, _ := s.left(); files != 1 || ids[0] != ids[1] {
		t.Errorf("%d files are left: %v", files, ids)
	}
	_, err := s.Receive(ctx, Incoming{Name: "a", Size: 1, Content: bytes.NewReader([]byte("x"))})
	refused(t, err, "idempotency_mismatch")
}
