package eventloghttp

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stoa-cloud/stoa/internal/platform/eventlog"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

type room struct {
	Name  string  `json:"name" example:"kitchen"`
	Width float64 `json:"width"`
}

type built struct {
	HouseID ident.ID       `json:"house_id"`
	By      *ident.ID      `json:"by,omitempty"`
	At      time.Time      `json:"at"`
	Sort    string         `json:"sort" enum:"hut,tower"`
	Floors  int            `json:"floors" minimum:"3"`
	Rooms   []room         `json:"rooms"`
	Doors   map[string]int `json:"doors"`
	Done    bool           `json:"done"`
}

func (built) EventType() string { return "house.built.v12" }

func TestDescribe(t *testing.T) {
	catalogue, err := eventlog.NewCatalogue(built{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := Describe(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	got := all["house.built.v12"]
	if got.Name != "house.built.v12" || got.Version != 12 || got.Emitter != "eventloghttp" {
		t.Errorf("%+v", got)
	}
	want := `{"house_id":"018f9c2e-7d1a-7cc3-8d53-0f7b6f1b2a01","by":"018f9c2e-7d1a-7cc3-8d53-0f7b6f1b2a01","at":"2026-03-01T12:00:00Z",` +
		`"sort":"hut","floors":3,"rooms":[{"name":"kitchen","width":1}],"doors":{"text":1},"done":true}`
	if diff := cmp.Diff(want, string(got.Example)); diff != "" {
		t.Error(diff)
	}
	var document struct {
		ID         string `json:"$id"`
		Required   []string
		Properties map[string]struct{ Format string }
		Defs       map[string]map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal(got.Schema, &document); err != nil {
		t.Fatal(err)
	}
	if document.ID != "/api/v1/events/types/house.built.v12" || len(document.Required) != 7 || document.Properties["by"].Format != "uuid" {
		t.Errorf("%s", got.Schema)
	}
	if _, closed := document.Defs["Room"]["additionalProperties"]; closed {
		t.Error("later programs could not add fields to a room")
	}
}

func TestEnvelope(t *testing.T) {
	catalogue, err := eventlog.NewCatalogue(built{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := Describe(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	text, err := all["house.built.v12"].Envelope()
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Schema     string `json:"$schema"`
		ID         string `json:"$id"`
		Required   []string
		Properties struct {
			Type struct{ Const string }
			Data struct {
				ID         string `json:"$id"`
				Properties struct {
					Rooms struct {
						Items struct {
							Ref string `json:"$ref"`
						}
					}
				}
			}
		}
		Definitions map[string]any
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	data := document.Properties.Data
	if document.Schema != "http://json-schema.org/draft-07/schema#" || document.ID != "" || data.ID != "" || document.Properties.Type.Const != "house.built.v12" {
		t.Error(text)
	}
	name, local := strings.CutPrefix(data.Properties.Rooms.Items.Ref, "#/definitions/")
	if !local || document.Definitions[name] == nil {
		t.Errorf("%q leads nowhere: %s", data.Properties.Rooms.Items.Ref, text)
	}
	event, err := json.Marshal(eventlog.Event{Type: "house.built.v12", Data: all["house.built.v12"].Example})
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(event, &fields); err != nil {
		t.Fatal(err)
	}
	for _, required := range document.Required {
		if _, there := fields[required]; !there {
			t.Errorf("the schema requires %s, which events need not have", required)
		}
	}
}
