package cli

import (
	"strconv"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type scriptsCommand struct {
	List     scriptsList     `cmd:"" default:"withargs" help:"List the scripts of the project that you see."`
	Show     scriptsShow     `cmd:"" help:"Print a script's source."`
	Save     scriptsSave     `cmd:"" help:"Save a file as a new script, or as a new version of one."`
	Versions scriptsVersions `cmd:"" help:"List a script's versions."`
	Examples scriptsExamples `cmd:"" help:"List programs that show what newer versions of languages accept, or print one."`
	Update   scriptsUpdate   `cmd:"" help:"Rename, describe, share or unshare a script."`
	Delete   scriptsDelete   `cmd:"" aliases:"rm" help:"Delete scripts with all their versions."`
}

var scriptColumns = []column[stoa.Script]{
	{title: "NAME", value: func(s stoa.Script) string { return s.Name }},
	{title: "VERSION", value: func(s stoa.Script) string { return strconv.FormatInt(s.Latest, 10) }},
	{title: "SEEN BY", value: func(s stoa.Script) string {
		if s.Shared {
			return "the project"
		}
		return "you"
	}},
	{title: "SAVED", value: func(s stoa.Script) string { return ago(&s.UpdatedAt) }},
	{title: "DESCRIPTION", value: func(s stoa.Script) string { return s.Description }},
}
