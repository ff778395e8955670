package cli

type invitationsCommand struct {
	List   invitationsList   `cmd:"" default:"withargs" help:"List an organization's invitations that nobody has accepted yet."`
	Revoke invitationsRevoke `cmd:"" help:"Make the links of invitations worthless."`
	Accept invitationsAccept `cmd:"" help:"Join an organization by the link that you were given."`
}
