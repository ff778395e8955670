package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// schema is a JSON Schema as the contract uses it.
type schema struct {
	Ref                  string             `yaml:"$ref"`
	Type                 words              `yaml:"type"`
	Format               string             `yaml:"format"`
	Description          string             `yaml:"description"`
	Properties           map[string]*schema `yaml:"properties"`
	Required             []string           `yaml:"required"`
	Items                *schema            `yaml:"items"`
	AdditionalProperties yaml.Node          `yaml:"additionalProperties"`
}

// words is one word or a list of them: "integer", or ["integer", "null"].
type words []string

// UnmarshalYAML reads either.
func (w *words) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*w = words{node.Value}
		return nil
	}
	return node.Decode((*[]string)(w))
}

// renamed are the schemas whose name would say too little or clash in Go.
var renamed = map[string]string{"MeCredentialStruct": "Credential", "Token": "APIToken", "Registration": "RegistrationMode"}

// requestNames are the requests that have a better name than their operation's.
var requestNames = map[string]string{"execution.submit": "ExecutionRequest"}

// pointers are the optional fields whose zero means something.
var pointers = map[string]bool{
	"Execution.exit_code": true, "Limit.used": true, "NotificationChangeSubscriptionRequest.enabled": true,
	"NotificationChangeSubscriptionRequest.include_tags": true, "NotificationChangeSubscriptionRequest.exclude_tags": true,
}

type generator struct {
	schemas  map[string]*schema
	names    map[string]string // of requests, by schema
	comments map[string]string // of requests, by Go name
	types    map[string]string // source by Go name
	err      error
}

func (g *generator) nameRequest(ref string, op operation) {
	name := requestNames[op.ID]
	if name == "" {
		name = goName(strings.ReplaceAll(op.ID, ".", "_")) + "Request"
	}
	if schema := last(ref); g.names[schema] == "" {
		g.names[schema] = name
		g.comments[name] = "is what " + op.ID + " takes: " + op.Summary + "."
	}
}

// use makes the types that s needs and gives the Go type of s.
func (g *generator) use(s *schema) string {
	if s.Ref != "" {
		return g.named(last(s.Ref))
	}
	kind := ""
	for _, word := range s.Type {
		if word != "null" {
			kind = word
		}
	}
	switch {
	case kind == "array":
		return "[]" + g.use(s.Items)
	case kind == "object" && s.AdditionalProperties.Kind == yaml.MappingNode:
		var value schema
		if err := s.AdditionalProperties.Decode(&value); err != nil {
			g.err = err
		}
		return "map[string]" + g.use(&value)
	case kind == "string" && s.Format == "date-time":
		return "time.Time"
	case kind == "string":
		return "string"
	case kind == "integer":
		return "int64"
	case kind == "number":
		return "float64"
	case kind == "boolean":
		return "bool"
	}
	return "json.RawMessage"
}

// named makes the type of a component, unless it is a page of a list, which the SDK turns into a sequence.
func (g *generator) named(component string) string {
	s := g.schemas[component]
	if s == nil {
		g.err = fmt.Errorf("the contract has no schema %q", component)
		return "any"
	}
	if list := s.Properties["items"]; list != nil && (len(s.Properties) == 1 || len(s.Properties) == 2 && s.Properties["next_cursor"] != nil) {
		return g.use(list)
	}
	name := g.names[component]
	if name == "" {
		name = renamed[component]
	}
	if name == "" {
		name = component
	}
	if _, made := g.types[name]; !made && component != "ProblemDetails" {
		g.types[name] = "" // it may hold itself
		g.types[name] = g.structOf(name, s)
	}
	if component == "ProblemDetails" {
		return "Error"
	}
	return name
}

func (g *generator) structOf(name string, s *schema) string {
	var out strings.Builder
	comment := g.comments[name]
	if comment == "" {
		comment = "is part of the API's answers and requests."
	}
	fmt.Fprintf(&out, "// %s %s\ntype %s struct {\n", name, oneLine(comment), name)
	for _, property := range ordered(s.Properties) {
		p := s.Properties[property]
		goType, tag := g.use(p), property
		optional := !slices.Contains(s.Required, property)
		if optional {
			tag += ",omitempty"
		}
		isStruct := p.Ref != ""
		if isStruct && optional || optional && goType == "time.Time" || slices.Contains(p.Type, "null") && !strings.HasPrefix(goType, "[]") || pointers[name+"."+property] {
			goType = "*" + goType
		}
		fmt.Fprintf(&out, "%s %s `json:%q`", goName(property), goType, tag)
		if p.Description != "" {
			fmt.Fprintf(&out, " // %s", oneLine(p.Description))
		}
		out.WriteByte('\n')
	}
	out.WriteString("}\n\n")
	return out.String()
}

// ordered puts what people look for first, and the rest by the alphabet.
func ordered(properties map[string]*schema) []string {
	first := []string{"id", "name", "status", "reason"}
	names := slices.DeleteFunc(slices.Clone(first), func(name string) bool { return properties[name] == nil })
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !slices.Contains(first, name) {
			names = append(names, name)
		}
	}
	return names
}

func last(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// initialisms are written in capitals.
var initialisms = map[string]bool{"id": true, "uri": true, "url": true, "cpu": true, "os": true, "ms": true, "ttl": true, "ip": true, "ok": true}

// goName turns snake_case into a Go name.
func goName(snake string) string {
	var out strings.Builder
	for word := range strings.SplitSeq(snake, "_") {
		switch {
		case word == "":
		case initialisms[word]:
			out.WriteString(strings.ToUpper(word))
		default:
			runes := []rune(word)
			out.WriteString(string(unicode.ToUpper(runes[0])) + string(runes[1:]))
		}
	}
	return out.String()
}
