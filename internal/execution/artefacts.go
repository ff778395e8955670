package execution

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"github.com/stoa-cloud/stoa/internal/node"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/glob"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pieces"
)

// Artefacts says which files of its folder a run leaves behind: what was asked for, and the limits of that time.
type Artefacts struct {
	Patterns []string `json:"patterns"` // as package glob reads them
	MaxBytes int64    `json:"max_bytes"`
	MaxCount int      `json:"max_count"`
}

// Artefact is a file that a run left behind; or, with Omitted, what it was asked for and did not.
type Artefact struct {
	N       int    `db:"n"`
	Path    string `db:"path"` // relative to the program's folder; of an omission, perhaps a pattern
	Size    int64  `db:"size"`
	SHA256  []byte `db:"sha256"`
	Omitted string `db:"omitted"` // why there is no content

	Content []byte `db:"-"` // only on its way to the store
}

// ArtefactPiece is how much of a content is read or written at once, in bytes.
const ArtefactPiece = 256 << 10

// maxPatterns bounds what one run asks for.
const maxPatterns = 32

func checkPatterns(patterns []string, bad *fault.Error) {
	if len(patterns) > maxPatterns {
		bad.At("body.artefacts", "has more than 32 patterns")
	}
	for _, p := range patterns {
		if err := glob.Check(p); err != nil {
			bad.At("body.artefacts", fmt.Sprintf("has the pattern %q, which cannot be: %s", p, err))
		}
	}
}

// artefacts decides how much a run may leave behind; nil, where it is asked for nothing.
func (s *Slice) artefacts(ctx context.Context, q pg.Querier, who Subject, patterns []string) (*Artefacts, error) {
	if len(patterns) == 0 {
		return nil, nil //nolint:nilnil // no artefacts are the usual thing
	}
	size, err := s.limits.Int(ctx, q, "execution.artefacts.max_bytes", who)
	if err != nil {
		return nil, err
	}
	count, err := s.limits.Int(ctx, q, "execution.artefacts.max_count", who)
	if err != nil {
		return nil, err
	}
	for _, l := range []LimitValue{size, count} {
		if l.Int() == 0 {
			return nil, l.Refuse("execution.artefacts_not_allowed", "Artefacts are not allowed here. An administrator can allow them.")
		}
	}
	return &Artefacts{Patterns: patterns, MaxBytes: size.Int(), MaxCount: int(count.Int())}, nil
}

// task is what a node is told.
func (a *Artefacts) task() *node.Artefacts {
	if a == nil {
		return nil
	}
	return &node.Artefacts{Patterns: a.Patterns, MaxBytes: a.MaxBytes, MaxCount: a.MaxCount}
}

// artefactsOf is what a node says that a run left behind. The names are the program's, and a node may be wrong: what does
// not hold is told as such.
func artefactsOf(r Result) []Artefact {
	var all []Artefact
	for _, a := range r.Artefacts {
		one := Artefact{N: len(all), Path: a.Path, Size: a.Size, SHA256: a.SHA256, Content: a.Content}
		sum := sha256.Sum256(a.Content)
		if int64(len(a.Content)) != a.Size || !bytes.Equal(sum[:], a.SHA256) || strings.ContainsRune(a.Path, 0) {
			one = Artefact{N: len(all), Path: strings.ReplaceAll(a.Path, "\x00", ""), Omitted: "its node sent it damaged"}
		}
		all = append(all, one)
	}
	for _, o := range r.Omitted {
		all = append(all, Artefact{N: len(all), Path: strings.ReplaceAll(o.Path, "\x00", ""), Omitted: o.Reason})
	}
	return all
}

// ReadArtefact asks for one artefact's content.
type ReadArtefact struct {
	ID   ident.ID
	Path string
}

// ArtefactContent is an artefact that can be read.
type ArtefactContent struct {
	Artefact
	io.ReadSeeker // reads from the database, piece by piece, until its query's context ends
}

func (s *Slice) listArtefacts(ctx context.Context, q command.Query, in Get) ([]Artefact, error) {
	return s.store.Artefacts(ctx, q, in.ID)
}

func (s *Slice) readArtefact(ctx context.Context, q command.Query, in ReadArtefact) (ArtefactContent, error) {
	all, err := s.store.Artefacts(ctx, q, in.ID)
	if err != nil {
		return ArtefactContent{}, err
	}
	for _, a := range all {
		if a.Path == in.Path && a.Omitted == "" {
			return s.open(ctx, in.ID, a), nil
		}
		if a.Path == in.Path {
			err = fault.New(fault.NotFound, "execution.artefact_omitted", "“%s” was not kept: %s.", a.Path, a.Omitted)
		}
	}
	if err == nil {
		err = fault.New(fault.NotFound, "execution.no_artefact", "This execution has no artefact “%s”.", in.Path)
	}
	return ArtefactContent{}, err
}

func (s *Slice) archiveArtefacts(ctx context.Context, q command.Query, in Get) ([]ArtefactContent, error) {
	all, err := s.store.Artefacts(ctx, q, in.ID)
	if err != nil {
		return nil, err
	}
	var kept []ArtefactContent
	for _, a := range all {
		if a.Omitted == "" {
			kept = append(kept, s.open(ctx, in.ID, a))
		}
	}
	if len(kept) == 0 {
		return nil, fault.New(fault.NotFound, "execution.no_artefact", "This execution has no artefacts.")
	}
	return kept, nil
}

func (s *Slice) open(ctx context.Context, id ident.ID, a Artefact) ArtefactContent {
	read := func(seq int) ([]byte, error) {
		return s.store.ArtefactChunk(context.WithoutCancel(ctx), s.runner.DB, id, a.N, seq)
	}
	return ArtefactContent{Artefact: a, ReadSeeker: pieces.New(a.Size, ArtefactPiece, read)}
}
