package plain_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/plain"
)

func TestTextAndLine(t *testing.T) {
	for _, c := range []struct {
		given      string
		most       int
		text, line string
	}{
		{"", 5, "", ""},
		{"fine", 4, "fine", "fine"},
		{"“öß”", 4, "“öß”", "“öß”"},
		{"“öß”!", 4, "“öß…", "“öß…"},
		{"a\x00b", 9, "a\uFFFDb", "a\uFFFDb"},
		{"a\xffb", 9, "a\uFFFDb", "a\uFFFDb"},
		{"a\n\tb\r", 9, "a\n\tb\uFFFD", "a\uFFFD\uFFFDb\uFFFD"},
	} {
		if got := plain.Text(c.given, c.most); got != c.text {
			t.Errorf("Text(%q) is %q, want %q", c.given, got, c.text)
		}
		if got := plain.Line(c.given, c.most); got != c.line {
			t.Errorf("Line(%q) is %q, want %q", c.given, got, c.line)
		}
	}
}

// Whatever the bytes, what comes out is text of that length.
func TestAnythingFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given := string(rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "bytes"))
		most := rapid.IntRange(1, 50).Draw(t, "most")
		for _, got := range []string{plain.Text(given, most), plain.Line(given, most)} {
			if !utf8.ValidString(got) || utf8.RuneCountInString(got) > most || strings.ContainsRune(got, 0) {
				t.Fatalf("%q became %q", given, got)
			}
		}
	})
}
