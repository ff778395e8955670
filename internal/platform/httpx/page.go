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
