package main

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
)

// apiSize is how many records there are before anything is measured: a few pages.
const apiSize = 200

// resource is a small thing that an API keeps: a project of ours, a record of theirs.
type resource struct {
	name string
	base string // where it listens
	call func(ctx context.Context, method, path string, body, answer any) error
	path string // of the collection
	list string // with the query for one page of 30
	made atomic.Int64
	one  string // the path of one
}

func (r *resource) create(ctx context.Context) error {
	var made struct {
		ID string `json:"id"`
	}
	body := map[string]any{"name": fmt.Sprintf("thing %d", r.made.Add(1))}
	if err := r.call(ctx, http.MethodPost, r.path, body, &made); err != nil {
		return err
	}
	if made.ID == "" {
		return fmt.Errorf("%s made something without an id", r.name)
	}
	return nil
}

func (r *resource) page(ctx context.Context) error {
	var page struct {
		Items []struct {
			ID string `json:"id"`
		} `json:"items"`
	}
	if err := r.call(ctx, http.MethodGet, r.path+r.list, nil, &page); err != nil {
		return err
	}
	if len(page.Items) != 30 {
		return fmt.Errorf("%s listed %d, not 30", r.name, len(page.Items))
	}
	r.one = r.path + "/" + page.Items[0].ID
	return nil
}

func (r *resource) get(ctx context.Context) error {
	var got struct {
		ID string `json:"id"`
	}
	err := r.call(ctx, http.MethodGet, r.one, nil, &got)
	if err == nil && got.ID == "" {
		err = fmt.Errorf("%s gave nothing", r.name)
	}
	return err
}

// fill makes the first records, and knows one of them afterwards.
func (r *resource) fill(ctx context.Context) error {
	for range apiSize {
		if err := r.create(ctx); err != nil {
			return err
		}
	}
	return r.page(ctx)
}

// compareAPI measures create, list and get of projects, and of records of a
// PocketBase collection with one text field.
func compareAPI(ctx context.Context, o options) error {
	fmt.Fprintf(o.out, "Create, list (30 of a page) and get: projects here (with event and audit record, as their operator), records of one text field there (as superuser). %d exist before.\n", apiSize)
	in, err := install(ctx, o.bin)
	if err != nil {
		return err
	}
	defer in.stop()
	all := []*resource{{name: "stoa", path: "/api/v1/projects", list: "?limit=30", call: func(ctx context.Context, method, path string, body, answer any) error {
		return in.call(ctx, method, path, body, answer)
	}}}
	if o.pocketBase == "" {
		fmt.Fprintln(o.out, "PocketBase: not given")
	} else {
		theirs, _, stop, err := startPocketBase(ctx, o.pocketBase)
		if err != nil {
			return fmt.Errorf("start PocketBase: %w", err)
		}
		defer stop()
		all = append([]*resource{theirs}, all...)
	}
	for _, r := range all {
		if err := r.fill(ctx); err != nil {
			return err
		}
	}
	// Reads first: creating changes what there is, and each project that somebody has made is one that they have a role in.
	for _, what := range []struct {
		verb    string
		of      func(*resource) func(context.Context) error
		clients int
	}{
		{"get", func(r *resource) func(context.Context) error { return r.get }, 1},
		{"get", func(r *resource) func(context.Context) error { return r.get }, 8},
		{"list", func(r *resource) func(context.Context) error { return r.pageOnly }, 1},
		{"list", func(r *resource) func(context.Context) error { return r.pageOnly }, 8},
		{"create", func(r *resource) func(context.Context) error { return r.create }, 1},
		{"create", func(r *resource) func(context.Context) error { return r.create }, 8},
	} {
		contenders := make([]*contender, len(all))
		for i, r := range all {
			contenders[i] = &contender{name: r.name, do: what.of(r)}
		}
		if err := contest(ctx, o, what.clients, contenders); err != nil {
			return err
		}
		table(o.out, fmt.Sprintf("%s, %d client(s)", what.verb, what.clients), contenders)
	}
	return nil
}

// pageOnly lists without remembering, for several clients at once.
func (r *resource) pageOnly(ctx context.Context) error {
	return (&resource{name: r.name, call: r.call, path: r.path, list: r.list}).page(ctx)
}
