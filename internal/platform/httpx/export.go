package httpx

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// ExportPage is how much an export reads at once.
const ExportPage = 500

// Export is a list, however long, as one file of CSV or JSON that is written while it is read.
type Export[T any] struct {
	Name   string   // the file's, without its ending
	Titles []string // of CSV's columns
	Cells  func(T) []any
	JSON   func(T) any
	// Next reads what follows the last that was read, at most so many; fewer are the end.
	Next func(ctx context.Context, last T, most int) ([]T, error)
}

// File answers with what was read before the answer began, so that a refusal is a problem, and with
// what follows: at most so many together.
func (e Export[T]) File(format string, begun []T, most int) Serve {
	return func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Disposition", `attachment; filename="`+e.Name+`.`+format+`"`)
		header.Set("Content-Type", "application/json")
		buffered := bufio.NewWriterSize(w, 64<<10)
		write, end := e.toJSON(buffered)
		if format == "csv" {
			header.Set("Content-Type", "text/csv; charset=utf-8")
			write, end = e.toCSV(buffered)
		}
		err := e.copy(r.Context(), begun, most, write)
		if err == nil {
			err = end()
		}
		if err == nil {
			err = buffered.Flush()
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the answer has begun: only a broken connection tells that it is not whole
		}
	}
}

func (e Export[T]) copy(ctx context.Context, rows []T, most int, write func(T) error) error {
	for {
		for _, row := range rows {
			if err := write(row); err != nil {
				return err
			}
		}
		full := len(rows) == min(most, ExportPage)
		if most -= len(rows); most == 0 || !full {
			return nil
		}
		var err error
		if rows, err = e.Next(ctx, rows[len(rows)-1], min(most, ExportPage)); err != nil {
			return err
		}
	}
}

func (e Export[T]) toJSON(w io.Writer) (write func(T) error, end func() error) {
	before := "[\n"
	write = func(row T) error {
		text, err := json.Marshal(e.JSON(row))
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, before+string(text))
		before = ",\n"
		return err
	}
	return write, func() error {
		last := "\n]\n"
		if before == "[\n" {
			last = "[]\n"
		}
		_, err := io.WriteString(w, last)
		return err
	}
}

func (e Export[T]) toCSV(w io.Writer) (write func(T) error, end func() error) {
	out := csv.NewWriter(w)
	titles := out.Write(e.Titles)
	write = func(row T) error {
		values := e.Cells(row)
		cells := make([]string, len(values))
		for i, v := range values {
			cells[i] = cell(v)
		}
		return out.Write(cells)
	}
	return write, func() error {
		out.Flush()
		if titles != nil {
			return titles
		}
		return out.Error()
	}
}

// cell writes a value, and keeps a spreadsheet from taking a caller's text for a formula.
func cell(value any) string {
	switch v := value.(type) {
	case ident.ID:
		text, _ := v.MarshalText() // the zero id is no text
		return string(text)
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	text := fmt.Sprint(value)
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
