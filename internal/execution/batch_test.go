package execution_test

import (
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
	answers, err := w.SubmitBatch(w.as(ident.New()), []execution.Submit{hello(), bad})
	if err != nil || answers[0].Err != nil || !fault.Is(answers[1].Err, "execution.unknown_runtime") {
		t.Errorf("got %+v, %v", answers, err)
	}
	_, err = w.SubmitBatch(w.as(ident.New()), []execution.Submit{hello(), hello(), hello()})
	if f := fault.Of(err); f.Limit == nil || f.Limit.Name != "execution.batch.max" {
		t.Errorf("three of two: %v", err)
	}
	if n, _ := pg.One[int](t.Context(), w.db, `SELECT count(*) FROM execution`); n != 1 {
		t.Errorf("%d executions", n)
	}
}
