package sdk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrNoCompiler says that a build tool is not installed.
var ErrNoCompiler = errors.New("not installed")

// Build compiles the sources in dir into the module out, which is replaced atomically.
// The error contains the compiler's output.
func (l Language) Build(ctx context.Context, dir, out string) error {
	if err := l.Ready(dir); err != nil {
		return err
	}
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	temp, err := os.MkdirTemp("", "cardea-build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	if err := os.WriteFile(filepath.Join(temp, "cardea_hook.h"), Header(), 0o644); err != nil {
		return err
	}
	draft := filepath.Join(temp, filepath.Base(out))
	if err := l.compile(ctx, dir, draft, temp); err != nil {
		return err
	}
	return publish(draft, out)
}

// Ready returns an error that lists what a build of the sources in dir lacks, and how to
// install it.
func (l Language) Ready(dir string) error {
	var missing []string
	cure := l.Missing
	for _, tool := range l.Tools {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, tool)
		}
	}
	if len(missing) == 0 && l.part != "" && l.lacks(dir) {
		missing, cure = []string{l.part}, l.partMissing
	}
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("%s: %w: %s", strings.Join(missing, ", "), ErrNoCompiler, cure)
}

func (l Language) compile(ctx context.Context, dir, draft, include string) error {
	args, env := l.plan(dir, draft, include)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(string(text)))
	}
	if l.artifact == "" {
		return nil
	}
	made := matches(include, l.artifact)
	if len(made) != 1 {
		return fmt.Errorf("%s created %d modules, must be 1", args[0], len(made))
	}
	return os.Rename(made[0], draft)
}

// publish moves the module into place with a rename, since a server may be watching it.
func publish(draft, out string) error {
	text, err := os.ReadFile(draft)
	if err != nil {
		return err
	}
	next := out + ".new"
	if err := os.WriteFile(next, text, 0o644); err != nil {
		return err
	}
	return os.Rename(next, out)
}
