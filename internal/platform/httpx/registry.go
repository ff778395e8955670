package httpx

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// newRegistry makes the schema registry of the contract. Names are short
// ("Execution"); when two packages use one name, the later one is qualified by
// its slice ("NodeSession"), where Huma alone would panic.
func newRegistry() huma.Registry {
	registry := huma.NewMapRegistry("#/components/schemas/", newNamer())
	registry.RegisterTypeAlias(reflect.TypeFor[ident.ID](), reflect.TypeFor[idSchema]())
	return registry
}

func newNamer() func(reflect.Type, string) string {
	owner := map[string]reflect.Type{}
	return func(t reflect.Type, hint string) string {
		name := huma.DefaultSchemaNamer(t, hint)
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || t.Name() == "" {
			return name
		}
		if first, taken := owner[name]; taken && first != t {
			name = qualifier(t) + name
		}
		owner[name] = t
		return name
	}
}

// qualifier is the slice's name: "Node" for a type of package nodehttp.
func qualifier(t reflect.Type) string {
	pkg := strings.TrimSuffix(t.PkgPath()[strings.LastIndex(t.PkgPath(), "/")+1:], "http")
	if pkg == "" {
		return ""
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:]
}

// idSchema is how an ident.ID appears in the contract.
type idSchema struct{}

// Schema implements huma.SchemaProvider.
func (idSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid", Description: "A UUIDv7."}
}
