package cli

import (
	"strings"

	stoa "github.com/stoa-cloud/stoa/sdk/go"
)

type usersCommand struct {
	List   usersList   `cmd:"" default:"withargs" help:"List people."`
	Get    usersGet    `cmd:"" help:"Show one person: what they ran, where they belong, how they come in."`
	Create usersCreate `cmd:"" help:"Make an account, and the link with which its password is set."`
	Set    usersSet    `cmd:"" help:"Correct somebody's name or address, make them an operator or not, or write a note."`
	Limits usersLimits `cmd:"" help:"List settings and limits as they apply to somebody; set or reset their own."`
	Rates  usersRates  `cmd:"" help:"List what is left of somebody's request rates; make them whole again."`
	Lock   usersLock   `cmd:"" help:"End somebody's sessions, and refuse their tokens and password."`
	Unlock usersUnlock `cmd:"" help:"Let somebody in again, also after too many wrong passwords."`
	Reset  usersReset  `cmd:"" name:"reset-password" help:"Take somebody's password away, and make a link for another."`
	Delete usersDelete `cmd:"" help:"Forget somebody."`
}

// whichUser names one person.
type whichUser struct {
	User string `arg:"" help:"The user: id or e-mail address."`
}

func (w whichUser) id(c *call, client *stoa.Client) (string, error) {
	if isID(w.User) {
		return w.User, nil
	}
	var found []string
	for u, err := range client.Users.List(c.ctx, stoa.UserFilter{Find: w.User}) {
		if err != nil {
			return "", err
		}
		if strings.EqualFold(u.Email, w.User) {
			found = append(found, u.ID)
		}
	}
	return only(found, "user", w.User)
}

var userColumns = []column[stoa.ManagedUser]{
	{title: "ID", value: func(u stoa.ManagedUser) string { return u.ID }},
	{title: "EMAIL", value: func(u stoa.ManagedUser) string { return u.Email }},
	{title: "NAME", value: func(u stoa.ManagedUser) string { return u.Name }},
	{title: "STATUS", value: func(u stoa.ManagedUser) string { return u.Status }, tint: func(u stoa.ManagedUser) tint {
		return map[string]tint{"active": good, "invited": busy, "locked": bad}[u.Status]
	}},
	{title: "ROLES", value: func(u stoa.ManagedUser) string { return strings.Join(u.PlatformRoles, ",") }},
	{title: "SIGNED IN", value: func(u stoa.ManagedUser) string { return moment(u.LastSignInAt) }},
}

// printPasswordLink shows the link, which nobody can show again.
func printPasswordLink(c *call, client *stoa.Client, made *stoa.PasswordLink) error {
	if c.Output != "table" {
		return c.printData(made)
	}
	c.say("Give this link to %s. It works once, until %s, and is shown only now.", printable(made.User.Email), moment(&made.ExpiresAt))
	return c.printLink(client, made.Link)
}
