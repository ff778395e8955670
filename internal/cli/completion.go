package cli

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// completeWord is the hidden command that the scripts call.
const completeWord = "__complete"

var completionScripts = map[string]string{
	"bash": `# To use it: source <(stoa completion bash)
_stoa() {
  local IFS=$'\n'
  COMPREPLY=($(stoa __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _stoa stoa
`,
	"zsh": `#compdef stoa
# To use it: source <(stoa completion zsh)
_stoa() {
  local -a found
  found=("${(@f)$(stoa __complete "${(@)words[2,$CURRENT]}" 2>/dev/null)}")
  if [[ -n "${found[1]}" ]]; then compadd -- "${found[@]}"; else _files; fi
}
compdef _stoa stoa
`,
	"fish": `# To use it: stoa completion fish | source
function __stoa_complete
  set -l words (commandline -opc) (commandline -ct)
  stoa __complete $words[2..-1] 2>/dev/null
end
complete -c stoa -a '(__stoa_complete)'
`,
}

// Run prints a shell's completion script.
func (x *completionCommand) Run(c *call) error {
	return c.printLine(completionScripts[x.Shell])
}
