// Package script drives the built binaries as their users do. Each *.txtar file is
// a script (see github.com/rogpeppe/go-internal/testscript) against one
// installation that all of them share; README.md lists the commands.
package script

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// people are the identities of the scripts: each is a command that runs the CLI as that person.
//
// Acme has the project apollo, where manager, member and viewer have those roles. The others
// have nothing but what registration gave them; limited and locked are there to be refused, careful to have a second factor;
// author is told of nothing but what its own script does.
var people = []string{"admin", "manager", "member", "viewer", "stranger", "attacker", "limited", "locked", "careful", "author"}

func TestMain(m *testing.M) {
	commands := map[string]func(){
		"http": httpCommand, "exits": exitsCommand, "eventually": eventuallyCommand, "receiver": receiverCommand, "sql": sqlCommand, "socket": socketCommand,
		"examples": examplesCommand,
		"anon":     func() { asPerson("anon") },
		"totp":     totpCommand,
		"local":    func() { asPerson("local") }, // the OS user who started stoad
	}
	for _, person := range people {
		commands[person] = func() { asPerson(person) }
	}
	testscript.Main(m, commands)
}

func TestScripts(t *testing.T) {
	if testing.Short() {
		t.Skip("the scripts need a whole installation")
	}
	bin := binaries(t)
	site := start(t, bin)
	deadline, limited := t.Deadline()
	if limited {
		deadline = deadline.Add(-time.Minute) // so that what fails is shown
	}
	params := testscript.Params{
		RequireUniqueNames: true,
		Deadline:           deadline,
		Setup: func(env *testscript.Env) error {
			for name, value := range site.env {
				env.Setenv(name, value)
			}
			env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
			return nil
		},
		Condition: func(name string) (bool, error) { return name == "root" && os.Geteuid() == 0, nil },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"json": jsonCommand, "capture": captureCommand,
		},
	}
	t.Run("together", func(t *testing.T) {
		params.Dir = "."
		testscript.Run(t, params)
	})
	t.Run("alone", func(t *testing.T) { // these change what the others stand on
		alone, err := filepath.Glob("alone/*.txtar")
		must(t, err)
		for _, file := range alone {
			params.Dir, params.Files = "", []string{file}
			t.Run("", func(t *testing.T) { testscript.Run(t, params) })
		}
	})
}

// binaries is the folder of the built programs. Without them there is nothing to test, which CI must not take for success.
func binaries(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("STOA_BIN_DIR")
	if dir == "" {
		dir = "../../bin"
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"stoad", "stoa", "stoa-agent"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%v: run make build first", err)
			}
			t.Skipf("NOTHING IS TESTED: %v (run make build, or set STOA_BIN_DIR)", err)
		}
	}
	return dir
}
