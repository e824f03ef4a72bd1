package plugincmd

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

// watchEvery is how often a plugin's files are checked for changes.
const watchEvery = 300 * time.Millisecond

// watchTests runs the tests now and whenever a file changes, until ctx ends.
func watchTests(cmd *cobra.Command, args []string, f testFlags) error {
	p, err := openProject(pathArg(args), command.Points(cmd)...)
	if err != nil {
		return err
	}
	err = watch(cmd.Context(), p, func() {
		out := cmd.OutOrStdout()
		if err := runTests(cmd, args, f); err != nil {
			fmt.Fprintln(out, err)
		}
		fmt.Fprintln(out, "-- watching; stop with Ctrl-C --")
	})
	if cmd.Context().Err() != nil {
		return nil // the usual end
	}
	return err
}

// watch calls fn immediately and after every change of a project's own files, until ctx
// ends.
func watch(ctx context.Context, p project, fn func()) error {
	for {
		before, err := p.stamp()
		if err != nil {
			return err
		}
		fn()
		if err := p.changed(ctx, before); err != nil {
			return err
		}
	}
}

// changed waits until the project's files differ from before, or ctx ends.
func (p project) changed(ctx context.Context, before string) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if now, err := p.stamp(); err != nil || now != before {
			return err
		}
	}
}

// stamp identifies the state of the sources, manifest and vectors. It ignores build output.
func (p project) stamp() (string, error) {
	var b strings.Builder
	err := filepath.WalkDir(p.dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if file != p.dir && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "target" || name == "cardea-data") {
				return filepath.SkipDir
			}
			return nil
		}
		if p.language != nil && (strings.HasSuffix(name, ".wasm") || strings.HasSuffix(name, ".new")) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil // deleted since the directory was read: the next check sees it
		}
		fmt.Fprintf(&b, "%s %d %d\n", file, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	return b.String(), err
}
