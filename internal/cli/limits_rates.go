package cli

import (
	"iter"
	"strconv"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type limitsRates struct{}

// Run lists the caller's rates.
func (limitsRates) Run(c *call, client *stoa.Client) error {
	return printRates(c, client.Limits.Rates(c.ctx))
}

// printRates shows somebody's rates and what is left of them.
func printRates(c *call, rates iter.Seq2[stoa.Rate, error]) error {
	all, err := stoa.Collect(rates, 0)
	if err != nil {
		return err
	}
	limited := func(show func(stoa.Rate) string) func(stoa.Rate) string {
		return func(r stoa.Rate) string {
			if !r.Limited {
				return ""
			}
			return show(r)
		}
	}
	return printList(c, all, []column[stoa.Rate]{
		{title: "GROUP", value: func(r stoa.Rate) string { return r.Group }},
		{title: "REMAINING", value: func(r stoa.Rate) string {
			if !r.Limited {
				return "unlimited"
			}
			return strconv.FormatInt(r.Remaining, 10) + " of " + strconv.FormatInt(r.Burst, 10)
		}, tint: func(r stoa.Rate) tint {
			if r.Limited && r.Remaining == 0 {
				return bad
			}
			return plain
		}},
		{title: "RATE", value: limited(func(r stoa.Rate) string {
			return strconv.FormatInt(r.Requests, 10) + " in " + inSeconds(r.WindowSeconds)
		})},
		{title: "NEXT IN", value: limited(func(r stoa.Rate) string { return inSeconds(r.RetrySeconds) })},
		{title: "WHOLE IN", value: limited(func(r stoa.Rate) string { return inSeconds(r.ResetSeconds) })},
		{title: "SET FOR", value: rateSetFor},
		{title: "RESET", value: func(r stoa.Rate) string { return moment(r.ResetAt) }},
	})
}

func inSeconds(n int64) string {
	if n == 0 {
		return ""
	}
	return milliseconds(1000 * n)
}

// rateSetFor names the rules that are not the whole installation's.
func rateSetFor(r stoa.Rate) string {
	var own []string
	for _, rule := range r.Rules {
		if rule.Scope != "global" {
			own = append(own, rule.Scope+" ("+rule.Name+" "+strconv.FormatInt(rule.Value, 10)+")")
		}
	}
	if len(own) == 0 {
		return "global"
	}
	return strings.Join(own, ", ")
}
