package identityhttp

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/url"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// maxForm is more than clients of OAuth have to say, in bytes.
const maxForm = 4 << 10

// orForm also takes the form that clients of OAuth send (RFC 8628, sections 3.1 and 3.4): of its fields those
// that are named, under the names that our own programs give them. The others say nothing that is needed here.
func orForm(names map[string]string) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, _ := humago.Unwrap(ctx)
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && kind == "application/x-www-form-urlencoded" {
			sent, _ := io.ReadAll(io.LimitReader(r.Body, maxForm)) // what is missing then is refused as missing
			form, _ := url.ParseQuery(string(sent))
			body := map[string]string{}
			for theirs, ours := range names {
				if form.Has(theirs) {
					body[ours] = form.Get(theirs)
				}
			}
			text, _ := json.Marshal(body) // strings always encode
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
			r.Header.Set("Content-Type", "application/json")
		}
		next(ctx)
	}
}
