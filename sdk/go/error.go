package stoa

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is a refusal or failure that the API answered (RFC 9457).
type Error struct {
	Status        int           `json:"status"` // HTTP status
	Code          string        `json:"code"`   // stable, for programs: "not_found"
	Title         string        `json:"title"`
	Detail        string        `json:"detail"` // a sentence for a person
	CorrelationID string        `json:"correlation_id"`
	Limit         *ErrorLimit   `json:"limit"`
	Fields        []ErrorField  `json:"errors"`
	RetryAfter    time.Duration `json:"-"` // zero if the server did not say
}

// ErrorLimit is the limit that a request ran into, and whose it is.
type ErrorLimit struct {
	Name  string `json:"name"`
	Value int64  `json:"value"` // in Unit
	Text  string `json:"text"`  // of a limit in words, in place of Value
	Unit  string `json:"unit,omitempty"`
	Scope string `json:"scope"`
	Owner string `json:"owner,omitempty"`
}

// ErrorField is one wrong value of the request.
type ErrorField struct {
	Location string `json:"location"` // "body.limits.memory_bytes"
	Message  string `json:"message"`
}

func (e *Error) Error() string {
	text := e.Detail
	if text == "" {
		text = e.Title
	}
	text = strings.TrimSuffix(text, ".")
	for _, f := range e.Fields {
		text += fmt.Sprintf("; %s: %s", f.Location, strings.TrimSuffix(f.Message, "."))
	}
	return fmt.Sprintf("%s (%s)", text, e.Code)
}

// IsUnauthenticated tells that no credential was sent, or one that does not hold.
func IsUnauthenticated(err error) bool { return hasStatus(err, http.StatusUnauthorized) }

// IsDenied tells that the caller is known but may not do this.
func IsDenied(err error) bool { return hasStatus(err, http.StatusForbidden) }

// IsNotFound tells that the thing does not exist or is not visible to the caller.
func IsNotFound(err error) bool { return hasStatus(err, http.StatusNotFound) }

// IsConflict tells that the present state does not admit the request.
func IsConflict(err error) bool { return hasStatus(err, http.StatusConflict) }

// IsLimited tells that a limit, quota or rate was hit; Error.Limit says which.
func IsLimited(err error) bool { return hasStatus(err, http.StatusTooManyRequests) }

// HasCode tells whether err is an API error with this code.
func HasCode(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

func hasStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}

const maxProblem = 1 << 20 // bytes of an error body that are read

// problem reads the error from an answer that is not a success. A proxy's answer is no problem document: it gets a code of its own.
func problem(resp *http.Response) *Error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxProblem)) // a torn body still leaves the status
	e := &Error{}
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if !strings.HasSuffix(media, "json") || json.Unmarshal(body, e) != nil {
		e = &Error{}
	}
	e.Status = resp.StatusCode
	if e.Code == "" {
		e.Code = "http_" + strconv.Itoa(resp.StatusCode)
	}
	if e.Detail == "" && e.Title == "" {
		e.Title = "The server answered " + resp.Status
	}
	if e.CorrelationID == "" {
		e.CorrelationID = resp.Header.Get("X-Correlation-Id")
	}
	e.RetryAfter = retryAfter(resp.Header.Get("Retry-After"), time.Now())
	return e
}

// retryAfter reads seconds or an HTTP date; zero if there is none or it has passed.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(max(seconds, 0)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
