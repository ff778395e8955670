package cli

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type nodesEnroll struct {
	Name string        `arg:"" optional:"" help:"The node's name; the machine's own if left out."`
	For  time.Duration `name:"for" placeholder:"DURATION" help:"How long the token can be used."`
}

// Run prints what to start on the other machine. The token is shown this once.
func (e *nodesEnroll) Run(c *call, client *stoa.Client) error {
	enrollment, err := client.Nodes.Enroll(c.ctx, stoa.NodeEnrollRequest{Name: e.Name, TTLSeconds: int64(e.For.Seconds())})
	if err != nil {
		return err
	}
	if c.Output != "table" {
		return c.printData(enrollment)
	}
	if to := joins(enrollment.Command); to != nil {
		if loopback(to.Hostname()) {
			c.say("stoa: only this machine reaches %s; for another one start Stoa with --listen and an address that it reaches", to.Host)
		}
		c.say("If stoa-agent is not there yet: curl -fo /usr/local/bin/stoa-agent %s && chmod +x /usr/local/bin/stoa-agent", to.JoinPath("download", "stoa-agent"))
	}
	c.say("Start this on the machine that joins, once, before %s:", moment(&enrollment.ExpiresAt))
	return c.printLine(enrollment.Command)
}

// joins is where a joining command leads; nil if it does not say.
func joins(command string) *url.URL {
	words := strings.Fields(command)
	at := slices.Index(words, "--join") + 1
	if at == 0 || at == len(words) {
		return nil
	}
	to, err := url.Parse(words[at])
	if err != nil {
		return nil
	}
	return to
}

// loopback tells whether a host is the machine itself.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
