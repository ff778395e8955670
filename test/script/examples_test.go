package script

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
)

// examplesCommand is "examples WHO LANGUAGE…": runs every example of the languages in the newest runtime that accepts it, and
// wants it to print what it says. It prints the names of those that ran, and of the others what they need.
func examplesCommand() {
	who := os.Args[1]
	ask := func(method, path, body string, into any) {
		req := newRequest(method, path, body)
		req.Header.Set("Prefer", "wait=30")
		authenticate(req, who, false)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			die(err)
		}
		defer func() { _ = resp.Body.Close() }()
		if err := json.NewDecoder(resp.Body).Decode(into); err != nil || resp.StatusCode >= 300 {
			die(fmt.Errorf("%s %s: %s (%w)", method, path, resp.Status, err))
		}
	}
	var list struct {
		Items []struct {
			Name, Language, Source, Output, Needs string
			RunsOn                                []string `json:"runs_on"`
		}
	}
	ask(http.MethodGet, "/runtimes/examples", "", &list)
	for _, e := range list.Items {
		if !slices.Contains(os.Args[2:], e.Language) {
			continue
		}
		if len(e.RunsOn) == 0 {
			fmt.Println(e.Name, "needs", e.Needs)
			continue
		}
		body, err := json.Marshal(map[string]string{"runtime": e.RunsOn[0], "source": e.Source})
		if err != nil {
			die(err)
		}
		var run struct{ ID, Status, Stdout, Stderr string }
		ask(http.MethodPost, "/executions", string(body), &run)
		for run.Status == "queued" || run.Status == "scheduled" || run.Status == "running" {
			ask(http.MethodGet, "/executions/"+run.ID, "", &run)
		}
		if run.Status != "completed" || run.Stdout != e.Output {
			die(fmt.Errorf("%s on %s: %s, printed %q and %q, want %q", e.Name, e.RunsOn[0], run.Status, run.Stdout, run.Stderr, e.Output))
		}
		fmt.Println(e.Name, "ran on", e.RunsOn[0])
	}
}
