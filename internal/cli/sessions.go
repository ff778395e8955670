package cli

type sessionsCommand struct {
	List   sessionsList   `cmd:"" default:"withargs" help:"List where you are signed in by browser or password."`
	Revoke sessionsRevoke `cmd:"" help:"End sign-ins at once."`
}
