package httpx

import (
	"context"
	"io"
	"net/http"

	"github.com/stoa-cloud/stoa/internal/platform/command"
)

// exchange is one request and its answer: the ResponseWriter that handlers see,
// and what the edge knows. One allocation carries all of it.
type exchange struct {
	http.ResponseWriter
	server  *Server
	inner   *http.Request // the request as the mux sees it; its Pattern is set by the mux
	request command.Request
	secure  bool
	status  int
	problem bool // a problem of ours is being written
	swallow bool // the mux's own text for 404 and 405 was replaced by a problem

	// Of answers that last: whose they are, and what was said of that the last time.
	credential *Credential
	again      *answer
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// IsSecure tells whether the browser reached us over TLS, directly or through a
// trusted proxy. Cookies are then marked Secure.
func IsSecure(ctx context.Context) bool {
	x := exchangeOf(ctx)
	return x != nil && x.secure
}

// Unwrap lets http.ResponseController reach deadlines and flushing.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// WriteHeader notes the status, and replaces what the mux says about unknown paths.
func (x *exchange) WriteHeader(status int) {
	if x.status != 0 {
		return
	}
	if status < 200 { // 103 and its like precede the answer
		x.ResponseWriter.WriteHeader(status)
		return
	}
	unmatched := x.inner.Pattern == "" && (status == http.StatusNotFound || status == http.StatusMethodNotAllowed)
	if unmatched && !x.problem {
		x.server.writeProblem(x, x.inner, statusProblem(status, ""))
		x.swallow = true
		return
	}
	x.status = status
	x.ResponseWriter.WriteHeader(status)
}

func (x *exchange) Write(b []byte) (int, error) {
	if x.swallow {
		return len(b), nil
	}
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	return x.ResponseWriter.Write(b)
}

// ReadFrom keeps sendfile for static files.
func (x *exchange) ReadFrom(r io.Reader) (int64, error) {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	if from, ok := x.ResponseWriter.(io.ReaderFrom); ok && !x.swallow {
		return from.ReadFrom(r)
	}
	return io.Copy(struct{ io.Writer }{x}, r)
}

// Flush serves those who assert http.Flusher instead of using a ResponseController.
func (x *exchange) Flush() {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	_ = http.NewResponseController(x.ResponseWriter).Flush()
}
