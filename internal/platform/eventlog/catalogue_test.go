package eventlog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

type opened struct {
	Doors int `json:"doors"`
}

func (opened) EventType() string { return "house.opened.v1" }

type misnamed struct{}

func (misnamed) EventType() string { return "HouseOpened" }

func TestCatalogue(t *testing.T) {
	c, err := NewCatalogue(opened{})
	if err != nil {
		t.Fatal(err)
	}
	fact, err := c.Decode(Event{Type: "house.opened.v1", Data: []byte(`{"doors":2,"added_later":1}`)})
	if diff := cmp.Diff(Fact(opened{2}), fact); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := c.Decode(Event{Type: "house.closed.v1"}); err == nil {
		t.Error("decoded an unknown type")
	}
	for _, bad := range [][]Fact{{opened{}, opened{}}, {misnamed{}}} {
		if _, err := NewCatalogue(bad...); err == nil {
			t.Errorf("accepted %v", bad)
		}
	}
}
