package cli

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

// TestMain puts the program into the path as "cardea", for scripts and for tests that
// start it.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == command.CompileCommand {
		main() // this binary was started as cardea starts itself
	}
	testscript.Main(m, map[string]func(){"cardea": main})
}

func main() { os.Exit(Main(Program{Version: "dev"})) }

// TestScripts runs the scripts in testdata/script, which check output and exit codes of
// commands.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Vars = append(env.Vars, "HOME="+env.WorkDir)
			return nil
		},
	})
}
