package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

func TestSecretsNeverShow(t *testing.T) {
	token := NewToken("pat", ident.New())
	random := token.Reveal()[strings.LastIndex(token.Reveal(), "_")+1:]
	for name, c := range map[string]struct {
		value any
		text  string
	}{
		"string":         {New("hunter2hunter2"), "hunter2"},
		"pointer":        {func() *String { s := New("hunter2"); return &s }(), "hunter2"},
		"field":          {struct{ Password String }{New("hunter2")}, "hunter2"},
		"token":          {token, random},
		"field of token": {struct{ T Token }{token}, random},
	} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb, c.value)
		}
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", c.value)
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", c.value)
		b, err := json.Marshal(c.value)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
		if strings.Contains(out.String(), c.text) || strings.Contains(out.String(), fmt.Sprintf("%x", c.text)) {
			t.Errorf("%s shows: %s", name, out.String())
		}
		if !strings.Contains(out.String(), hidden) {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}

func TestSecretsAreReadFromJSON(t *testing.T) {
	var in struct {
		Password String `json:"password"`
	}
	if err := json.Unmarshal([]byte(`{"password":"hunter2"}`), &in); err != nil || in.Password.Reveal() != "hunter2" {
		t.Errorf("%q, %v", in.Password.Reveal(), err)
	}
}

func TestTokensComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.StringMatching(`[a-z]{1,12}`).Draw(t, "kind")
		made := NewToken(kind, ident.New())
		got, err := ParseToken(made.Reveal())
		if err != nil || got != made {
			t.Fatalf("%v, %v", got, err)
		}
		if !got.Matches(made.Hash()) || got.Matches(NewToken(kind, made.ID).Hash()) {
			t.Fatal("matching is wrong")
		}
		// Any one changed character is noticed.
		text := []byte(made.Reveal())
		i := rapid.IntRange(0, len(text)-1).Draw(t, "position")
		c := rapid.SampledFrom([]byte("abcdefghijklmnopqrstuvwxyz234567ABC_-")).Draw(t, "character")
		if text[i] == c {
			return
		}
		text[i] = c
		if _, err := ParseToken(string(text)); err == nil {
			t.Fatalf("%s was accepted for %s", text, made.Reveal())
		}
	})
}

func FuzzParseToken(f *testing.F) {
	f.Add(NewToken("pat", ident.New()).Reveal())
	f.Add("stoa_pat__")
	f.Add("stoa_")
	f.Fuzz(func(t *testing.T, text string) {
		token, err := ParseToken(text)
		if err == nil && token.Reveal() != text {
			t.Errorf("%q has two spellings", text)
		}
		if err != nil && text != "" && strings.Contains(err.Error(), text) && len(text) > 20 {
			t.Errorf("the error repeats the text: %v", err)
		}
	})
}

func TestRandomTextsDiffer(t *testing.T) {
	if a, b := Random(20), Random(20); a.Equal(b) || len(a.Reveal()) != 32 {
		t.Error(len(a.Reveal()))
	}
}
