package limit

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/bus"
	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

// recheck is how long a replica may go on with values that another one changed,
// when the hint was lost.
const recheck = 5 * time.Second

// Reader tells what applies to whom. It keeps everything that was set in memory
// (definitions are few, and so are those who set something), and asks the
// database only whether that still holds.
type Reader struct {
	catalogue *Catalogue
	places    Places
	now       clock.Clock
	log       *slog.Logger
	bus       bus.Bus // nil: there is no other replica

	kept    atomic.Pointer[snapshot]
	changes atomic.Int64 // that were heard of
	loading sync.Mutex
}

// snapshot is everything that was set, at one revision.
type snapshot struct {
	revision int64
	changes  int64 // heard of before it was read
	checked  time.Time
	byName   map[string]values
	resets   map[ident.ID]reset // of request rates, by account
	places   sync.Map           // project → Place, as far as somebody asked
}

// values is what was set for one name.
type values map[at]row

// at is a place that can hold a value.
type at struct {
	scope  Scope
	id     ident.ID
	within ident.ID // of a member's: the organization
}

// NewReader makes a reader that has read nothing yet.
func NewReader(catalogue *Catalogue, places Places, now clock.Clock, log *slog.Logger) *Reader {
	return &Reader{catalogue: catalogue, places: places, now: now, log: log}
}

// Changed is told what was committed here (command.Runner.Wake), so that the next read
// looks again, in other replicas too.
func (r *Reader) Changed(events []eventlog.Event) {
	if slices.ContainsFunc(events, isAbout) {
		r.heard()
		r.tell()
	}
}

func (r *Reader) heard() { r.changes.Add(1) }

// Effective is the value of name that applies to who. q is used only when the
// database must be asked: a transaction, or the pool.
func (r *Reader) Effective(ctx context.Context, q pg.Querier, name string, who Subject) (Value, error) {
	d, err := r.catalogue.Definition(name)
	if err != nil {
		return Value{}, err
	}
	s, err := r.current(ctx, q)
	if err != nil {
		return Value{}, err
	}
	set := s.byName[name]
	if len(set) == 0 {
		return d.fallback(), nil
	}
	if who, err = r.complete(ctx, q, s, set, who); err != nil {
		return Value{}, err
	}
	return d.resolve(set, who), nil
}

// resetOf is when an account's request rates were last made whole again. What cannot be
// read counts as never: rates fail open.
func (r *Reader) resetOf(ctx context.Context, q pg.Querier, account ident.ID) reset {
	if account.IsZero() {
		return reset{}
	}
	s, err := r.current(ctx, q)
	if err != nil {
		return reset{}
	}
	return s.resets[account]
}

// complete finds organization and units of the project, if any of them set something.
func (r *Reader) complete(ctx context.Context, q pg.Querier, kept *snapshot, set values, who Subject) (Subject, error) {
	if who.Project.IsZero() {
		return who, nil
	}
	needed := false
	for place := range set {
		needed = needed || place.scope == Unit && who.Units == nil || (place.scope == Organization || place.scope == Member) && who.Organization.IsZero()
	}
	if !needed {
		return who, nil
	}
	place, known := kept.places.Load(who.Project)
	if !known {
		found, err := r.places.Locate(ctx, q, Project, who.Project)
		if err != nil {
			return who, fmt.Errorf("locate project: %w", err)
		}
		place, _ = kept.places.LoadOrStore(who.Project, found)
	}
	who.Organization, who.Units = place.(Place).Organization, place.(Place).Units
	return who, nil
}

// chain lists the places that hold values for who, innermost first.
func (who Subject) chain() []at {
	chain := make([]at, 0, 5+len(who.Units))
	add := func(scope Scope, id ident.ID) {
		if !id.IsZero() {
			chain = append(chain, at{scope: scope, id: id})
		}
	}
	add(User, who.User)
	if !who.User.IsZero() && !who.Organization.IsZero() {
		chain = append(chain, at{Member, who.User, who.Organization})
	}
	add(Project, who.Project)
	for _, unit := range who.Units {
		add(Unit, unit)
	}
	add(Organization, who.Organization)
	return append(chain, at{scope: Global})
}

// resolve is the semantics: nearest for settings, smallest for limits. Of equal
// limits the outermost is named, because that one would have to be raised first.
func (d Definition) resolve(set values, who Subject) Value {
	if d.Destinations {
		return d.meet(set, who)
	}
	best := d.fallback()
	found := false
	for _, place := range who.chain() {
		v, ok := set[place]
		if !ok {
			continue
		}
		value := d.valueOf(v)
		if d.Kind == Setting {
			return value
		}
		if !found || value.Number <= best.Number {
			best, found = value, true
		}
	}
	if _, set := set[at{scope: Global}]; !set && best.Number >= d.fallback().Number {
		return d.fallback() // the default is the global value until somebody sets one
	}
	return best
}

// valueOf reads a stored value.
func (d Definition) valueOf(v row) Value {
	value := Value{Name: d.Name, Unit: d.Unit, Scope: v.Scope, Owner: v.ScopeID}
	if v.Scope == Member {
		value.Within = v.Organization
	}
	if v.Word != nil {
		value.Word = *v.Word
	}
	value.Number = d.amount(v.Number, value.Word)
	return value
}

// current is what was set, not older than recheck and not older than a change that
// this process heard of. Nobody waits for another one's look with a connection in hand:
// who knows of a change meanwhile looks too.
func (r *Reader) current(ctx context.Context, q pg.Querier) (*snapshot, error) {
	kept, changes := r.kept.Load(), r.changes.Load()
	if kept != nil && kept.changes == changes && r.now().Sub(kept.checked) < recheck {
		return kept, nil
	}
	looks := true
	if kept == nil {
		r.loading.Lock()
	} else if looks = r.loading.TryLock(); !looks && kept.changes == changes {
		return kept, nil // old, but somebody is looking already
	}
	if looks {
		defer r.loading.Unlock()
	}
	fresh, uncommitted, err := r.load(ctx, q, r.kept.Load())
	if err != nil {
		if kept == nil {
			return nil, err
		}
		r.log.WarnContext(ctx, "limits could not be read again; going on with those of before", "error", err)
		return kept, nil
	}
	fresh.changes = changes
	if looks && !uncommitted {
		r.kept.Store(fresh)
	}
	return fresh, nil
}

// load asks for the revision, and for the values only if it moved. What a transaction
// has changed itself is for itself alone: were it kept and then rolled back, the next
// change would have the same revision, and never be noticed.
func (r *Reader) load(ctx context.Context, q pg.Querier, kept *snapshot) (fresh *snapshot, uncommitted bool, err error) {
	fresh = &snapshot{checked: r.now(), byName: map[string]values{}}
	// The revision is read first: values that change in between are then newer than
	// it says, and the next check reads them again.
	if err := q.QueryRow(ctx, selectRevision).Scan(&fresh.revision, &uncommitted); err != nil {
		return nil, false, fmt.Errorf("read limits' revision: %w", err)
	}
	if kept != nil && kept.revision == fresh.revision && !uncommitted {
		fresh.byName, fresh.resets = kept.byName, kept.resets
		return fresh, false, nil
	}
	rows, err := pg.All[row](ctx, q, selectAll)
	if err != nil {
		return nil, false, fmt.Errorf("read limits: %w", err)
	}
	for _, v := range rows {
		if fresh.byName[v.Name] == nil {
			fresh.byName[v.Name] = values{}
		}
		fresh.byName[v.Name][v.at()] = v
	}
	resets, err := pg.All[reset](ctx, q, selectResets)
	if err != nil {
		return nil, false, fmt.Errorf("read resets of rates: %w", err)
	}
	fresh.resets = make(map[ident.ID]reset, len(resets))
	for _, done := range resets {
		fresh.resets[done.Account] = done
	}
	return fresh, uncommitted, nil
}
