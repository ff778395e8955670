package cli

type passkeysCommand struct {
	List   passkeysList   `cmd:"" default:"withargs" help:"List your passkeys; they are added in the console."`
	Remove passkeysRemove `cmd:"" help:"Remove passkeys: they sign nobody in any more."`
}
