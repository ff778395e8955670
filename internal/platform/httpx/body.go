package httpx

import (
	"context"
	"io"
	"net/http"
	"time"
)

// Body is the body of the request that an operation made by Streams answers, and its size in bytes: negative when it
// is not known before the end. Every read may take as long as the whole body of another operation; none is bounded
// in what it gives, so the caller is.
func Body(ctx context.Context) (content io.Reader, size int64) {
	x := exchangeOf(ctx)
	if x == nil {
		return http.NoBody, 0
	}
	return &patient{body: x.inner.Body, control: http.NewResponseController(x)}, x.inner.ContentLength
}

// patient reads a body as long as something comes.
type patient struct {
	body    io.Reader
	control *http.ResponseController
}

func (p *patient) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(time.Now().Add(bodyTimeout)) // where it cannot be set, there is none
	n, err := p.body.Read(b)
	if err != nil {
		_ = p.control.SetReadDeadline(time.Time{}) // the connection goes on
	}
	return n, err
}
