package httpx

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-cloud/stoa/internal/platform/command"
	"github.com/stoa-cloud/stoa/internal/platform/fault"
)

// Values that every answer shares. Header maps may hold the same slice, because
// Set replaces it and Add copies a full one.
var (
	noSniff    = []string{"nosniff"}
	noReferrer = []string{"same-origin"}
	noStore    = []string{"no-store"}
	denyFrames = []string{"DENY"}
	apiPolicy  = []string{"default-src 'none'; frame-ancestors 'none'"}
	// The console's styles are injected at run time by its component library and
	// editor; scripts are not, and must come from here.
	pagePolicy = []string{"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
		"font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; " +
		"form-action 'self'; frame-ancestors 'none'"}
)

// setHeaders gives every answer its defaults; handlers may replace them.
func (s *Server) setHeaders(h http.Header, x *exchange) {
	h["X-Correlation-Id"] = []string{x.request.CorrelationID}
	h["X-Content-Type-Options"] = noSniff
	h["Referrer-Policy"] = noReferrer
	h["X-Frame-Options"] = denyFrames
	if isAPI(x.inner.URL.Path) {
		h["Content-Security-Policy"] = apiPolicy
		h["Cache-Control"] = noStore
		return
	}
	h["Content-Security-Policy"] = pagePolicy
}

func isAPI(path string) bool { return strings.HasPrefix(path, "/api/") }

// parseIdempotencyKey reads the key, which the draft makes a quoted string and
// most clients send bare.
func parseIdempotencyKey(header string) (string, error) {
	if header == "" {
		return "", nil
	}
	key := header
	if len(key) >= 2 && key[0] == '"' && key[len(key)-1] == '"' {
		key = key[1 : len(key)-1]
	}
	if key == "" || len(key) > command.MaxKeyLength || strings.ContainsFunc(key, func(r rune) bool { return r < 0x20 || r > 0x7e || r == '"' }) {
		return "", fault.New(fault.Invalid, "idempotency_key_invalid",
			"The Idempotency-Key must have 1 to %d visible ASCII characters.", command.MaxKeyLength).At("header.Idempotency-Key", "not a valid key")
	}
	return key, nil
}

// Preferences are what a Prefer header (RFC 7240) asks for, as far as Stoa knows it.
type Preferences struct {
	Wait         time.Duration // wait=SECONDS: answer when ready, at the latest then
	RespondAsync bool          // respond-async: answer at once
}

// ParsePrefer reads a Prefer header. What it does not know it ignores, as the RFC asks.
func ParsePrefer(header string) Preferences {
	var p Preferences
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "wait":
			seconds, err := strconv.ParseInt(strings.Trim(strings.TrimSpace(value), `"`), 10, 32)
			if err == nil && seconds > 0 {
				p.Wait = time.Duration(seconds) * time.Second
			}
		case "respond-async":
			p.RespondAsync = true
		}
	}
	return p
}
