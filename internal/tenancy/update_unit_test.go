package tenancy

import (
	"testing"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func TestAUnitIsRenamedAndMoved(t *testing.T) {
	h := open(t)
	owner, place := h.settler()
	ctx := h.as(owner)
	unit := func(name string, parent ident.ID) ident.ID {
		t.Helper()
		u, err := h.CreateUnit(ctx, CreateUnit{OrganizationID: place.Organization, ParentID: parent, Name: name})
		wantCode(t, err, "")
		return u.ID
	}
	science := unit("Science", ident.ID{})
	physics := unit("Physics", science)
	optics := unit("Optics", physics)
	update := func(id ident.ID, name *string, parent *ident.ID, code string) Unit {
		t.Helper()
		u, err := h.UpdateUnit(ctx, UpdateUnit{ID: id, Name: name, ParentID: parent})
		wantCode(t, err, code)
		return u
	}
	light, taken, empty, top, nowhere := "Light", "Physics", "", ident.ID{}, ident.New()

	if u := update(optics, &light, nil, ""); u.Name != light || u.ParentID != physics {
		t.Errorf("%+v", u)
	}
	if u := update(optics, nil, &science, ""); u.Name != light || u.ParentID != science {
		t.Errorf("%+v", u)
	}
	if u := update(physics, nil, &top, ""); !u.ParentID.IsZero() {
		t.Errorf("%+v", u)
	}
	update(physics, nil, &science, "")
	update(optics, nil, &physics, "")
	units, err := h.Units(ctx, ListUnits{OrganizationID: place.Organization})
	wantCode(t, err, "")
	if len(units) != 3 || units[2].ID != optics || units[2].Name != light || units[2].ParentID != physics {
		t.Errorf("%+v", units)
	}

	for _, parent := range []ident.ID{science, physics, optics} {
		update(science, nil, &parent, "unit.inside_itself")
	}
	update(optics, nil, &nowhere, "unit.unknown")
	update(optics, &empty, nil, "tenancy.name")
	update(optics, nil, nil, "unit.nothing_to_change")
	update(optics, &taken, &science, "unit.name_taken")
	update(physics, &taken, nil, "") // its own name is not taken
	_, err = h.UpdateUnit(h.as(h.member(place, Member, ProjectManager)), UpdateUnit{ID: optics, Name: &light})
	wantCode(t, err, "denied")
	_, err = h.UpdateUnit(ctx, UpdateUnit{ID: nowhere, Name: &light})
	wantCode(t, err, "not_found")
}
