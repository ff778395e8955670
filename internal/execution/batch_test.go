package execution_test

import (
	"errors"
	"testing"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
	"github.com/stoa-cloud/stoa/internal/platform/pg"
)

func TestABatchRefusesOneByOneAndTooManyTogether(t *testing.T) {
	w := newWorld(t)
	w.join(4)
	w.limits["execution.batch.max"] = 2
	bad := hello()
	bad.Runtime = "cobol"
	stored := func() int {
		n, err := pg.One[int](t.Context(), w.db, `SELECT count(*) FROM execution`)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	answers, err := w.SubmitBatch(w.as(ident.New()), 2, func(i int) (execution.Submit, error) {
		if i != stored() {
			t.Errorf("the %d. is read while %d are submitted", i+1, stored())
		}
		return []execution.Submit{hello(), bad}[i], nil
	})
	if err != nil || answers[0].Err != nil || !fault.Is(answers[1].Err, "execution.unknown_runtime") {
		t.Errorf("got %+v, %v", answers, err)
	}
	_, err = w.SubmitBatch(w.as(ident.New()), 3, func(int) (execution.Submit, error) {
		t.Error("more than the limit are read")
		return hello(), nil
	})
	if f := fault.Of(err); f.Limit == nil || f.Limit.Name != "execution.batch.max" {
		t.Errorf("three of two: %v", err)
	}
	unread := errors.New("unreadable")
	if answers, err = w.SubmitBatch(w.as(ident.New()), 1, func(int) (execution.Submit, error) { return execution.Submit{}, unread }); err != nil || !errors.Is(answers[0].Err, unread) {
		t.Errorf("got %+v, %v", answers, err)
	}
	if n := stored(); n != 1 {
		t.Errorf("%d executions", n)
	}
}
