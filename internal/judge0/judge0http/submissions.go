package judge0http

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// unreadable is what Judge0 says of output that is no text.
const unreadable = "some attributes for this submission cannot be converted to UTF-8, use base64_encoded=true query parameter"

// Judge0View is how a submission is to be shown.
type Judge0View struct {
	Encoded string `query:"base64_encoded" doc:"true: texts are base64, in the request and in the answer." example:"true"`
	Fields  string `query:"fields" maxLength:"500" doc:"Which fields to answer, with commas between; * is all." example:"status,stdout"`
}

func (s Judge0View) encoded() bool { return s.Encoded == "true" }

type submitInput struct {
	Judge0View
	Wait string `query:"wait" doc:"true: answer when the program has ended." example:"true"`
	Body Judge0Request
}

type oneOutput struct {
	Status int `json:"-"`
	Body   view
}

func (h handlers) submit(ctx context.Context, in *submitInput) (*oneOutput, error) {
	fields, err := fieldsOf(in.Fields)
	if err != nil {
		return nil, err
	}
	runtimes, err := h.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	submit, err := in.Body.submit(h.slice, runtimes, in.encoded())
	if err != nil {
		return nil, err
	}
	if in.Wait != "true" {
		e, err := h.executions.Submit(ctx, submit)
		if err != nil {
			return nil, refuseSubmit(err)
		}
		return &oneOutput{http.StatusCreated, token(e.ID)}, nil
	}
	d, err := h.executions.SubmitAndWait(ctx, submit, queueing+time.Duration(submit.Limits.WallMS)*time.Millisecond)
	if err != nil {
		return nil, refuseSubmit(err)
	}
	d.Input = &submit.Input
	s, err := h.subject(ctx, d, fields)
	if err != nil {
		return nil, refuse(err)
	}
	body, readable := show(s, fields, in.encoded())
	if !readable {
		body = view{map[string]any{"error": unreadable, "token": d.ID.String()}}
	}
	return &oneOutput{http.StatusCreated, body}, nil
}

func token(id ident.ID) view { return view{map[string]any{"token": id.String()}} }

// subject adds what is kept beside an execution, which the caller sees.
func (h handlers) subject(ctx context.Context, d execution.Details, fields []string) (subject, error) {
	sub, err := h.slice.Submission(ctx, d.ID)
	if err != nil {
		return subject{}, command.NotFoundIfNoRows(err)
	}
	s := subject{Submission: sub, Details: d}
	if sub.Asked.CallBack && slices.ContainsFunc(fields, func(f string) bool { return strings.HasPrefix(f, "callback_") }) {
		c, err := h.slice.Callback(ctx, d.ID)
		if err != nil {
			return s, command.NotFoundIfNoRows(err)
		}
		s.Callback = &c
	}
	return s, nil
}

// Judge0Token names a submission.
type Judge0Token struct {
	Token string `path:"token" maxLength:"64" doc:"The submission's token."`
}

func (t Judge0Token) id() (ident.ID, error) { return idOf(t.Token) }

func idOf(text string) (ident.ID, error) {
	id, err := ident.Parse(text)
	if err != nil {
		return id, fault.New(fault.NotFound, "not_found", "There is nothing here that you can see.")
	}
	return id, nil
}

type getInput struct {
	Judge0Token
	Judge0View
}

func (h handlers) get(ctx context.Context, in *getInput) (*struct{ Body view }, error) {
	fields, err := fieldsOf(in.Fields)
	if err != nil {
		return nil, err
	}
	id, err := in.id()
	if err != nil {
		return nil, refuse(err)
	}
	s, err := h.read(ctx, id, fields, time.Now().Add(pollFor))
	if err != nil {
		return nil, refuse(err)
	}
	body, readable := show(s, fields, in.encoded())
	if !readable {
		return nil, badRequest("judge0.not_text", unreadable)
	}
	return &struct{ Body view }{body}, nil
}

// read gives a submission that the caller sees: when it has ended, or as it is at a time.
func (h handlers) read(ctx context.Context, id ident.ID, fields []string, until time.Time) (subject, error) {
	for {
		changed, stop := h.executions.Changed(id)
		d, err := h.executions.Get(ctx, execution.Get{ID: id})
		left := time.Until(until)
		if err != nil || d.Status.Terminal() || left <= 0 {
			stop()
			if err != nil {
				return subject{}, err
			}
			return h.subject(ctx, d, fields)
		}
		timer := time.NewTimer(left)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		stop()
		if ctx.Err() != nil {
			return h.subject(ctx, d, fields)
		}
	}
}

func (h handlers) remove(ctx context.Context, in *getInput) (*struct{ Body view }, error) {
	fields, err := fieldsOf(in.Fields)
	if err != nil {
		return nil, err
	}
	id, err := in.id()
	if err != nil {
		return nil, refuse(err)
	}
	s, err := h.read(ctx, id, fields, time.Time{})
	if err != nil {
		return nil, refuse(err)
	}
	if v := s.Judge(s.Details); !v.Status.Ended() {
		return nil, badRequest("judge0.not_ended", "submission cannot be deleted because its status is %d (%s)", v.Status, v.Status)
	}
	if _, err := h.executions.Delete(ctx, execution.Delete{ID: id}); err != nil {
		return nil, refuse(err)
	}
	body, _ := show(s, fields, true) // so that nothing can be unreadable
	return &struct{ Body view }{body}, nil
}

type batchInput struct {
	Judge0View        // its fields are ignored, as is wait: so does Judge0
	Wait       string `query:"wait" doc:"Ignored: a batch is never waited for."`
	Body       struct {
		Submissions []Judge0Request `json:"submissions"`
	}
}

type batchOutput struct {
	Status int   `json:"-"`
	Body   []any `doc:"Of each its token, or what is wrong with it, by field."`
}

func (h handlers) batch(ctx context.Context, in *batchInput) (*batchOutput, error) {
	if len(in.Body.Submissions) == 0 {
		return nil, badRequest("judge0.batch_empty", "there should be at least one submission in a batch")
	}
	runtimes, err := h.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	answers, err := h.executions.SubmitBatch(ctx, len(in.Body.Submissions), func(i int) (execution.Submit, error) {
		return in.Body.Submissions[i].submit(h.slice, runtimes, in.encoded())
	})
	if err != nil {
		return nil, refuseSubmit(err)
	}
	out := &batchOutput{http.StatusUnprocessableEntity, make([]any, len(answers))}
	for i, a := range answers {
		switch said, isSaid := errors.AsType[wrong](a.Err); {
		case isSaid:
			out.Body[i] = said
		case a.Err != nil:
			out.Body[i] = refuseSubmit(a.Err)
		default:
			out.Status = http.StatusCreated
			out.Body[i] = token(a.Execution.ID)
		}
	}
	return out, nil
}

// mostTokens is how many submissions can be asked for at once: an address has room for no more.
const mostTokens = 100

type getBatchInput struct {
	Judge0View
	Tokens string `query:"tokens" maxLength:"4000" doc:"Tokens with commas between." example:"0192e4a1-7c3a-7b6e-8f64-3b1e2c9d5a10"`
}

type getBatchOutput struct {
	Body struct {
		Submissions []any `json:"submissions" doc:"In the order that was asked for; null where there is nothing that the caller sees."`
	}
}

func (h handlers) getBatch(ctx context.Context, in *getBatchInput) (*getBatchOutput, error) {
	fields, err := fieldsOf(in.Fields)
	if err != nil {
		return nil, err
	}
	tokens := strings.Split(strings.TrimSpace(in.Tokens), ",")
	switch {
	case in.Tokens == "":
		return nil, badRequest("judge0.batch_empty", "there should be at least one submission in a batch")
	case len(tokens) > mostTokens:
		return nil, badRequest("judge0.batch_too_large", "number of submissions in a batch should be less than or equal to %d", mostTokens)
	}
	out := &getBatchOutput{}
	until := time.Now().Add(pollFor)
	for _, text := range tokens {
		id, err := idOf(strings.TrimSpace(text))
		var s subject
		if err == nil {
			s, err = h.read(ctx, id, fields, until)
		}
		if err != nil {
			if fault.KindOf(err) != fault.NotFound {
				return nil, refuse(err)
			}
			out.Body.Submissions = append(out.Body.Submissions, nil)
			continue
		}
		body, readable := show(s, fields, in.encoded())
		if !readable {
			return nil, badRequest("judge0.not_text",
				"some attributes for one or more submissions cannot be converted to UTF-8, use base64_encoded=true query parameter")
		}
		out.Body.Submissions = append(out.Body.Submissions, body)
	}
	return out, nil
}
