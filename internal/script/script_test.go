package script

import (
	"context"
	"log/slog"
	"slices"
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/clock"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/permission"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestSQLFitsTheSchema(t *testing.T) { pgtest.Prepare(t, nil) }

// shelf is the slice on a real database, in a project of its own.
type shelf struct {
	*Slice
	t      *testing.T
	org    ident.ID
	proj   ident.ID
	limits limits
	db     *pg.DB
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{t: t, org: ident.New(), proj: ident.New(), limits: limits{"script.max": 5, "script.versions.max": 3}, db: pgtest.Open(t)}
	member, manager := permission.Role("member"), permission.Role("manager")
	s.Slice = New(&command.Runner{
		Strict: true,
		DB:     s.db, Clock: clock.System, NewID: ident.New, Log: slog.New(slog.DiscardHandler),
		Table: permission.Table{
			"script.list": {member, manager}, "script.get": {member, manager}, "script.versions": {member, manager}, "script.create": {member, manager},
			"script.save": {manager, permission.Self}, "script.update": {manager, permission.Self}, "script.delete": {manager, permission.Self},
		},
	}, home{s.org, s.proj}, s.limits)
	return s
}

func (s *shelf) as(user ident.ID, role permission.Role) context.Context {
	return command.WithRequest(s.t.Context(), &command.Request{
		Actor: command.Actor{
			Kind: command.User, ID: user, DefaultProject: s.proj,
			Projects: map[ident.ID]command.Membership{s.proj: {Organization: s.org, Role: role}},
		},
		CorrelationID: "test",
	})
}

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

func (s *shelf) create(ctx context.Context, name, source string, shared bool) Script {
	s.t.Helper()
	made, err := s.Create(ctx, Create{Name: name, Shared: shared, Content: Content{"python", source}})
	if err != nil {
		s.t.Fatalf("create %s: %v", name, err)
	}
	return made
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%v, want %s", err, code)
	}
}

func TestVersionsNeverChange(t *testing.T) {
	s := newShelf(t)
	me := s.as(ident.New(), "member")
	made := s.create(me, "hello", "print(1)", false)
	for _, source := range []string{"print(2)", "print(3)"} {
		if _, err := s.Save(me, Save{ID: made.ID, Content: Content{"python@3.11", source}}); err != nil {
			t.Fatal(err)
		}
	}
	for ref, want := range map[string]string{
		"hello": "print(3)", "hello@1": "print(1)", "hello@2": "print(2)", made.ID.String(): "print(3)", made.ID.String() + "@2": "print(2)",
	} {
		d, err := s.Get(me, Ref{Script: ref})
		if err != nil || d.Revision.Source != want {
			t.Errorf("%s is %q, %v; want %q", ref, d.Revision.Source, err, want)
		}
	}
	_, err := s.Get(me, Ref{Script: "hello@4"})
	refused(t, err, "script.no_such_version")
	_, err = s.Get(me, Ref{Script: "hello@x"})
	refused(t, err, "script.version_invalid")
	_, err = s.Save(me, Save{ID: made.ID, Content: Content{"python", "x"}, After: 1})
	refused(t, err, "script.changed")
	_, err = s.Save(me, Save{ID: made.ID, Content: Content{"python", "x"}})
	refused(t, err, "script.too_many_versions")
	versions, err := s.Versions(me, ListVersions{Ref: Ref{Script: "hello"}, Before: 3})
	if err != nil || len(versions) != 2 || versions[0].Number != 2 || versions[0].Source != "" {
		t.Errorf("versions before 3 are %+v, %v", versions, err)
	}
}

func TestWhoSeesAndChangesWhat(t *testing.T) {
	s := newShelf(t)
	ann, bob := s.as(ident.New(), "member"), s.as(ident.New(), "member")
	boss := s.as(ident.New(), "manager")
	mine := s.create(ann, "secret", "print('a')", false)
	bobs := s.create(bob, "secret", "print('b')", false) // private names don't meet
	for _, other := range []context.Context{bob, boss} {
		_, err := s.Get(other, Ref{Script: mine.ID.String()})
		refused(t, err, "not_found")
		_, err = s.Save(other, Save{ID: mine.ID, Content: Content{"python", "x"}})
		refused(t, err, "not_found")
	}
	if d, err := s.Get(bob, Ref{Script: "secret"}); err != nil || d.Script.ID != bobs.ID {
		t.Errorf("bob's name gives %+v, %v", d.Script, err)
	}
	share := true
	if _, err := s.Update(ann, Update{ID: mine.ID, Shared: &share}); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Get(boss, Ref{Script: "secret"}); err != nil || d.Script.ID != mine.ID {
		t.Errorf("the shared name gives %+v, %v", d.Script, err)
	}
	_, err := s.Save(bob, Save{ID: mine.ID, Content: Content{"python", "x"}})
	refused(t, err, "denied")
	if _, err := s.Save(boss, Save{ID: mine.ID, Content: Content{"python", "x"}}); err != nil {
		t.Errorf("a manager cannot save a version of a shared script: %v", err)
	}
	_, err = s.Update(bob, Update{ID: bobs.ID, Shared: &share})
	refused(t, err, "script.name_taken")
	if _, err := s.Delete(boss, Delete{ID: mine.ID}); err != nil {
		t.Errorf("a manager cannot delete a shared script: %v", err)
	}
	_, err = s.Get(ann, Ref{Script: mine.ID.String()})
	refused(t, err, "not_found")
}

func TestLists(t *testing.T) {
	s := newShelf(t)
	me, other := s.as(ident.New(), "member"), s.as(ident.New(), "member")
	s.create(me, "c", "1", false)
	s.create(me, "a", "1", true)
	s.create(other, "b", "1", true)
	s.create(other, "hidden", "1", false)
	var seen []string
	for after := ""; ; {
		page, err := s.List(me, List{After: after, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range page.Items {
			seen = append(seen, found.Name)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if !slices.Equal(seen, []string{"a", "b", "c"}) {
		t.Errorf("the list shows %v", seen)
	}
	s.create(me, "e", "1", false)
	_, err := s.Create(me, Create{Name: "f", Content: Content{"python", "1"}})
	refused(t, err, "script.too_many")
}

func TestWhatIsNotAScript(t *testing.T) {
	for name, c := range map[string]Create{
		"no name":      {Content: Content{"python", "1"}},
		"upper case":   {Name: "Hello", Content: Content{"python", "1"}},
		"a path":       {Name: "a/b", Content: Content{"python", "1"}},
		"an id":        {Name: ident.New().String(), Content: Content{"python", "1"}},
		"no source":    {Name: "a", Content: Content{Runtime: "python"}},
		"no runtime":   {Name: "a", Content: Content{Source: "1"}},
		"not text":     {Name: "a", Content: Content{"python", "\xff"}},
		"a NUL":        {Name: "a", Content: Content{"python", "1\x00"}},
		"long-winded":  {Name: "a", Description: string(make([]byte, 501)), Content: Content{"python", "1"}},
		"far too much": {Name: "a", Content: Content{"python", string(make([]byte, maxSource+1))}},
	} {
		if err := c.Validate(); !fault.Is(err, "script.invalid") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTogetherTheyMakeNoMoreThanAllowed(t *testing.T) {
	s := newShelf(t)
	var errs [12]error
	pgtest.Crowd(t, s.db, len(errs), lockProject, s.proj, func(i int) {
		_, errs[i] = s.Create(s.as(ident.New(), "member"), Create{Name: "a", Content: Content{"python", "1"}})
	})
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
			continue
		}
		refused(t, err, "script.too_many")
	}
	if made != 5 {
		t.Errorf("%d were made of 5 that are allowed", made)
	}
}
