package ident_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := ident.ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "bytes"))
		text, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		var back ident.ID
		if err := json.Unmarshal(text, &back); err != nil || back != id {
			t.Fatalf("%s became %s, %v", id, back, err)
		}
	})
}

func TestOneSpelling(t *testing.T) {
	id := ident.New().String()
	for _, text := range []string{"", "x", "{" + id + "}", "urn:uuid:" + id, id + " ", id[:35]} {
		if got, err := ident.Parse(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}

// A floor divides ids by time: the boundary of partitions.
func TestFloorDividesByTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMilli(rapid.Int64Range(0, 1<<47).Draw(t, "ms")).UTC()
		floor := ident.FloorAt(at)
		if !floor.Time().Equal(at) {
			t.Fatalf("%s is at %s", floor, floor.Time())
		}
		if later := ident.FloorAt(at.Add(time.Millisecond)); bytes.Compare(floor[:], later[:]) >= 0 {
			t.Fatalf("%s is not before %s", floor, later)
		}
	})
}

func TestIDsSortByBirth(t *testing.T) {
	before := ident.New()
	for range 1000 {
		next := ident.New()
		if bytes.Compare(before[:], next[:]) >= 0 {
			t.Fatalf("%s came before %s", before, next)
		}
		before = next
	}
}
