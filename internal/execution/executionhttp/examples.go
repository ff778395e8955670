package executionhttp

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/httpx"
)

// ScriptExample is a program that shows what a language accepts from some version on.
type ScriptExample struct {
	Name     string   `json:"name" example:"python/3.10-match"`
	Language string   `json:"language" example:"python" doc:"The runtime's name."`
	Since    string   `json:"since" example:"3.10" doc:"The first version that accepts it."`
	Title    string   `json:"title" doc:"What it shows."`
	Source   string   `json:"source"`
	Output   string   `json:"output" doc:"What it prints."`
	RunsOn   []string `json:"runs_on" doc:"Runtimes that nodes have now and that accept it, the newest first."`
	Needs    string   `json:"needs,omitempty" doc:"What is missing, when nothing here runs it." example:"python 3.14 or newer; the newest here is 3.11.7"`
}

// registerExamples puts the examples on the API.
func registerExamples(api huma.API, h handlers) {
	op := httpx.Operation("runtime.examples", http.MethodGet, "/api/v1/runtimes/examples", "List programs that show what newer versions accept", "Runtimes")
	huma.Register(api, op, func(ctx context.Context, in *struct {
		Language string `query:"language" maxLength:"31" example:"python" doc:"Only of this runtime's name."`
	},
	) (*httpx.List[ScriptExample], error) {
		all, err := h.slice.Examples(ctx, execution.ListExamples{Language: in.Language})
		if err != nil {
			return nil, err
		}
		return httpx.Listed(all, func(e execution.Example) ScriptExample {
			return ScriptExample{
				Name: e.Name, Language: e.Language, Since: e.Since, Title: e.Title, Source: e.Source, Output: e.Output,
				RunsOn: append([]string{}, e.RunsOn...), Needs: e.Needs,
			}
		}), nil
	})
}
