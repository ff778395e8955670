package cli

import (
	"fmt"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type queueCommand struct {
	List  queueList  `cmd:"" default:"withargs" help:"List what waits, in the order of the queue, and why."`
	Stats queueStats `cmd:"" help:"Count what waits by priority and user."`
}

// overFlags say of what somebody looks over several projects.
type overFlags struct {
	Organization string `name:"organization" placeholder:"ORGANIZATION" help:"Only of this organization (id, slug or name). Who does not run the installation names one that they run."`
	User         string `name:"user" placeholder:"USER" help:"Only of this user: id or e-mail address."`
	Priority     string `name:"priority" enum:",critical,high,normal,low,background" default:"" placeholder:"WORD" help:"Only of this priority: critical, high, normal, low or background."`
}

// filter finds the ids of what was named.
func (o overFlags) filter(c *call, client *stoa.Client) (f stoa.OverFilter, err error) {
	f = stoa.OverFilter{Priority: o.Priority, UserID: o.User}
	if o.Organization != "" {
		if f.OrganizationID, err = c.organization(client, o.Organization); err != nil {
			return f, err
		}
	}
	switch {
	case o.User == "" || isID(o.User):
	case f.OrganizationID == "":
		f.UserID, err = whichUser{o.User}.id(c, client)
	default:
		f.UserID, err = memberCalled(c, client, f.OrganizationID, o.User)
	}
	return f, err
}

// memberCalled finds a member of an organization by the e-mail address.
func memberCalled(c *call, client *stoa.Client, organization, address string) (string, error) {
	if isID(address) {
		return address, nil
	}
	for member, err := range client.Organizations.Members(c.ctx, organization) {
		if err != nil {
			return "", err
		}
		if strings.EqualFold(member.Email, address) {
			return member.UserID, nil
		}
	}
	return "", usagef("nobody in the organization has the address %s; use the id", address)
}

var waitingColumns = []column[stoa.Execution]{
	{title: "POSITION", value: func(e stoa.Execution) string { return fmt.Sprint(e.QueuePosition) }},
	{title: "ID", value: func(e stoa.Execution) string { return e.ID }},
	{title: "PRIORITY", value: func(e stoa.Execution) string { return e.Priority }},
	{title: "RUNTIME", value: func(e stoa.Execution) string { return e.Runtime }},
	{title: "OWNER", value: func(e stoa.Execution) string { return firstOf(e.OwnerName, e.OwnerID) }},
	{title: "PROJECT", value: func(e stoa.Execution) string { return firstOf(e.ProjectName, e.ProjectID) }},
	{title: "AGE", value: func(e stoa.Execution) string { return ago(&e.CreatedAt) }},
	{title: "WHY", value: func(e stoa.Execution) string { return e.QueueExplanation }},
}

func firstOf(name, id string) string {
	if name != "" {
		return name
	}
	return id
}

type queueList struct {
	overFlags
	Limit int `name:"limit" short:"n" default:"50" help:"Show at most this many; 0 shows all."`
	watchFlag
}

// Run lists what waits.
func (l *queueList) Run(c *call, client *stoa.Client) error {
	filter, err := l.filter(c, client)
	if err != nil {
		return err
	}
	if l.Limit > 0 {
		filter.PageSize = min(l.Limit, 200)
	}
	return showList(c, l.watchFlag, func() ([]stoa.Execution, error) {
		return stoa.Collect(client.Executions.Waiting(c.ctx, filter), l.Limit)
	}, waitingColumns)
}

type queueStats struct{ overFlags }

// Run counts what waits.
func (s *queueStats) Run(c *call, client *stoa.Client) error {
	filter, err := s.filter(c, client)
	if err != nil {
		return err
	}
	filter.PageSize = 1
	queue, err := client.Executions.WaitingQueue(c.ctx, filter)
	if err != nil {
		return err
	}
	if c.Output != "table" {
		queue.Items, queue.NextCursor = []stoa.Execution{}, ""
		return c.printData(queue)
	}
	if queue.Queued == 0 {
		c.say("Nothing waits.")
		return nil
	}
	c.say("%d wait, the first of them for %s.", queue.Queued, firstOf(ago(queue.Oldest), "0s"))
	for _, priority := range []string{"critical", "high", "normal", "low", "background"} {
		if n := queue.ByPriority[priority]; n > 0 {
			c.say("%s: %d", priority, n)
		}
	}
	return printList(c, queue.ByUser, []column[stoa.WaitingUser]{
		{title: "OWNER", value: func(u stoa.WaitingUser) string { return firstOf(u.Name, u.UserID) }},
		{title: "QUEUED", value: func(u stoa.WaitingUser) string { return fmt.Sprint(u.Queued) }},
		{title: "OLDEST", value: func(u stoa.WaitingUser) string { return ago(&u.Oldest) }},
	})
}
