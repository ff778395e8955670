// Command gen writes the Go types of the API from its OpenAPI document.
//
// Only what the API says becomes a type: answers by the name that the contract
// gives them, requests by the operation that takes them ("token.create" takes a
// TokenCreateRequest). Lists and errors are the SDK's own.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"log"
	"maps"
	"os"
	"slices"

	"gopkg.in/yaml.v3"
)

func main() {
	spec := flag.String("spec", "api/openapi.yaml", "contract to read")
	out := flag.String("out", "api_gen.go", "file to write")
	flag.Parse()
	raw, err := os.ReadFile(*spec)
	if err != nil {
		log.Fatal(err)
	}
	source, err := generate(raw)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*out, source, 0o644); err != nil {
		log.Fatal(err)
	}
}

// document is the part of an OpenAPI 3.1 document that matters here.
type document struct {
	Paths      map[string]map[string]operation `yaml:"paths"`
	Components struct {
		Schemas map[string]*schema `yaml:"schemas"`
	} `yaml:"components"`
}

type operation struct {
	ID          string `yaml:"operationId"`
	Summary     string `yaml:"summary"`
	RequestBody struct {
		Content content `yaml:"content"`
	} `yaml:"requestBody"`
	Responses map[string]struct {
		Content content `yaml:"content"`
	} `yaml:"responses"`
}

type content map[string]struct {
	Schema *schema `yaml:"schema"`
}

// generate gives the source of the types.
func generate(spec []byte) ([]byte, error) {
	var doc document
	if err := yaml.Unmarshal(spec, &doc); err != nil {
		return nil, fmt.Errorf("read contract: %w", err)
	}
	g := &generator{schemas: doc.Components.Schemas, names: map[string]string{}, comments: map[string]string{}, types: map[string]string{}}
	var operations []operation
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			operations = append(operations, doc.Paths[path][method])
		}
	}
	for _, op := range operations { // names first: a request may hold an answer's type
		if body := op.RequestBody.Content["application/json"].Schema; body != nil && body.Ref != "" {
			g.nameRequest(body.Ref, op)
		}
	}
	for _, op := range operations {
		if body := op.RequestBody.Content["application/json"].Schema; body != nil {
			g.use(body)
		}
		for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
			if answer := op.Responses[status].Content["application/json"].Schema; answer != nil && status < "300" {
				g.use(answer)
			}
		}
	}
	if g.err != nil {
		return nil, g.err
	}
	var out bytes.Buffer
	out.WriteString("// Code generated from api/openapi.yaml by sdk/go/gen. DO NOT EDIT.\n\npackage stoa\n\nimport (\n\"encoding/json\"\n\"time\"\n)\n\n")
	for _, name := range slices.Sorted(maps.Keys(g.types)) {
		out.WriteString(g.types[name])
	}
	return format.Source(out.Bytes())
}
