package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const contract = `
paths:
  /things:
    post:
      operationId: thing.create
      summary: Create a thing
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/CreateRequest7"}}}}
      responses:
        "201": {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
        "422": {content: {application/problem+json: {schema: {$ref: "#/components/schemas/ProblemDetails"}}}}
    get:
      operationId: thing.list
      responses:
        "200": {content: {application/json: {schema: {$ref: "#/components/schemas/PageThing"}}}}
components:
  schemas:
    CreateRequest7: {type: object, required: [name], properties: {name: {type: string}, parent: {$ref: "#/components/schemas/Thing"}}}
    PageThing: {type: object, properties: {items: {type: array, items: {$ref: "#/components/schemas/Thing"}}, next_cursor: {type: string}}}
    ProblemDetails: {type: object}
    Unused: {type: object}
    Thing:
      type: object
      required: [id, tags, owner]
      properties:
        id: {type: string, format: uuid, description: "Its\n  name."}
        tags: {type: array, items: {type: string}}
        owner: {type: [string, "null"]}
        sizes: {type: object, additionalProperties: {type: integer}}
        ended_at: {type: string, format: date-time}
        cpu_ms: {type: number}
        value: {oneOf: [{type: string}, {type: integer}]}
`

const want = `// Thing is part of the API's answers and requests.
type Thing struct {
	ID      string           ^json:"id"^ // Its name.
	CPUMS   float64          ^json:"cpu_ms,omitempty"^
	EndedAt *time.Time       ^json:"ended_at,omitempty"^
	Owner   *string          ^json:"owner"^
	Sizes   map[string]int64 ^json:"sizes,omitempty"^
	Tags    []string         ^json:"tags"^
	Value   json.RawMessage  ^json:"value,omitempty"^
}

// ThingCreateRequest is what thing.create takes: Create a thing.
type ThingCreateRequest struct {
	Name   string ^json:"name"^
	Parent *Thing ^json:"parent,omitempty"^
}
`

func TestGenerate(t *testing.T) {
	source, err := generate([]byte(contract))
	if err != nil {
		t.Fatal(err)
	}
	_, got, found := strings.Cut(string(source), ")\n\n")
	if diff := cmp.Diff(strings.ReplaceAll(want, "^", "`"), got); diff != "" || !found {
		t.Error(diff)
	}
}

func TestADanglingReferenceIsReported(t *testing.T) {
	if _, err := generate([]byte(strings.ReplaceAll(contract, "    Thing:", "    Other:"))); err == nil {
		t.Error("no error")
	}
}

func TestTheTypesAreThoseOfTheContract(t *testing.T) {
	spec, err := os.ReadFile("../../../api/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := generate(spec)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../api_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("api_gen.go is out of date; run go generate ./sdk/go\n%s", diff)
	}
}
