package httpx

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// numbers exports the numbers behind zero, which never end.
func numbers() Export[int64] {
	return Export[int64]{
		Name: "numbers", Titles: []string{"n", "said"},
		Cells: func(n int64) []any { return []any{n, "=" + strconv.FormatInt(n, 10)} },
		JSON:  func(n int64) any { return n },
		Next: func(_ context.Context, last int64, most int) (more []int64, err error) {
			for n := last + 1; len(more) < most; n++ {
				more = append(more, n)
			}
			return more, nil
		},
	}
}

func exported(e Export[int64], format string, begun []int64, most int) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	e.File(format, begun, most)(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w
}

func TestAnExportGoesOnUntilItsEnd(t *testing.T) {
	begun, err := numbers().Next(t.Context(), 0, ExportPage)
	if err != nil {
		t.Fatal(err)
	}
	w := exported(numbers(), "csv", begun, 2*ExportPage+1)
	rows := strings.Split(strings.TrimSpace(w.Body.String()), "\n")
	if len(rows) != 2*ExportPage+2 || rows[0] != "n,said" || rows[1] != "1,'=1" || rows[2*ExportPage+1] != "1001,'=1001" {
		t.Errorf("%d rows: %s … %s", len(rows), rows[0], rows[len(rows)-1])
	}
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="numbers.csv"` {
		t.Error(got)
	}
	for _, c := range []struct {
		begun []int64
		most  int
		want  string
	}{{nil, 10, "[]\n"}, {[]int64{1}, 10, "[\n1\n]\n"}, {[]int64{1, 2}, 2, "[\n1,\n2\n]\n"}} {
		if got := exported(numbers(), "json", c.begun, c.most).Body.String(); got != c.want {
			t.Errorf("%v is %q, not %q", c.begun, got, c.want)
		}
	}
}

func TestAnExportThatBreaksOffIsCut(t *testing.T) {
	e := numbers()
	e.Next = func(context.Context, int64, int) ([]int64, error) { return nil, errors.New("the database is gone") }
	defer func() {
		if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
			t.Error("it ended as if it were whole")
		}
	}()
	exported(e, "json", make([]int64, ExportPage), ExportPage+1)
}

func TestCellsAreNoFormulas(t *testing.T) {
	at := time.Date(2026, 3, 1, 13, 0, 0, 0, time.FixedZone("", 3600))
	for _, c := range []struct {
		value any
		want  string
	}{{"=cmd()", "'=cmd()"}, {"plain", "plain"}, {"", ""}, {int64(-1), "-1"}, {ident.ID{}, ""}, {at, "2026-03-01T12:00:00Z"}} {
		if got := cell(c.value); got != c.want {
			t.Errorf("%v is %q, not %q", c.value, got, c.want)
		}
	}
}
