package executionpistonhttp

import (
	"unicode/utf8"

	"github.com/stoa-cloud/stoa/internal/execution"
)

// endings are the signals that end a run here, whatever the program would do about them.
var endings = []string{"SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGABRT"}

// signals are those that Piston knows, without the real-time ones.
var signals = append([]string{
	"SIGILL", "SIGTRAP", "SIGBUS", "SIGFPE", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGSTKFLT", "SIGCHLD", "SIGCONT",
	"SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
}, endings...)

// exit is how a program that was talked to ended. Status and message are not Piston's, and say what a code does not.
type exit struct {
	Type    string  `json:"type"`
	Stage   string  `json:"stage"`
	Code    *int    `json:"code"`
	Signal  *string `json:"signal"`
	Status  *string `json:"status,omitempty"`
	Message *string `json:"message,omitempty"`
}

func exitOf(d execution.Details) exit {
	s, name := stageOf(d), "run"
	if d.ReasonCode == execution.ReasonCompile {
		name = "compile"
	}
	if d.Status == execution.Cancelled {
		s.Code, s.Signal = nil, new("SIGKILL")
	}
	return exit{"exit", name, s.Code, s.Signal, s.Status, s.Message}
}

// check finds what the API's description would: a socket's messages are read without it.
func (r PistonRequest) check() error {
	switch {
	case r.Language == "":
		return wrong("language is required as a string")
	case r.Version == "":
		return wrong("version is required as a string")
	case len(r.Files) == 0:
		return wrong("files is required as an array")
	case len(r.Files) > 100 || len(r.Args) > 256:
		return wrong("at most 100 files and 256 args can be given")
	}
	for i, f := range r.Files {
		switch f.Encoding {
		case "", "utf8", "base64", "hex":
		default:
			return wrong("files[%d].encoding is none of utf8, base64, hex", i)
		}
	}
	return nil
}

// whole tells how many of the bytes come before a character whose rest is still to come.
func whole(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				return len(b) - n
			}
			break
		}
	}
	return len(b)
}
