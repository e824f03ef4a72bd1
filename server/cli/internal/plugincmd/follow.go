package plugincmd

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/cardea-auth/cardea/core/files"
	"github.com/cardea-auth/cardea/plugins"
)

// Start watches the plugin in the background; stop ends that and closes the record.
func (g *DevPlugin) Start(cmd *cobra.Command) (stop func()) {
	if g.DevPlugin == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		g.follow(ctx, cmd)
	}()
	return func() {
		cancel()
		<-done
		if g.record != nil {
			g.record.Close()
		}
	}
}

// follow rebuilds the plugin whenever its sources change, until ctx ends. The server
// notices the new module by itself.
func (g *DevPlugin) follow(ctx context.Context, cmd *cobra.Command) {
	if g.project.language == nil {
		return
	}
	first := true
	err := watch(ctx, g.project, func() {
		if first {
			first = false
			return
		}
		out := cmd.ErrOrStderr()
		if err := g.renew(ctx); err != nil {
			fmt.Fprintf(out, "plugin %s: the running version stays in use: %v\n", g.project.name, err)
			return
		}
		fmt.Fprintf(out, "plugin %s: built and started: the server reloads it\n", g.project.name)
	})
	if ctx.Err() == nil { // watch always returns an error, usually that of ctx
		fmt.Fprintf(cmd.ErrOrStderr(), "plugin %s: its files are no longer watched: %v\n", g.project.name, err)
	}
}

// renew builds the plugin, checks that it starts, and only then moves it to where the
// server finds it.
func (g *DevPlugin) renew(ctx context.Context) error {
	draft := filepath.Join(g.project.dir, "."+g.project.name+".wasm")
	defer os.Remove(draft) // already renamed on success
	if err := g.project.language.Build(ctx, g.project.dir, draft); err != nil {
		return err
	}
	if err := g.try(ctx, draft); err != nil {
		return err
	}
	return os.Rename(draft, g.project.wasm)
}

// try loads a module as the server will, which also puts it into the server's cache.
func (g *DevPlugin) try(ctx context.Context, module string) (err error) {
	spec := g.Spec
	spec.File = ""
	if spec.Module, err = files.Read(module, maxModule); err != nil {
		return err
	}
	if spec.Manifest, err = files.Read(filepath.Join(g.project.dir, g.project.name+".json"), maxModule); err != nil {
		return err
	}
	return withHost(ctx, g.cache, g.project.points, func(host *plugins.Host) error {
		_, err := host.Load(ctx, spec)
		return err
	})
}
