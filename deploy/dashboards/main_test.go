package main

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write deploy/grafana")

func TestDashboardsAreWritten(t *testing.T) {
	seen := map[string]bool{}
	for _, b := range boards() {
		text, err := b.render()
		if err != nil {
			t.Fatal(err)
		}
		file := "../grafana/" + b.name + ".json"
		if *update {
			if err := os.WriteFile(file, text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if diff := cmp.Diff(string(text), string(got)); err != nil || diff != "" {
			t.Errorf("%s is behind deploy/dashboards. Run: go generate ./deploy/dashboards\n%v %s", file, err, diff)
		}
		if seen[b.name] || seen[b.title] {
			t.Errorf("two dashboards are called %s or %s", b.name, b.title)
		}
		seen[b.name], seen[b.title] = true, true
	}
	files, err := os.ReadDir("../grafana")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := f.Name(); !f.IsDir() && !seen[name[:len(name)-len(".json")]] {
			t.Errorf("deploy/grafana has %s, which no table makes", name)
		}
	}
}

// Every panel says what it shows, in which unit, and has its place.
func TestPanelsAreComplete(t *testing.T) {
	for _, b := range boards() {
		text, err := b.render()
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			Description string
			Panels      []struct {
				ID                       int
				Type, Title, Description string
				GridPos                  struct{ H, W, X, Y int }
				FieldConfig              struct{ Defaults struct{ Unit string } }
				Targets                  []struct{ RefID, Expr string }
			}
		}
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatal(err)
		}
		if d.Description == "" || len(d.Panels) < 6 {
			t.Errorf("%s has %d panels and is said to be %q", b.name, len(d.Panels), d.Description)
		}
		taken, ids := map[[2]int]string{}, map[int]bool{}
		for _, p := range d.Panels {
			if p.Type != "row" && (p.Title == "" || p.Description == "" || p.FieldConfig.Defaults.Unit == "" || len(p.Targets) == 0) {
				t.Errorf("%s: %+v is incomplete", b.name, p)
			}
			if ids[p.ID] || p.GridPos.X+p.GridPos.W > 24 {
				t.Errorf("%s: %q has a number that is taken, or reaches beyond the screen", b.name, p.Title)
			}
			ids[p.ID] = true
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other, is := taken[[2]int{x, y}]; is {
						t.Fatalf("%s: %q lies over %q", b.name, p.Title, other)
					}
					taken[[2]int{x, y}] = p.Title
				}
			}
		}
	}
}
