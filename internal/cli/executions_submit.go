package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type executionsSubmit struct {
	File string `arg:"" placeholder:"FILE" help:"Runs as the API takes them, in JSON: a list, or one object after the other. - is standard input."`
}

// Run submits runs in one request, each for itself, and waits for none.
func (s *executionsSubmit) Run(c *call, client *stoa.Client) error {
	text, err := c.readText(s.File)
	if err != nil {
		return err
	}
	batch, err := readBatch(text)
	if err != nil {
		return usagef("%s: %v", s.File, err)
	}
	project, err := c.project(client)
	if err != nil {
		return err
	}
	for i := range batch {
		if batch[i].ProjectID == "" {
			batch[i].ProjectID = project
		}
	}
	answers, err := client.Executions.SubmitBatch(c.ctx, batch)
	if err != nil {
		return err
	}
	err = printList(c, answers, []column[stoa.BatchItem]{
		{title: "ID", value: func(a stoa.BatchItem) string { return acceptedAs(a).ID }},
		{title: "STATUS", value: func(a stoa.BatchItem) string {
			if a.Problem != nil {
				return "refused"
			}
			return acceptedAs(a).Status
		}, tint: func(a stoa.BatchItem) tint {
			if a.Problem != nil {
				return bad
			}
			return plain
		}},
		{title: "RUNTIME", value: func(a stoa.BatchItem) string { return acceptedAs(a).Runtime }},
		{title: "REASON", value: func(a stoa.BatchItem) string {
			if a.Problem != nil {
				return a.Problem.Detail
			}
			return ""
		}},
	})
	for _, a := range answers {
		if a.Problem != nil && err == nil {
			err = exit{exitRefused}
		}
	}
	return err
}

func acceptedAs(a stoa.BatchItem) stoa.Execution {
	if a.Execution == nil {
		return stoa.Execution{}
	}
	return *a.Execution
}

// readBatch reads a list of requests, or requests one after the other. A word that no request has is refused, for it is a
// mistyped one.
func readBatch(text string) ([]stoa.ExecutionRequest, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	var all []stoa.ExecutionRequest
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		if err := decoder.Decode(&all); err != nil {
			return nil, err
		}
		if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
			return nil, errors.New("something follows the list")
		}
	} else {
		for {
			var one stoa.ExecutionRequest
			err := decoder.Decode(&one)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("run %d: %w", len(all)+1, err)
			}
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("it holds no runs")
	}
	return all, nil
}
