package boot

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/eventlog/eventloghttp"
)

var update = flag.Bool("update", false, "write the schemas that are promised from now on")

// promised holds the schema of every type of event that others may rely on.
const promised = "testdata/event-types.json"

// An event stays in the log for good, and whoever reads it relies on its type's schema:
// within a version nothing may go, or change its meaning. A new type is promised when
// the file is written anew, which make generate does.
func TestEventTypesOnlyGrow(t *testing.T) {
	catalogue, err := eventlog.NewCatalogue(facts()...)
	if err != nil {
		t.Fatal(err)
	}
	described, err := eventloghttp.Describe(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	now := map[string]any{}
	for name, d := range described {
		if _, err := catalogue.Decode(eventlog.Event{Type: name, Data: d.Example}); err != nil {
			t.Errorf("the example of %s: %v", name, err)
		}
		var schema any
		if err := json.Unmarshal(d.Schema, &schema); err != nil {
			t.Fatal(err)
		}
		now[name] = schema
	}
	var before map[string]any
	body, err := os.ReadFile(promised)
	if err == nil {
		err = json.Unmarshal(body, &before)
	}
	if err != nil && (!*update || !os.IsNotExist(err)) {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if now[name] == nil {
			t.Errorf("%s is gone: the log holds such events; keep the type", name)
			continue
		}
		for _, what := range broken("data", before[name], now[name]) {
			t.Errorf("%s: %s; make a type of the next version instead", name, what)
		}
	}
	if !*update || t.Failed() {
		return
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(now); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(promised, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// broken says what readers of the old schema cannot rely on any more.
func broken(at string, old, now any) (all []string) {
	was, isObject := old.(map[string]any)
	is, _ := now.(map[string]any)
	if !isObject || is == nil {
		if !reflect.DeepEqual(old, now) {
			all = append(all, fmt.Sprintf("%s was %v and is %v", at, old, now))
		}
		return all
	}
	for _, keyword := range slices.Sorted(maps.Keys(was)) {
		switch keyword {
		case "description", "title", "$id", "examples":
		case "required":
			if !reflect.DeepEqual(was[keyword], is[keyword]) {
				all = append(all, fmt.Sprintf("%s required %v and requires %v (of events that are in the log, too)", at, was[keyword], is[keyword]))
			}
		case "properties", "$defs":
			names, _ := was[keyword].(map[string]any)
			have, _ := is[keyword].(map[string]any)
			for _, name := range slices.Sorted(maps.Keys(names)) {
				all = append(all, broken(at+"."+name, names[name], have[name])...)
			}
		default:
			all = append(all, broken(at+" "+keyword, was[keyword], is[keyword])...)
		}
	}
	for _, keyword := range []string{"required", "enum", "additionalProperties"} {
		if was[keyword] == nil && is[keyword] != nil {
			all = append(all, fmt.Sprintf("%s has %s now, which old events need not fit", at, keyword))
		}
	}
	return all
}

func TestWhatBreaksAType(t *testing.T) {
	parse := func(text string) (v any) {
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	old := parse(`{"type":"object","required":["doors"],"properties":{"doors":{"type":"integer"},"room":{"type":"object","properties":{"name":{"type":"string"}}}}}`)
	for now, want := range map[string][]string{
		`{"type":"object","required":["doors"],"properties":{"doors":{"type":"integer","description":"Of wood."},"room":{"type":"object","properties":{"name":{"type":"string"},"new":{"type":"string"}}},"new":{}}}`: nil,
		`{"type":"object","required":["doors"],"properties":{"doors":{"type":"string"},"room":{"type":"object","properties":{"name":{"type":"string"}}}}}`:                                                            {"data.doors type was integer and is string"},
		`{"type":"object","required":["doors"],"properties":{"doors":{"type":"integer"},"room":{"type":"object","properties":{}}}}`:                                                                                   {"data.room.name was map[type:string] and is <nil>"},
		`{"type":"object","required":["doors","room"],"properties":{"doors":{"type":"integer"},"room":{"type":"object","properties":{"name":{"type":"string"}}}}}`:                                                    {"data required [doors] and requires [doors room] (of events that are in the log, too)"},
		`{"type":"object","required":["doors"],"properties":{"doors":{"type":"integer","enum":[1]},"room":{"type":"object","properties":{"name":{"type":"string"}}}}}`:                                                {"data.doors has enum now, which old events need not fit"},
	} {
		if diff := cmp.Diff(want, broken("data", old, parse(now))); diff != "" {
			t.Error(diff)
		}
	}
}
