package eventloghttp

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// What examples are made of: the same in every program.
const (
	sampleID   = "018f9c2e-7d1a-7cc3-8d53-0f7b6f1b2a01"
	sampleTime = "2026-03-01T12:00:00Z"
)

// sample makes a value of a fact's type with every field filled. Tags that the schema
// knows (enum, example) decide what a field holds; otherwise its Go type does.
func sample(t reflect.Type, tag reflect.StructTag) reflect.Value {
	v := reflect.New(t).Elem()
	switch {
	case t == reflect.TypeFor[ident.ID]():
		id, _ := ident.Parse(sampleID)
		v.Set(reflect.ValueOf(id))
	case t == reflect.TypeFor[time.Time]():
		at, _ := time.Parse(time.RFC3339, sampleTime)
		v.Set(reflect.ValueOf(at))
	case t == reflect.TypeFor[json.RawMessage]():
		v.SetBytes([]byte("{}"))
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		v.Elem().Set(sample(t.Elem(), tag))
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		v.SetBytes([]byte("bytes"))
	case t.Kind() == reflect.Slice:
		v.Set(reflect.Append(v, sample(t.Elem(), tag)))
	case t.Kind() == reflect.Map:
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(sample(t.Key(), ""), sample(t.Elem(), ""))
	case t.Kind() == reflect.Struct:
		for field := range t.Fields() {
			if field.IsExported() {
				v.FieldByIndex(field.Index).Set(sample(field.Type, field.Tag))
			}
		}
	case t.Kind() == reflect.String:
		v.SetString(text(tag))
	case v.CanInt():
		v.SetInt(number(tag))
	case v.CanUint():
		v.SetUint(uint64(max(number(tag), 0)))
	case v.CanFloat():
		v.SetFloat(float64(number(tag)))
	case t.Kind() == reflect.Bool:
		v.SetBool(true)
	}
	return v
}

func text(tag reflect.StructTag) string {
	if example := tag.Get("example"); example != "" {
		return example
	}
	if first, _, _ := strings.Cut(tag.Get("enum"), ","); first != "" {
		return first
	}
	return "text"
}

// number is small and not zero, so that no field is left out.
func number(tag reflect.StructTag) int64 {
	for _, name := range []string{"example", "minimum"} {
		if n, err := strconv.ParseInt(tag.Get(name), 10, 64); err == nil && n > 0 {
			return n
		}
	}
	return 1
}
