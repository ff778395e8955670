package tenancy

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg/pgtest"
)

func TestAncestryGoesOutwards(t *testing.T) {
	db := pgtest.Open(t)
	org, outer, inner, project, bare := ident.New(), ident.New(), ident.New(), ident.New(), ident.New()
	for _, s := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO organization (id, version, slug, name, personal, created_at) VALUES ($1, 1, $2, 'o', false, now())`, []any{org, org.String()}},
		{`INSERT INTO unit (id, organization_id, name, created_at) VALUES ($1, $2, 'outer', now())`, []any{outer, org}},
		{`INSERT INTO unit (id, organization_id, parent_id, name, created_at) VALUES ($1, $2, $3, 'inner', now())`, []any{inner, org, outer}},
		{`INSERT INTO project (id, version, organization_id, unit_id, slug, name, created_at) VALUES ($1, 1, $2, $3, 'p', 'p', now())`, []any{project, org, inner}},
		{`INSERT INTO project (id, version, organization_id, slug, name, created_at) VALUES ($1, 1, $2, 'b', 'b', now())`, []any{bare, org}},
	} {
		if _, err := db.Exec(t.Context(), s.sql, s.args...); err != nil {
			t.Fatalf("%s: %v", s.sql, err)
		}
	}
	check := func(got Ancestry, err error, want Ancestry) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	}
	a, err := ProjectAncestry(t.Context(), db, project)
	check(a, err, Ancestry{Organization: org, Units: []ident.ID{inner, outer}, Project: project})
	a, err = ProjectAncestry(t.Context(), db, bare)
	check(a, err, Ancestry{Organization: org, Units: []ident.ID{}, Project: bare})
	a, err = UnitAncestry(t.Context(), db, inner)
	check(a, err, Ancestry{Organization: org, Units: []ident.ID{inner, outer}})
	a, err = OrganizationAncestry(t.Context(), db, org)
	check(a, err, Ancestry{Organization: org, Units: []ident.ID{}})
	if _, err := ProjectAncestry(t.Context(), db, org); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
}
