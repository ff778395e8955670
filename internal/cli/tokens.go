package cli

type tokensCommand struct {
	List   tokensList   `cmd:"" default:"withargs" help:"List your tokens."`
	Create tokensCreate `cmd:"" help:"Create a token; its secret is shown once."`
	Revoke tokensRevoke `cmd:"" help:"Revoke tokens at once."`
}
