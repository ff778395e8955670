package cli

type identitiesCommand struct {
	List   identitiesList   `cmd:"" default:"withargs" help:"List the issuers that you can sign in through; they are linked in the console."`
	Unlink identitiesUnlink `cmd:"" help:"End such links, and the sign-ins and memberships that they gave."`
}
