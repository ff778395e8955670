package script

import (
	"context"
	"fmt"
	"strings"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// List asks for the scripts of a project that the caller sees, by name.
type List struct {
	ProjectID ident.ID
	After     string // the cursor of the page before
	Limit     int
}

// Page is one page of scripts.
type Page struct {
	Items []Script
	Next  string
}

// ListVersions asks for a script's versions, the newest first, without their sources.
type ListVersions struct {
	Ref    Ref
	Before int // the last number of the page before
	Limit  int
}

// Details is a script with one of its versions.
type Details struct {
	Script   Script
	Revision Revision
}

// Page sizes.
const (
	DefaultPage = 50
	MaxPage     = 200
)

func size(asked int) int {
	if asked <= 0 {
		return DefaultPage
	}
	return min(asked, MaxPage)
}

func (s *Slice) list(ctx context.Context, q command.Query, in List) (Page, error) {
	name, rest, _ := strings.Cut(in.After, "/")
	id, _ := ident.Parse(rest)
	n := size(in.Limit)
	found, err := pg.All[Script](ctx, q, selectPage, q.Scope.Project, q.Actor.ID, name, id, n+1)
	if err != nil {
		return Page{}, fmt.Errorf("list scripts: %w", err)
	}
	p := Page{Items: found}
	if len(found) > n {
		p.Items = found[:n]
		p.Next = found[n-1].Name + "/" + found[n-1].ID.String()
	}
	return p, nil
}

func (s *Slice) get(ctx context.Context, q command.Query, in Ref) (Details, error) {
	found, number, err := s.find(ctx, q, q.Actor, in)
	if err != nil {
		return Details{}, err
	}
	r, err := pg.One[Revision](ctx, q, selectVersion, found.ID, number)
	if err = command.NotFoundIfNoRows(err); err != nil && fault.KindOf(err) == fault.NotFound {
		return Details{}, fault.New(fault.NotFound, "script.no_such_version", "%s has no version %d; its newest is %d.", found.Name, number, found.Latest)
	}
	return Details{found, r}, err
}

func (s *Slice) versions(ctx context.Context, q command.Query, in ListVersions) ([]Revision, error) {
	found, _, err := s.find(ctx, q, q.Actor, in.Ref)
	if err != nil {
		return nil, err
	}
	return pg.All[Revision](ctx, q, selectVersions, found.ID, in.Before, size(in.Limit))
}
