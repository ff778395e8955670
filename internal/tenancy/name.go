package tenancy

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-cloud/stoa/internal/platform/fault"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// MaxName is the longest name of an organization, unit or project, in characters.
const MaxName = 100

const maxSlug = 40

// CheckName refuses names that people could not read: empty, too long, or with control characters.
func CheckName(path, name string) error {
	const code = "tenancy.name"
	trimmed := strings.TrimSpace(name)
	switch {
	case trimmed == "":
		return fault.New(fault.Invalid, code, "A name is needed.").At(path, "must not be empty")
	case trimmed != name:
		return fault.New(fault.Invalid, code, "The name begins or ends with a space.").At(path, "must not begin or end with a space")
	case utf8.RuneCountInString(name) > MaxName:
		return fault.New(fault.Invalid, code, "The name is longer than %d characters.", MaxName).At(path, fmt.Sprintf("must have at most %d characters", MaxName))
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return fault.New(fault.Invalid, code, "The name contains characters that cannot be shown.").At(path, "must not contain control characters")
	}
	return nil
}

// slugOf is the name as it can stand in a URL or a command line: "Data & Co" is "data-co".
func slugOf(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == maxSlug {
			break
		}
	}
	if slug := strings.TrimSuffix(b.String(), "-"); slug != "" {
		return slug
	}
	return "x"
}

// slugs are the spellings to try, in order: the name's own, then one with some of
// the id's randomness, for when the first is taken.
func slugs(name string, id ident.ID) []string {
	slug, tail := slugOf(name), id.String()
	return []string{slug, slug + "-" + tail[len(tail)-6:]}
}
