package file

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// resuming is one sender of one content.
type resuming struct {
	*store
	owner   ident.ID
	content []byte
}

func (s *store) resuming(size int, seed byte) resuming {
	return resuming{s, ident.New(), noise(size, seed)}
}

// send sends the content from an offset, as far as upto; meanwhile is done there, and then it breaks off if there is more.
func (r resuming) send(offset, upto int, meanwhile func()) (Uploading, error) {
	parts := []io.Reader{bytes.NewReader(r.content[offset:upto])}
	if meanwhile != nil {
		parts = append(parts, does(meanwhile), bytes.NewReader(r.content[upto:]))
	} else if upto < len(r.content) {
		parts = append(parts, iotest.ErrReader(io.ErrUnexpectedEOF))
	}
	return r.Receive(r.as(r.owner, "member"), Incoming{
		Name: "a", Size: int64(len(r.content) - offset), SHA256: digest(r.content), Offset: int64(offset), Content: io.MultiReader(parts...),
	})
}

func (r resuming) received(owner ident.ID) int {
	r.t.Helper()
	n, err := r.Received(r.as(owner, "member"), Received{SHA256: digest(r.content)})
	if err != nil {
		r.t.Fatal(err)
	}
	return int(n)
}

// check reads what the content became.
func (r resuming) check(done Uploading, err error) {
	r.t.Helper()
	if err != nil || !done.New || done.File.Size != int64(len(r.content)) || !bytes.Equal(done.File.SHA256, digest(r.content)) {
		r.t.Fatalf("%+v, %v", done, err)
	}
	c, err := r.Read(r.as(r.owner, "viewer"), Get{ID: done.File.ID})
	if err != nil {
		r.t.Fatal(err)
	}
	if got, err := io.ReadAll(c); err != nil || !bytes.Equal(got, r.content) {
		r.t.Errorf("%d bytes became %d: %v", len(r.content), len(got), err)
	}
	if files, pieces := r.left(); files != 1 || pieces != (len(r.content)+piece-1)/piece {
		r.t.Errorf("%d files and %d pieces are there", files, pieces)
	}
}

func TestABrokenUploadGoesOnWhereItWas(t *testing.T) {
	const b = batch * piece
	for name, breaks := range map[string][]int{
		"once, between batches":   {b},
		"once, within a piece":    {b + piece + 7},
		"before anything is kept": {piece - 1},
		"again and again":         {3, piece, piece + 1, b - 1, b + 5, b + 5 + piece, 2*b + 3*piece},
	} {
		t.Run(name, func(t *testing.T) {
			r := roomy(t).resuming(2*b+5*piece+11, 7)
			for _, upto := range breaks {
				at := r.received(r.owner)
				if upto < at {
					t.Fatalf("%d bytes are here of %d", at, upto)
				}
				_, err := r.send(at, upto, nil)
				refused(t, err, "file.upload_broken")
				if got := r.received(r.owner); got != at+(upto-at)/piece*piece {
					t.Errorf("%d bytes were sent after %d, and %d are here", upto-at, at, got)
				}
			}
			if got := r.received(ident.New()); got != 0 {
				t.Errorf("somebody else is told of %d bytes", got)
			}
			at := r.received(r.owner)
			r.check(r.send(at, len(r.content), nil))
			if got := r.received(ident.New()); got != len(r.content) {
				t.Errorf("of a file %d bytes are here", got)
			}
		})
	}
}

func TestWhatIsHereAlreadyIsSkipped(t *testing.T) {
	r := roomy(t).resuming(3*batch*piece, 8)
	_, err := r.send(0, batch*piece+1, nil)
	refused(t, err, "file.upload_broken")
	r.check(r.send(1, len(r.content), nil))
}

func TestWhoSentItAllGoesOnWithNothing(t *testing.T) {
	r := roomy(t).resuming(batch*piece+5, 9)
	ctx := r.as(r.owner, "member")
	room, err := r.begin(ctx, begin{Name: "a", Size: int64(len(r.content)), SHA256: digest(r.content)})
	if err != nil {
		t.Fatal(err)
	}
	// Stoa dies after the last piece and before it is a file.
	if _, err := (&receiving{Slice: r.Slice, room: room, announced: digest(r.content)}).read(ctx, bytes.NewReader(r.content), 0); err != nil {
		t.Fatal(err)
	}
	if at := r.received(r.owner); at != len(r.content) {
		t.Errorf("%d bytes are here", at)
	}
	r.check(r.send(len(r.content), len(r.content), nil))
	again, err := r.send(len(r.content), len(r.content), nil) // its answer was lost
	if err != nil || again.New {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestOneConnectionSends(t *testing.T) {
	r := roomy(t).resuming(3*batch*piece, 10)
	var done Uploading
	var err error
	_, lost := r.send(0, 2*batch*piece, func() {
		done, err = r.send(r.received(r.owner), len(r.content), nil)
	})
	refused(t, lost, "file.upload_lost")
	r.check(done, err)
}

func TestWhoBeginsAnewIsNotInTheirOwnWay(t *testing.T) {
	s := roomy(t)
	s.limits["file.project.max_bytes"] = 4 * batch * piece
	r := s.resuming(3*batch*piece, 11)
	_, err := r.send(0, 2*batch*piece, nil)
	refused(t, err, "file.upload_broken")
	other := s.resuming(2*batch*piece, 12) // what broke off takes what is here of it, no more
	_, err = other.send(0, batch*piece, nil)
	refused(t, err, "file.upload_broken")
	_, err = s.resuming(3*batch*piece, 13).send(0, 1, nil)
	refused(t, err, "file.project_full")
	done, err := r.send(0, len(r.content), nil)
	if err != nil || !done.New {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestWhatBrokeOffGoesInAnHour(t *testing.T) {
	r := roomy(t).resuming(2*batch*piece, 14)
	_, err := r.send(0, batch*piece, nil)
	refused(t, err, "file.upload_broken")
	r.now = r.now.Add(keptFor - time.Second)
	if err := r.Expire(t.Context()); err != nil || r.received(r.owner) != batch*piece {
		t.Errorf("%d bytes are here: %v", r.received(r.owner), err)
	}
	r.now = r.now.Add(2 * time.Second)
	if err := r.Expire(t.Context()); err != nil {
		t.Error(err)
	}
	r.nothingLeft()
	_, err = r.send(batch*piece, len(r.content), nil)
	refused(t, err, "file.upload_offset")
}

func TestARestThatDoesNotFitIsRefused(t *testing.T) {
	r := roomy(t).resuming(3*batch*piece, 15)
	begun := func() {
		t.Helper()
		_, err := r.send(0, batch*piece, nil)
		refused(t, err, "file.upload_broken")
	}
	rest := func(in Incoming) error {
		in.Name, in.Offset = "a", batch*piece
		_, err := r.Receive(r.as(r.owner, "member"), in)
		return err
	}
	unread := iotest.ErrReader(errors.New("was read"))
	begun()
	refused(t, rest(Incoming{Content: unread}), "file.offset")
	refused(t, rest(Incoming{SHA256: digest(r.content), Size: 64 << 20, Content: unread}), "file.too_large")
	refused(t, rest(Incoming{SHA256: digest([]byte("another")), Size: 1, Content: unread}), "file.upload_offset")
	if at := r.received(r.owner); at != batch*piece {
		t.Errorf("%d bytes are here after refusals", at)
	}
	refused(t, rest(Incoming{SHA256: digest(r.content), Size: -1, Content: io.LimitReader(zeros{}, 10<<20)}), "file.too_large")
	r.nothingLeft()
	begun()
	refused(t, rest(Incoming{SHA256: digest(r.content), Size: 3, Content: bytes.NewReader([]byte("abc"))}), "file.hash_mismatch")
	r.nothingLeft()
}
