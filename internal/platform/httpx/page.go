package httpx

import (
	"encoding/base64"
	"encoding/json"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// Page is one page of a list.
type Page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor,omitempty" doc:"Ask for the next page with ?cursor=; absent on the last."`
}

// NewPage makes a page; no items are an empty list, never null.
func NewPage[T any](items []T, next string) Page[T] {
	if items == nil {
		items = []T{}
	}
	return Page[T]{Items: items, NextCursor: next}
}

// List is the answer to who asked for a list.
type List[T any] struct{ Body Page[T] }

// Listed shows a whole list.
func Listed[T, V any](all []T, show func(T) V) *List[V] {
	return &List[V]{NewPage(Each(all, show), "")}
}

// Paged shows a page of which one item more was read than it holds, if there is one: then
// another page begins after the cursor of this one's last.
func Paged[T, V any](read []T, limit int, cursor func(last T) any, show func(T) V) (*List[V], error) {
	next := ""
	if len(read) > limit {
		read = read[:limit]
		var err error
		if next, err = EncodeCursor(cursor(read[limit-1])); err != nil {
			return nil, err
		}
	}
	return &List[V]{NewPage(Each(read, show), next)}, nil
}

// Each shows every one of some things; none are an empty list.
func Each[T, V any](things []T, show func(T) V) []V {
	shown := make([]V, len(things))
	for i, thing := range things {
		shown[i] = show(thing)
	}
	return shown
}

// Paging is what every list takes. Embed it in the input.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"512" doc:"next_cursor of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50" doc:"Most items of the page."`
}

// EncodeCursor makes a cursor of where the next page starts. It is opaque to
// callers but not secret: put nothing in it that the caller may not see.
func EncodeCursor(position any) (string, error) {
	b, err := json.Marshal(position)
	return base64.RawURLEncoding.EncodeToString(b), err
}

// DecodeCursor reads a cursor; an empty one leaves position as it is.
func DecodeCursor(cursor string, position any) error {
	if cursor == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(b, position)
	}
	if err != nil {
		return fault.New(fault.Invalid, "cursor_invalid", "The cursor is not one of ours. Start again without it.").
			At("query.cursor", "not a cursor").Because(err)
	}
	return nil
}
