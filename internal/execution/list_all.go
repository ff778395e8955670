package execution

import (
	"context"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// ListAll asks for a page of executions over all projects, of an organization or, for
// operators, of every one; newest first.
type ListAll struct {
	OrganizationID ident.ID
	ProjectID      ident.ID
	OwnerID        ident.ID
	Statuses       []Status
	Runtime        string
	Priority       *Priority
	From, To       time.Time // of submission; zero: any
	Before         ident.ID  // the last one of the page before
	Limit          int
}

// Validate checks the filters.
func (q ListAll) Validate() error { return List{Statuses: q.Statuses}.Validate() }

// NamedPage is a page with what its owners and projects are called.
type NamedPage struct {
	Page
	Names Names
}

// Names are what accounts and projects are called, by their ids; those that are gone have none.
type Names map[ident.ID]Name

// Name is what an account or a project is called.
type Name struct {
	Text string
	Kind command.ActorKind // of an account that can be looked at, else empty
}

// Namer knows what accounts and projects are called. Identity's and tenancy's tables answer, through boot.
type Namer interface {
	Names(ctx context.Context, q pg.Querier, accounts, projects []ident.ID) (Names, error)
}

func (s *Slice) listAll(ctx context.Context, q command.Query, in ListAll) (NamedPage, error) {
	limit := pageSize(in.Limit)
	items, err := s.store.List(ctx, q, Filter{
		Organization: in.OrganizationID, Project: in.ProjectID, Owner: in.OwnerID, Statuses: in.Statuses, Runtime: in.Runtime,
		Priority: in.Priority, Before: in.Before, Limit: limit + 1,
	}.Between(in.From, in.To))
	if err != nil {
		return NamedPage{}, err
	}
	page := NamedPage{Page: pageOf(items, limit)}
	var owners, projects []ident.ID
	for _, e := range page.Items {
		owners, projects = append(owners, e.OwnerID), append(projects, e.ProjectID)
	}
	page.Names, err = s.names(ctx, q, owners, projects)
	return page, err
}

// names asks for what is called something.
func (s *Slice) names(ctx context.Context, q pg.Querier, owners, projects []ident.ID) (Names, error) {
	if len(owners) == 0 && len(projects) == 0 {
		return nil, nil
	}
	return s.namer.Names(ctx, q, owners, projects)
}

func pageSize(asked int) int {
	if asked <= 0 {
		asked = DefaultPage
	}
	return min(asked, MaxPage)
}

// pageOf cuts off the row that was read to know whether there are more.
func pageOf(items []Execution, limit int) Page {
	if len(items) <= limit {
		return Page{Items: items}
	}
	return Page{Items: items[:limit], Next: items[limit-1].ID}
}
