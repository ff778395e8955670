package cli

import (
	"encoding/json"
	"strconv"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type limitsCommand struct {
	List  limitsList  `cmd:"" default:"withargs" help:"List settings and limits with the value that applies, and whose it is."`
	Set   limitsSet   `cmd:"" help:"Set a value for a scope."`
	Reset limitsReset `cmd:"" help:"Take a scope's value away, so that the next scope's applies."`
	Rates limitsRates `cmd:"" help:"List your request rates, and what is left of them."`
}

// limitScope says for whom.
type limitScope struct {
	Scope   string `name:"scope" enum:"global,organization,unit,project,member,user" default:"global" help:"For whom: global, organization, unit, project, member (a user within one organization) or user."`
	ScopeID string `name:"scope-id" placeholder:"ID" help:"Which organization, unit, project or user; for a project, the one that is worked in if left out."`
	Within  string `name:"organization" placeholder:"ORGANIZATION" help:"Of a member: the organization (id, slug or name)."`
}

func (s limitScope) resolve(c *call, client *stoa.Client) (stoa.LimitTarget, error) {
	scope := stoa.LimitTarget{Kind: s.Scope, ID: s.ScopeID}
	if scope.Kind == "project" && scope.ID == "" {
		var err error
		if scope.ID, err = c.project(client); err != nil {
			return scope, err
		}
	}
	if scope.Kind != "global" && scope.ID == "" {
		return scope, usagef("say which %s with --scope-id", scope.Kind)
	}
	if (scope.Kind == "member") != (s.Within != "") {
		return scope, usagef("--organization is for --scope member, which needs it")
	}
	var err error
	if s.Within != "" {
		scope.OrganizationID, err = c.organization(client, s.Within)
	}
	return scope, err
}

// limitUsed is how much is used now; nothing where nobody counts.
func limitUsed(l stoa.Limit) string {
	if l.Used == nil {
		return ""
	}
	l.Value = json.RawMessage(strconv.FormatInt(*l.Used, 10))
	return limitValue(l)
}

// limitValue writes a value for people, in the unit of its definition.
func limitValue(l stoa.Limit) string {
	text := rawText(l.Value)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return printable(text)
	}
	switch l.Unit {
	case "bytes":
		return byteCount(n)
	case "ms":
		return milliseconds(n)
	case "0 or 1":
		return map[bool]string{true: "yes", false: "no"}[n != 0]
	}
	return strings.TrimSpace(text + " " + l.Unit)
}

// rawText is a JSON value without the quotes of a string.
func rawText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// rawValue is what was typed, as JSON: a number if it is one, else a string.
func rawValue(typed string) json.RawMessage {
	if n, err := strconv.ParseInt(typed, 10, 64); err == nil {
		return json.RawMessage(strconv.FormatInt(n, 10))
	}
	raw, _ := json.Marshal(typed) //nolint:errchkjson // a string always has a JSON form
	return raw
}
