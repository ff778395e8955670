package cli

import (
	"context"
	"iter"
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type membersCommand struct {
	List   membersList   `cmd:"" default:"withargs" help:"List the members."`
	Set    membersSet    `cmd:"" help:"Give somebody a role, or another one."`
	Remove membersRemove `cmd:"" help:"Take somebody's role away."`
	Limits membersLimits `cmd:"" help:"What applies to a member of an organization, and limits of their own in it: show, set, reset."`
	Rates  membersRates  `cmd:"" help:"List what is left of a member's request rates in an organization."`
	Invite membersInvite `cmd:"" help:"Make a link with which somebody registers and joins an organization."`
}

// memberScope says whose members are meant: an organization's, or the project's that is worked in.
type memberScope struct {
	Organization string `name:"organization" placeholder:"ORGANIZATION" help:"Members of this organization (id, slug or name) instead of the project."`
}

// memberList is the members of one organization or project.
type memberList struct {
	all    func(context.Context, string) iter.Seq2[stoa.Member, error]
	set    func(ctx context.Context, id, user, role string) error
	remove func(ctx context.Context, id, user string) error
	id     string
	kind   string // "organization" or "project": the first half of a role
}

// roleIn completes "member" to "project.member".
func roleIn(kind, word string) string {
	if strings.Contains(word, ".") {
		return word
	}
	return kind + "." + word
}

func (s memberScope) open(c *call, client *stoa.Client) (*memberList, error) {
	if s.Organization != "" {
		id, err := c.organization(client, s.Organization)
		o := client.Organizations
		return &memberList{o.Members, o.SetMember, o.RemoveMember, id, "organization"}, err
	}
	id, err := c.projectOrDefault(client)
	p := client.Projects
	return &memberList{p.Members, p.SetMember, p.RemoveMember, id, "project"}, err
}

// user finds somebody by id or e-mail address: in this list, or in the organizations that the caller can read.
func (m *memberList) user(c *call, client *stoa.Client, wanted string) (string, error) {
	if isID(wanted) {
		return wanted, nil
	}
	me, err := client.Me.Get(c.ctx)
	if err != nil {
		return "", err
	}
	lists := []iter.Seq2[stoa.Member, error]{m.all(c.ctx, m.id)}
	for _, o := range me.Organizations {
		lists = append(lists, client.Organizations.Members(c.ctx, o.ID))
	}
	for _, list := range lists {
		for member, err := range list {
			if err != nil {
				break // not ours to read: the next may be
			}
			if strings.EqualFold(member.Email, wanted) {
				return member.UserID, nil
			}
		}
	}
	return "", usagef("nobody that you can see has the address %s; use the id, or invite them", wanted)
}
