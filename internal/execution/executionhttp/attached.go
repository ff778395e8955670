package executionhttp

import (
	"slices"
	"time"

	"github.com/stoa-cloud/stoa/internal/execution"
	"github.com/stoa-cloud/stoa/internal/platform/ident"
)

// ExecutionAttachment is one connection of somebody who follows an execution now.
type ExecutionAttachment struct {
	ID     ident.ID  `json:"id" doc:"Of the connection: somebody may have several."`
	UserID ident.ID  `json:"user_id"`
	Name   string    `json:"name,omitempty"`
	Writes bool      `json:"writes" doc:"Whether it may write to the program; else it only watches."`
	Since  time.Time `json:"since"`
	You    bool      `json:"you,omitempty" doc:"It is this very connection. Only in events."`
}

func attachedDTO(all []execution.Attachment) []ExecutionAttachment {
	var out []ExecutionAttachment
	for _, a := range all {
		out = append(out, ExecutionAttachment{ID: a.ID, UserID: a.AccountID, Name: a.Name, Writes: a.Writes, Since: a.Since})
	}
	return out
}

// sameCompany tells whether the same people are attached, under the same names.
func sameCompany(a, b []execution.Attachment) bool {
	return slices.EqualFunc(a, b, func(a, b execution.Attachment) bool { return a.ID == b.ID && a.Name == b.Name })
}
