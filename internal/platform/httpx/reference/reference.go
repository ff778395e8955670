// Package reference writes the API reference: one HTML page made of the OpenAPI
// document, without scripts and without anything fetched from elsewhere, so that
// it reads the same on a machine without internet.
package reference

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed page.html
var pageText string

// page is everything that the template shows.
type page struct {
	Title, Version, Description string
	Groups                      []group
	Schemas                     []schema
}

type group struct {
	Name       string
	Operations []operation
}

type operation struct {
	ID, Method, Path, Summary, Description string
	Public                                 bool
	Parameters                             []row
	Body                                   *typeRef
	Answers                                []answer
}

type answer struct {
	Status, Description string
	Type                *typeRef
}

type schema struct {
	Name, Description string
	Rows              []row
}

type row struct {
	Name, In, Constraint, Description string
	Required                          bool
	Type                              typeRef
}

// typeRef is a type in words, with the schema that it links to.
type typeRef struct{ Text, Link string }

// Write writes the page of api.
func Write(w io.Writer, api *huma.OpenAPI) error {
	t, err := template.New("reference").Parse(pageText)
	if err != nil {
		return fmt.Errorf("parse reference page: %w", err)
	}
	p := page{Title: api.Info.Title + " API", Version: api.Info.Version, Description: api.Info.Description, Groups: groups(api)}
	for _, name := range slices.Sorted(maps.Keys(api.Components.Schemas.Map())) {
		s := api.Components.Schemas.Map()[name]
		p.Schemas = append(p.Schemas, schema{Name: name, Description: s.Description, Rows: properties(s)})
	}
	return t.Execute(w, p)
}

func groups(api *huma.OpenAPI) []group {
	byTag := map[string][]operation{}
	for _, path := range slices.Sorted(maps.Keys(api.Paths)) {
		item := api.Paths[path]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			tag := "Other"
			if len(op.Tags) > 0 {
				tag = op.Tags[0]
			}
			byTag[tag] = append(byTag[tag], describe(op, path))
		}
	}
	var out []group
	for _, tag := range slices.Sorted(maps.Keys(byTag)) {
		out = append(out, group{Name: tag, Operations: byTag[tag]})
	}
	return out
}

func describe(op *huma.Operation, path string) operation {
	o := operation{
		ID: op.OperationID, Method: op.Method, Path: path, Summary: op.Summary, Description: op.Description,
		Public: op.Security != nil && len(op.Security) == 0,
	}
	for _, p := range op.Parameters {
		o.Parameters = append(o.Parameters, row{
			Name: p.Name, In: p.In, Required: p.Required, Description: p.Description,
			Type: typeOf(p.Schema), Constraint: constraint(p.Schema),
		})
	}
	if op.RequestBody != nil {
		o.Body = contentType(op.RequestBody.Content)
	}
	for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
		r := op.Responses[status]
		o.Answers = append(o.Answers, answer{Status: status, Description: r.Description, Type: contentType(r.Content)})
	}
	return o
}

// contentType is the type of the first content, in the order of media types.
func contentType(content map[string]*huma.MediaType) *typeRef {
	if len(content) == 0 {
		return nil
	}
	media := slices.Min(slices.Collect(maps.Keys(content)))
	if media != "application/json" && media != "application/problem+json" {
		return &typeRef{Text: media}
	}
	t := typeOf(content[media].Schema)
	return &t
}

func properties(s *huma.Schema) []row {
	var rows []row
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		rows = append(rows, row{
			Name: name, Required: slices.Contains(s.Required, name), Description: p.Description,
			Type: typeOf(p), Constraint: constraint(p),
		})
	}
	return rows
}

func typeOf(s *huma.Schema) typeRef {
	switch {
	case s == nil:
		return typeRef{Text: "any"}
	case s.Ref != "":
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		return typeRef{Text: name, Link: name}
	case s.Type == huma.TypeArray && s.Items != nil:
		of := typeOf(s.Items)
		return typeRef{Text: "list of " + of.Text, Link: of.Link}
	case s.Format != "":
		return typeRef{Text: s.Type + " (" + s.Format + ")"}
	case s.Type == "":
		return typeRef{Text: "any"}
	}
	return typeRef{Text: s.Type}
}

// constraint says in words what a value must keep to.
func constraint(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	var parts []string
	add := func(format string, v any) { parts = append(parts, fmt.Sprintf(format, v)) }
	if len(s.Enum) > 0 {
		words := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			words[i] = fmt.Sprint(v)
		}
		add("one of %s", strings.Join(words, ", "))
	}
	if s.Minimum != nil {
		add("at least %v", *s.Minimum)
	}
	if s.Maximum != nil {
		add("at most %v", *s.Maximum)
	}
	if s.MinLength != nil {
		add("at least %v characters", *s.MinLength)
	}
	if s.MaxLength != nil {
		add("at most %v characters", *s.MaxLength)
	}
	if s.MinItems != nil {
		add("at least %v items", *s.MinItems)
	}
	if s.MaxItems != nil {
		add("at most %v items", *s.MaxItems)
	}
	if s.Pattern != "" {
		add("matches %s", s.Pattern)
	}
	if s.Default != nil {
		add("default %v", s.Default)
	}
	return strings.Join(parts, "; ")
}
