package cli

import (
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

// greet says once, on entering, who else is attached.
func (f *follower) greet(e *stoa.Execution) {
	if f.greeted {
		return
	}
	f.greeted = true
	var others []stoa.ExecutionAttachment
	for _, a := range e.Attached {
		if !a.You {
			others = append(others, a)
		}
	}
	if len(others) == 0 {
		return
	}
	end := ""
	if f.raw { // the terminal does not return by itself
		end = "\r"
	}
	f.c.say("stoa: also attached: %s%s", company(others), end)
}

// company names everybody once, the longest there first: “Ada (writes, since 12:03), Ben (watches, since 12:10)”.
func company(all []stoa.ExecutionAttachment) string {
	var people []stoa.ExecutionAttachment
	at := map[string]int{}
	for _, a := range all {
		i, known := at[a.UserID]
		if !known {
			at[a.UserID] = len(people)
			people = append(people, a)
			continue
		}
		people[i].Writes = people[i].Writes || a.Writes
	}
	words := make([]string, len(people))
	for i, p := range people {
		name, does := printable(p.Name), "watches"
		if name == "" {
			name = p.UserID
		}
		if p.Writes {
			does = "writes"
		}
		words[i] = name + " (" + does + ", since " + p.Since.Local().Format("15:04") + ")"
	}
	return strings.Join(words, ", ")
}
