package compile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// Child returns a [Process] that starts a program for each module, without an
// environment. The program calls [Main] with its standard input and output.
func Child(path string, args ...string) Process {
	return func(ctx context.Context, job []byte) ([]byte, error) { return runChild(ctx, job, nil, path, args) }
}

// childVariable is set in the environment of a process that was started to compile.
const childVariable = "CARDEA_COMPILE_PLUGIN"

// Self returns a [Process] that starts the running program again. In a process that was
// started to compile, Self compiles and does not return.
func Self(host Host) Process {
	if os.Getenv(childVariable) != "" {
		os.Exit(serve(host))
	}
	return func(ctx context.Context, job []byte) ([]byte, error) {
		path, err := os.Executable()
		if err != nil {
			return nil, err
		}
		return runChild(ctx, job, []string{childVariable + "=1"}, path, nil)
	}
}

func serve(host Host) (exit int) {
	if err := Main(context.Background(), os.Stdin, os.Stdout, host); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// runChild starts a process, sends it a job and returns its answer.
func runChild(ctx context.Context, job []byte, env []string, path string, args []string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append([]string{"GODEBUG=" + os.Getenv("GODEBUG")}, env...)
	cmd.Stdin = bytes.NewReader(job)
	var said, complaint bounded
	cmd.Stdout, cmd.Stderr = &said, &complaint
	cmd.WaitDelay = 2 * time.Second
	isolate(cmd)
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("stopped: %w", ctx.Err())
	case err != nil && exhausted(cmd.ProcessState, complaint.String()):
		return nil, errExhausted
	case err != nil:
		return nil, fmt.Errorf("the compiling process: %w: %.500q", err, complaint.String())
	}
	return said.Bytes(), nil
}

var errExhausted = errors.New("its compilation exceeds the limit on time or memory: split its large functions")

// bounded keeps the first 64 KiB of a process's output.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, 64<<10-b.Len()))])
	return len(p), nil
}
