package docs_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stoa-cloud/stoa/docs"
)

func get(t *testing.T, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	docs.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Result()
}

var link = regexp.MustCompile(`href="([^"#]+)(#[^"]*)?"`)

// Every page of the contents is there, and every link of a page leads somewhere.
func TestEveryPageAndLinkLeadsSomewhere(t *testing.T) {
	elsewhere := []string{"/docs/api", "/openapi.yaml", "/"} // served by others
	for _, section := range docs.Contents {
		for _, page := range section.Pages {
			from := "/docs/" + page.Path
			if from == "/docs/api" {
				continue
			}
			w := httptest.NewRecorder()
			docs.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, from, nil))
			if w.Code != http.StatusOK {
				t.Errorf("%s: %d", from, w.Code)
				continue
			}
			for _, found := range link.FindAllStringSubmatch(w.Body.String(), -1) {
				base := httptest.NewRequest(http.MethodGet, from, nil).URL
				to, err := base.Parse(found[1])
				if err != nil || to.Host != base.Host || to.Scheme != base.Scheme || to.Path == "" {
					continue
				}
				ok := false
				for _, other := range elsewhere {
					ok = ok || to.Path == other
				}
				if !ok && get(t, to.Path).StatusCode != http.StatusOK {
					t.Errorf("%s links to %s, which is not there", from, to.Path)
				}
			}
		}
	}
}

func TestNoPageIsEmpty(t *testing.T) {
	for _, section := range docs.Contents {
		for _, page := range section.Pages {
			if page.Path == "api" {
				continue
			}
			w := httptest.NewRecorder()
			docs.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/docs/"+page.Path, nil))
			if _, main, _ := strings.Cut(w.Body.String(), "<main>"); len(main) < 500 {
				t.Errorf("%s has %d bytes", page.Path, len(main))
			}
		}
	}
}
