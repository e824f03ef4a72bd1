package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/cli/internal/command"
	"github.com/cardea-auth/cardea/server/config"
)

// Program describes the command line of one program. The zero value is Cardea's own,
// without a version.
type Program struct {
	Version  string       // what 'cardea version' prints
	Types    config.Types // the types that configurations can name; a nil list is Cardea's own
	Hooks    []app.Hook   // Go functions at hook points, in addition to the configured hooks
	Commands []Command    // in addition to Cardea's own

	// Points returns new hook points that the program declares and applies itself. Plugins,
	// expressions and Hooks are bound to them as to Cardea's own. It is called for each
	// catalogue of an engine. nil means none.
	Points func() []hooks.Point
}

// The exit codes, from sysexits.h where it defines one.
const (
	exitFailed = 1
	exitBusy   = 75 // EX_TEMPFAIL: the same start may succeed later
	exitConfig = 78
)

// Main runs the command that the process arguments name, with the standard input and
// output, until it ends or the process receives SIGINT or SIGTERM. It returns the exit
// code: 0; 1 for a failure; 78 for an invalid configuration, whether found by 'cardea
// config check' or 'cardea serve'; 75 if the server's address is in use.
func Main(p Program) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	app.Quiet()
	return p.run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}

// run is Main with its environment passed in, so that tests run what users run.
func (p Program) run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	opened := stdout
	if len(args) == 0 || args[0] != command.CompileCommand { // its output is binary
		stdout, stderr = printable.NewWriter(stdout), printable.NewWriter(stderr)
	}
	if err := p.check(); err != nil {
		return fail(stderr, err)
	}
	cmd := newRoot(p)
	flag := cmd.PersistentFlags().Lookup("config")
	out := command.NewOutput(command.NewPasting(stdout, flag), command.IsClosed(opened))
	stderr = command.NewPasting(stderr, flag)
	cmd.SetArgs(args)
	cmd.SetIn(stdin)
	cmd.SetOut(out)
	cmd.SetErr(stderr)
	ctx = command.WithTypes(ctx, p.Types)
	err := cmd.ExecuteContext(command.WithOwn(ctx, command.Own{Hooks: p.Hooks, Points: p.Points}))
	if err == nil {
		err = out.Err()
	}
	if err != nil {
		return fail(stderr, err)
	}
	return 0
}

// fail prints an error and returns the exit code.
func fail(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "cardea: %s\n", command.Message(err))
	return exitCode(err)
}

func exitCode(err error) int {
	var bad *config.Error
	var unread *command.UnreadError
	if errors.As(err, &bad) || errors.As(err, &unread) {
		return exitConfig
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return exitBusy
	}
	return exitFailed
}
