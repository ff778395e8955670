package execution

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// Reason says why a queued execution has no node yet.
type Reason struct {
	Code    string
	Message string
}

// Why an execution waits, as codes.
const (
	WaitsForOwner = "owner_limit" // its owner has as many under way as they may
	// WaitsForProject and WaitsForOrganization: all of it together has as many under way as it may.
	WaitsForProject      = "project_limit"
	WaitsForOrganization = "organization_limit"

	WaitsForNode     = "no_node"
	WaitsForRuntime  = "no_runtime"
	WaitsForClass    = "no_class"
	WaitsForImage    = "preparing"
	WaitsForUncordon = "cordoned"
	WaitsForSandbox  = "no_sandbox" // nodes have the runtime and cannot isolate code
	WaitsForSlot     = "busy"
	WaitsForNothing  = "starting"
)

// waits says why a queued execution has no node yet; active is how many its owner has under way.
func (s *Slice) waits(ctx context.Context, q pg.Querier, e Execution, active int) (Reason, error) {
	concurrent, err := s.limits.Int(ctx, q, "execution.concurrent", e.subject())
	if err != nil {
		return Reason{}, err
	}
	if int64(active) >= concurrent.Int() {
		said := fault.Of(concurrent.Refuse(WaitsForOwner, "Its owner has %d executions under way.", active))
		return Reason{WaitsForOwner, said.Message}, nil
	}
	if why, full, err := s.full(ctx, q, e.subject(), false); full || err != nil {
		return why, err
	}
	return s.placer.explain(e.offer()), nil
}

// Waiting asks for what waits, in the order of the queue.
type Waiting struct {
	OrganizationID ident.ID // zero: of every one, for operators
	ProjectID      ident.ID
	OwnerID        ident.ID
	Priority       *Priority
	After          Place // the last one of the page before
	Limit          int
}

// Place is where an execution stands in the queue: by priority, then by rank, then by age.
type Place struct {
	Priority Priority
	Rank     int64
	ID       ident.ID // zero: before the first
}

func (p Place) String() string { return fmt.Sprintf("%d.%d.%s", p.Priority, p.Rank, p.ID) }

// ParsePlace reads what String wrote.
func ParsePlace(text string) (Place, error) {
	var p Place
	parts := strings.Split(text, ".")
	bad := fault.New(fault.Invalid, "execution.invalid", "The cursor is not one that a page of the queue ended with.").At("query.cursor", "is not a cursor")
	if len(parts) != 3 {
		return p, bad
	}
	priority, err := strconv.ParseInt(parts[0], 10, 16)
	if err != nil {
		return p, bad
	}
	if p.Rank, err = strconv.ParseInt(parts[1], 10, 64); err != nil {
		return p, bad
	}
	p.Priority = Priority(priority)
	if p.ID, err = ident.Parse(parts[2]); err != nil {
		return p, bad
	}
	return p, nil
}

// Entry is an execution that waits.
type Entry struct {
	Execution
	Position int `db:"position"` // in the whole queue, from 1
	Active   int `db:"active"`   // how many its owner has under way
	Reason   Reason
}

// WaitingCount is how much of one owner waits at one priority.
type WaitingCount struct {
	OwnerID  ident.ID  `db:"owner_id"`
	Priority Priority  `db:"priority"`
	Queued   int       `db:"queued"`
	Oldest   time.Time `db:"oldest"`
}

// WaitingOwner is how much of one owner waits.
type WaitingOwner struct {
	OwnerID ident.ID
	Queued  int
	Oldest  time.Time
}

// WaitingPage is one page of what waits, and a summary of all of it.
type WaitingPage struct {
	Items      []Entry
	Next       Place // zero on the last page
	Queued     int
	ByPriority map[Priority]int
	Owners     []WaitingOwner // who has most waiting, at most mostOwners
	Oldest     *time.Time
	Names      Names // of the owners and projects above
}

const mostOwners = 20

// overScope is where somebody looks who looks over several projects.
func (s *Slice) overScope(ctx context.Context, q pg.Querier, actor command.Actor, organization, project ident.ID) (command.Scope, error) {
	if project.IsZero() {
		return command.Scope{Organization: organization}, nil
	}
	return s.projects.ForReading(ctx, q, actor, project)
}

func (s *Slice) waiting(ctx context.Context, q command.Query, in Waiting) (WaitingPage, error) {
	limit := pageSize(in.Limit)
	in.Limit = limit + 1
	items, err := s.store.Waiting(ctx, q, in)
	if err != nil {
		return WaitingPage{}, fmt.Errorf("read what waits: %w", err)
	}
	counts, err := s.store.WaitingCounts(ctx, q, in)
	if err != nil {
		return WaitingPage{}, fmt.Errorf("count what waits: %w", err)
	}
	page := summary(counts)
	if len(items) > limit {
		items = items[:limit]
		last := items[limit-1]
		page.Next = Place{last.Priority, last.Rank, last.ID}
	}
	page.Items = items
	var owners, projects []ident.ID
	for i, e := range items {
		if page.Items[i].Reason, err = s.waits(ctx, q, e.Execution, e.Active); err != nil {
			return WaitingPage{}, err
		}
		owners, projects = append(owners, e.OwnerID), append(projects, e.ProjectID)
	}
	for _, o := range page.Owners {
		owners = append(owners, o.OwnerID)
	}
	page.Names, err = s.names(ctx, q, owners, projects)
	return page, err
}

func summary(counts []WaitingCount) WaitingPage {
	page := WaitingPage{ByPriority: map[Priority]int{}}
	owners := map[ident.ID]*WaitingOwner{}
	for _, n := range counts {
		page.Queued += n.Queued
		page.ByPriority[n.Priority] += n.Queued
		if page.Oldest == nil || n.Oldest.Before(*page.Oldest) {
			page.Oldest = new(n.Oldest)
		}
		o := owners[n.OwnerID]
		if o == nil {
			o = &WaitingOwner{OwnerID: n.OwnerID, Oldest: n.Oldest}
			owners[n.OwnerID] = o
		}
		o.Queued += n.Queued
		if n.Oldest.Before(o.Oldest) {
			o.Oldest = n.Oldest
		}
	}
	for _, o := range owners {
		page.Owners = append(page.Owners, *o)
	}
	slices.SortFunc(page.Owners, func(a, b WaitingOwner) int {
		return cmp.Or(b.Queued-a.Queued, a.Oldest.Compare(b.Oldest), strings.Compare(a.OwnerID.String(), b.OwnerID.String()))
	})
	page.Owners = page.Owners[:min(len(page.Owners), mostOwners)]
	return page
}
