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

// Program is what one program's command line is made of. The zero value is the
// standard one, without a version.
type Program struct {
	Version  string       // what 'cardea version' prints
	Types    config.Types // what configurations can name by a type; a list that is nil is Cardea's own
	Hooks    []app.Hook   // Go functions at hook points, beside the hooks of the configuration
	Commands []Command    // beside Cardea's own

	// Points makes the hook points that the program declares and applies itself: plugins,
	// expressions and Hooks are bound to them as to Cardea's. It is called for each
	// catalogue of an engine. nil makes none.
	Points func() []hooks.Point
}

// The exit codes, after sysexits.h where it has one.
const (
	exitFailed = 1
	exitBusy   = 75 // EX_TEMPFAIL: the same start may work later
	exitConfig = 78
)

// Main runs the command that the arguments of the process name, with its standard
// input and output, until it ends or the process is told to stop by SIGINT or SIGTERM.
// It returns the exit code: 0, 1 for a failure, 78 for a configuration that is wrong,
// whichever of 'cardea config check' and 'cardea serve' finds it, and 75 for a start at an
// address that is in use.
func Main(p Program) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	app.Quiet()
	return p.run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}

// run is the whole program with its surroundings passed in, so that tests run
// what users run.
func (p Program) run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 || args[0] != command.CompileCommand { // that one answers in bytes
		stdout, stderr = printable.NewWriter(stdout), printable.NewWriter(stderr)
	}
	if err := p.check(); err != nil {
		return fail(stderr, err)
	}
	cmd := newRoot(p)
	cmd.SetArgs(args)
	cmd.SetIn(stdin)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	ctx = command.WithTypes(ctx, p.Types)
	if err := cmd.ExecuteContext(command.WithOwn(ctx, command.Own{Hooks: p.Hooks, Points: p.Points})); err != nil {
		return fail(stderr, err)
	}
	return 0
}

// fail says why, and returns the exit code.
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
