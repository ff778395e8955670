package stoa

import (
	"context"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// page is one page of any list.
type page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor"`
}

// items asks for page after page, each when the one before is used up. An error ends it.
func items[T any](ctx context.Context, c *Client, path string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		values := url.Values{}
		maps.Copy(values, query)
		for {
			var p page[T]
			if _, err := c.do(ctx, request{method: http.MethodGet, path: path, query: values}, &p); err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, item := range p.Items {
				if !yield(item, nil) {
					return
				}
			}
			if p.NextCursor == "" {
				return
			}
			values.Set("cursor", p.NextCursor)
		}
	}
}

// Collect reads a list to its end, or until it has most items (zero: all).
func Collect[T any](list iter.Seq2[T, error], most int) ([]T, error) {
	all := []T{}
	for item, err := range list {
		if err != nil {
			return all, err
		}
		all = append(all, item)
		if len(all) == most {
			break
		}
	}
	return all, nil
}

// query builds a query string, leaving out what is empty.
type query url.Values

func (q query) set(name, value string) query {
	if value != "" {
		url.Values(q).Set(name, value)
	}
	return q
}

// size asks for pages of a size, where one was asked for.
func (q query) size(n int) query {
	if n != 0 {
		url.Values(q).Set("limit", strconv.Itoa(n))
	}
	return q
}

func (q query) values() url.Values { return url.Values(q) }
