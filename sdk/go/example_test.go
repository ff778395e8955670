package stoa_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// installation stands in for a real one, so that the examples run anywhere.
func installation() *httptest.Server {
	const ended = `{"id":"0199","status":"completed","exit_code":0,"stdout":"hello\n","ended_at":"2030-01-01T00:00:00Z"}`
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/events"):
			_, _ = io.WriteString(w, "event: output\ndata: {\"attempt\":1,\"stream\":\"stdout\",\"offset\":0,\"data\":\"hello\\n\"}\n\nevent: result\ndata: "+ended+"\n\n")
		case r.Method == http.MethodPost:
			_, _ = io.WriteString(w, ended)
		case strings.HasSuffix(r.URL.Path, "/executions"):
			_, _ = io.WriteString(w, `{"items":[`+ended+`]}`)
		default:
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"code":"not_found","detail":"There is no such execution."}`)
		}
	}))
}

func Example() {
	server := installation()
	defer server.Close()
	client := stoa.New(server.URL, stoa.Token(os.Getenv("STOA_TOKEN")))

	done, err := client.Executions.Run(context.Background(), stoa.ExecutionRequest{Runtime: "python", Source: "print('hello')"}, 0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s: %s", done.Status, done.Stdout)
	// Output: completed: hello
}

func ExampleExecutions_Watch() {
	server := installation()
	defer server.Close()
	client := stoa.New(server.URL)

	for event, err := range client.Executions.Watch(context.Background(), "0199") {
		if err != nil {
			log.Fatal(err)
		}
		switch event.Type {
		case stoa.OutputFrame:
			fmt.Printf("%s: %s", event.Output.Stream, event.Output.Data)
		case stoa.Result:
			fmt.Println(event.Execution.Status)
		}
	}
	// Output:
	// stdout: hello
	// completed
}

func ExampleExecutions_List() {
	server := installation()
	defer server.Close()
	client := stoa.New(server.URL)

	for execution, err := range client.Executions.List(context.Background(), stoa.ExecutionFilter{Owner: "me"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(execution.ID, execution.Status)
	}
	// Output: 0199 completed
}

func ExampleIsNotFound() {
	server := installation()
	defer server.Close()
	client := stoa.New(server.URL)

	_, err := client.Executions.Get(context.Background(), "nothing")
	fmt.Println(stoa.IsNotFound(err), err)
	// Output: true There is no such execution (not_found)
}
