package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// column is one column of a table, or one line of a single thing.
type column[T any] struct {
	title string
	value func(T) string
	tint  func(T) tint // nil: none
}

// tint is what a value means, said in colour on a terminal.
type tint string

const (
	plain tint = ""
	good  tint = "\x1b[32m"
	busy  tint = "\x1b[36m"
	warn  tint = "\x1b[33m"
	bad   tint = "\x1b[31m"
	bold  tint = "\x1b[1m"
	reset      = "\x1b[0m"
)

// printList prints items as the user asked: a table, a JSON array or a YAML list.
func printList[T any](c *call, items []T, columns []column[T]) error {
	if c.Output != "table" {
		return c.printData(items)
	}
	widths := make([]int, len(columns))
	rows := make([][]string, len(items))
	for i, col := range columns {
		widths[i] = utf8.RuneCountInString(col.title)
	}
	for r, item := range items {
		rows[r] = make([]string, len(columns))
		for i, col := range columns {
			rows[r][i] = printable(col.value(item))
			widths[i] = max(widths[i], utf8.RuneCountInString(rows[r][i]))
		}
	}
	colour := c.colour()
	var out strings.Builder
	line := func(cells func(int) (string, tint)) {
		for i := range columns {
			text, tint := cells(i)
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+2)
			if i == len(columns)-1 {
				pad = ""
			}
			if colour && tint != plain {
				text = string(tint) + text + reset
			}
			out.WriteString(text + pad)
		}
		out.WriteByte('\n')
	}
	line(func(i int) (string, tint) { return columns[i].title, bold })
	for r, item := range items {
		line(func(i int) (string, tint) {
			if columns[i].tint == nil {
				return rows[r][i], plain
			}
			return rows[r][i], columns[i].tint(item)
		})
	}
	_, err := io.WriteString(c.Stdout, out.String())
	return err
}

// printOne prints one thing: a line for each field that has a value.
func printOne[T any](c *call, item T, fields []column[T]) error {
	if c.Output != "table" {
		return c.printData(item)
	}
	width := 0
	for _, f := range fields {
		width = max(width, len(f.title))
	}
	colour := c.colour()
	var out strings.Builder
	for _, f := range fields {
		text := printable(f.value(item))
		if text == "" {
			continue
		}
		if colour && f.tint != nil && f.tint(item) != plain {
			text = string(f.tint(item)) + text + reset
		}
		fmt.Fprintf(&out, "%-*s  %s\n", width, f.title, text)
	}
	_, err := io.WriteString(c.Stdout, out.String())
	return err
}

// printData prints v as JSON or YAML, with the names of the API.
func (c *call) printData(v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	if c.Output == "yaml" {
		if raw, err = yamlOf(raw); err != nil {
			return err
		}
	} else {
		raw = append(raw, '\n')
	}
	_, err = c.Stdout.Write(raw)
	return err
}

// yamlOf rewrites JSON as YAML in the same order.
func yamlOf(raw []byte) ([]byte, error) {
	var node yaml.Node
	if err := yaml.Unmarshal(raw, &node); err != nil { // JSON is YAML
		return nil, fmt.Errorf("encode yaml: %w", err)
	}
	var block func(*yaml.Node)
	block = func(n *yaml.Node) {
		n.Style = 0
		for _, child := range n.Content {
			block(child)
		}
	}
	block(&node)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&node); err != nil {
		return nil, fmt.Errorf("encode yaml: %w", err)
	}
	return out.Bytes(), encoder.Close()
}

// colour tells whether standard output shows colours (see no-color.org).
func (c *call) colour() bool {
	return terminal(c.Stdout) && c.Getenv("NO_COLOR") == "" && c.Getenv("TERM") != "dumb"
}

// printable makes what users wrote harmless for a terminal: no control characters, one line.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '\uFFFD'
		}
		return r
	}, s)
}

// printLink prints a link as it can be given to somebody.
func (c *call) printLink(client *stoa.Client, link string) error {
	if strings.HasPrefix(link, "/") { // the installation knows no public address of its own
		link = client.Address() + link
	}
	return c.printLine(link)
}

func (c *call) printLine(line string) error {
	_, err := io.WriteString(c.Stdout, line+"\n")
	return err
}
