package httpx

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
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
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Name() == "" {
			// "token.createRequest", after the operation: Huma would drop what is before the dot.
			return huma.DefaultSchemaNamer(t, pascal(hint))
		}
		name := huma.DefaultSchemaNamer(t, hint)
		if t.Kind() != reflect.Struct {
			return name
		}
		if t.PkgPath() == reflect.TypeFor[fault.Error]().PkgPath() {
			name = "Problem" + name
		}
		if first, taken := owner[name]; taken && first != t {
			name = pascal(strings.TrimSuffix(path.Base(t.PkgPath()), "http")) + name
		}
		owner[name] = t
		return name
	}
}

// pascal joins words that dots and underscores separate: "token.create" is "TokenCreate".
func pascal(text string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == '.' || r == '_' }) {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// idSchema is how an ident.ID appears in the contract.
type idSchema struct{}

// Schema implements huma.SchemaProvider.
func (idSchema) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid", Description: "A UUIDv7."}
}
