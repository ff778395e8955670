package scrub

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// JSON masks in the texts of a JSON document, names of members included. It says
// whether there was anything; if not, the document is returned as it is.
func JSON(document []byte) (clean []byte, found bool) {
	if text := string(document); !strings.Contains(text, `\`) && Text(text) == text && !telling(text) {
		return document, false
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil { // no JSON: then it is text
		text := string(document)
		masked := Text(text)
		return []byte(masked), masked != text
	}
	if value, found = walk(value); !found {
		return document, false
	}
	clean, err := json.Marshal(value)
	if err != nil { // cannot be: it was JSON before
		return []byte("null"), true
	}
	return clean, true
}

// secretNames are the names of what is masked whole, whatever it looks like.
var secretNames = []string{"authorization", "proxy-authorization", "cookie", "set-cookie", "x-auth-token", "password", "passphrase", "client_secret", "private_key"}

func isSecretName(name string) bool { return slices.Contains(secretNames, strings.ToLower(name)) }

// telling says that a document may have a member of such a name.
func telling(document string) bool {
	lower := strings.ToLower(document)
	return slices.ContainsFunc(secretNames, func(name string) bool { return strings.Contains(lower, `"`+name+`"`) })
}

func walk(value any) (clean any, found bool) {
	switch v := value.(type) {
	case string:
		masked := Text(v)
		return masked, masked != v
	case []any:
		for i := range v {
			masked, changed := walk(v[i])
			v[i], found = masked, found || changed
		}
		return v, found
	case map[string]any:
		for name, member := range v {
			masked, changed := walk(member)
			if text, ok := masked.(string); ok && isSecretName(name) && text != Mask && text != "" {
				masked, changed = Mask, true
			}
			if key := Text(name); key != name {
				delete(v, name)
				name, changed = key, true
			}
			v[name] = masked
			found = found || changed
		}
		return v, found
	}
	return value, false
}
