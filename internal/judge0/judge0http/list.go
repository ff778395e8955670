package judge0http

import (
	"context"
	"net/http"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// mostOnPage bounds a page: each submission on it is read whole.
const mostOnPage = 100

type listInput struct {
	Judge0View
	Page    int `query:"page" default:"1" doc:"The first is 1."`
	PerPage int `query:"per_page" default:"20" doc:"At most 100."`
}

// Judge0Meta says which page it is, as Judge0 does.
type Judge0Meta struct {
	CurrentPage int  `json:"current_page"`
	NextPage    *int `json:"next_page" nullable:"true"`
	PrevPage    *int `json:"prev_page" nullable:"true"`
	TotalPages  int  `json:"total_pages"`
	TotalCount  int  `json:"total_count"`
}

type listOutput struct {
	Body struct {
		Submissions []view     `json:"submissions" doc:"Newest first."`
		Meta        Judge0Meta `json:"meta"`
	}
}

// list answers a page of the submissions of the project that the caller works in. Who may
// list its executions may list them.
func (h handlers) list(ctx context.Context, in *listInput) (*listOutput, error) {
	fields, err := fieldsOf(in.Fields)
	if err != nil {
		return nil, err
	}
	switch {
	case in.Page < 1:
		return nil, badRequest("judge0.page", "invalid page: %d", in.Page)
	case in.PerPage < 1 || in.PerPage > mostOnPage:
		return nil, badRequest("judge0.page", "invalid per_page: %d", in.PerPage)
	}
	newest, err := h.executions.List(ctx, execution.List{Limit: 1})
	if err != nil {
		return nil, refuse(err)
	}
	out := &listOutput{}
	out.Body.Submissions, out.Body.Meta = []view{}, Judge0Meta{CurrentPage: in.Page}
	if len(newest.Items) == 0 {
		return out, nil
	}
	tokens, count, err := h.slice.Tokens(ctx, newest.Items[0].ProjectID, in.PerPage, in.Page)
	if err != nil {
		return nil, refuse(err)
	}
	for _, id := range tokens {
		d, err := h.executions.Get(ctx, execution.Get{ID: id})
		if fault.KindOf(err) == fault.NotFound {
			continue // deleted meanwhile
		}
		var s subject
		if err == nil {
			s, err = h.subject(ctx, d, fields)
		}
		if err != nil {
			return nil, refuse(err)
		}
		body, readable := show(s, fields, in.encoded())
		if !readable {
			return nil, badRequest("judge0.not_text",
				"some attributes for one or more submissions cannot be converted to UTF-8, use base64_encoded=true query parameter")
		}
		out.Body.Submissions = append(out.Body.Submissions, body)
	}
	out.Body.Meta = metaOf(in.Page, in.PerPage, count)
	return out, nil
}

func metaOf(page, size, count int) Judge0Meta {
	m := Judge0Meta{CurrentPage: page, TotalPages: (count + size - 1) / size, TotalCount: count}
	if page < m.TotalPages {
		m.NextPage = new(page + 1)
	}
	if page > 1 {
		m.PrevPage = new(page - 1)
	}
	return m
}

// recognise tells a client that its token is one: Judge0's answer to /authenticate and /authorize.
// What the token may do is said where it does it.
func (h handlers) recognise(ctx context.Context, _ *struct{}) (*struct{ Status int }, error) {
	if _, err := h.catalogue(ctx); err != nil {
		return nil, err
	}
	return &struct{ Status int }{http.StatusOK}, nil
}

// allLanguages lists what can run now, and the rest of Judge0's numbers as archived.
func (h handlers) allLanguages(ctx context.Context, _ *struct{}) (*struct{ Body []Judge0Language }, error) {
	runtimes, err := h.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	return &struct{ Body []Judge0Language }{everyLanguage(runtimes)}, nil
}
