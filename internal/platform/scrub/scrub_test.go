package scrub

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

const hex32 = "0199a0b000007000800000000000000f"

// secrets are what must not come out, each as it stands in some text: before, the secret, after.
var secrets = [][3]string{
	{"", "kbxs6dxjvyunxiojrqkdisgocwbdx4hsip4aoai", ""}, // with the head of a token, see planted
	{"", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", ""},
	{"Authorization: Basic ", "dXNlcjpwYXNzd29yZA==", ""},
	{`"authorization":"Digest `, "abcdefgh12345678", `"`},
	{"x-auth-token=", "abcdefgh12345678", ""},
	{"bearer ", "abcdefgh12345678", ""},
	{"Cookie: theme=dark; sid=", "abc-def", "\n"},
	{"", "AKIAIOSFODNN7EXAMPLE", ""},
	{"aws_secret_access_key = ", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", ""},
	{"postgres://stoa:", "hunter2", "@db.example.org/stoa"},
	{"redis://:", "hunter2", "@cache:6379"},
	{"https://example.org/callback?state=1&access_token=", "hunter2", "&x=1"},
	{"-----BEGIN EC PRIVATE KEY-----\n", "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY", "\n-----END EC PRIVATE KEY-----"},
	{"-----BEGIN PRIVATE KEY-----\n", "MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY", ""}, // cut off
	{"dial tcp: user ", "ada.lovelace+stoa@example.co.uk", ""},
}

func planted(i int) (text, secret string) {
	s := secrets[i]
	if i == 0 {
		s[0] = "stoa_pat_" + hex32 + "_"
	}
	return s[0] + s[1] + s[2], s[1]
}

func TestWhatIsMaskedNeverComesOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, secret := planted(rapid.IntRange(0, len(secrets)-1).Draw(t, "which"))
		around := rapid.StringMatching(`[A-Za-z0-9 ,.:/=&?_-]{0,30}[ ,\n]`)
		before, after := around.Draw(t, "before"), " "+around.Draw(t, "after")
		whole := before + text + after
		if got := Text(whole); strings.Contains(got, secret) {
			t.Fatalf("%q of %q", got, whole)
		}
		document, err := json.Marshal(map[string]any{"deep": []any{map[string]string{"text": whole}}, whole: 1})
		if err != nil {
			t.Fatal(err)
		}
		if got, found := JSON(document); !found || bytes.Contains(got, []byte(secret)) || !json.Valid(got) {
			t.Fatalf("%s of %s", got, document)
		}
		var out bytes.Buffer
		log := slog.New(NewHandler(slog.NewJSONHandler(&out, nil)))
		log.With("a", whole).WithGroup("g").Info(whole, "s", whole, //nolint:sloglint // the message, too, is masked
			"error", errors.New(whole), slog.Group("x", "y", whole), "any", []string{whole}, "struct", struct{ Name string }{whole})
		if strings.Contains(out.String(), secret) || !json.Valid(out.Bytes()) {
			t.Fatalf("logged %s", out.String())
		}
	})
}

func TestWhatHasNothingIsUnchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[A-Za-z0-9 ,.;()-]{0,15}[A-Za-z0-9 ,.;()/\n“”é-]{0,60}`).Draw(t, "text")
		if strings.Contains(strings.ToLower(text), "ba") || strings.Contains(text, "eyJ") || strings.Contains(text, "IA") {
			return // may be the beginning of a credential
		}
		if got := Text(text); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		document, _ := json.Marshal(map[string]string{"text": text})
		if got, found := JSON(document); found || !bytes.Equal(got, document) {
			t.Fatalf("%s became %s", document, got)
		}
	})
}

// What Stoa says to people is full of words like token and password.
func TestErrorsAreSaidAsTheyAreWritten(t *testing.T) {
	page, err := os.ReadFile("../../../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(page)) {
		if got := Credentials(line); got != line {
			t.Errorf("%q became %q", line, got)
		}
	}
	for _, text := range []string{
		"execution 0199a0b0-0000-7000-8000-000000000001 ended", "python@sha256:1234567890abcdef1234567890abcdef", "stoa_pat_" + hex32 + "_***",
		"https://stoa.example.org/executions?status=failed", "body.password: must have 1 to 1024 bytes", "dial tcp 127.0.0.1:5432: connect: connection refused",
	} {
		if got := Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestNamesThatTell(t *testing.T) {
	got, found := JSON([]byte(`{"user":{"password":"x","age":3},"Authorization":"short","cookie":""}`))
	if want := `{"Authorization":"***","cookie":"","user":{"age":3,"password":"***"}}`; !found || string(got) != want {
		t.Errorf("%s", got)
	}
	var out bytes.Buffer
	slog.New(NewHandler(slog.NewJSONHandler(&out, nil))).Info("m", "password", "x")
	if !strings.Contains(out.String(), `"password":"***"`) {
		t.Error(out.String())
	}
}

func FuzzText(f *testing.F) {
	for i := range secrets {
		text, _ := planted(i)
		f.Add(text)
	}
	f.Add("no secret at all")
	f.Fuzz(func(t *testing.T, text string) {
		once := Text(text)
		if again := Text(once); again != once {
			t.Errorf("%q became %q, and then %q", text, once, again)
		}
		if utf8.ValidString(text) && !utf8.ValidString(once) {
			t.Errorf("%q became %q", text, once)
		}
		document, err := json.Marshal(map[string]string{"text": text})
		if err != nil {
			t.Skip()
		}
		if clean, _ := JSON(document); !json.Valid(clean) {
			t.Errorf("%s became %s", document, clean)
		}
	})
}

func BenchmarkAnEventWithNothingToMask(b *testing.B) {
	document := []byte(`{"runtime":"python@3.12","node_id":"0199a0b0-0000-7000-8000-000000000001","status":"completed","wall_ms":12,"cpu_ms":11,"limits":{"memory_bytes":134217728,"processes":64}}`)
	for b.Loop() {
		if _, found := JSON(document); found {
			b.Fatal("found")
		}
	}
}
