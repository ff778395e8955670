package boot

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A server that is to stop ends streams at once, and other requests when they are late.
func TestRequestsEndWithTheServer(t *testing.T) {
	for path, stream := range map[string]bool{"/api/v1/executions/x/events": true, "/api/judge0/submissions?wait=true": false} {
		ending, end := context.WithCancel(t.Context())
		late, tooLate := context.WithCancel(t.Context())
		entered, left := make(chan struct{}), make(chan struct{})
		handler := endingWith(ending, late, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(entered)
			<-r.Context().Done()
		}))
		go func() {
			defer close(left)
			handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, path, nil))
		}()
		<-entered
		end()
		if stream {
			<-left
		}
		select {
		case <-left:
			if !stream {
				t.Errorf("%s ended before it was late", path)
			}
		default:
		}
		tooLate()
		<-left
	}
}
