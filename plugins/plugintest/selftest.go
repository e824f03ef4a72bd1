package plugintest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/plugins"
)

// SelfTest returns the function for plugins.Config.SelfTest: it runs a plugin's
// own vectors before the plugin goes live. base is the host's configuration, so
// that the module that the host has just compiled is not compiled again.
func SelfTest(base plugins.Config) func(context.Context, plugins.Candidate) error {
	return func(ctx context.Context, c plugins.Candidate) (err error) {
		file, err := Parse(c.Vectors)
		if err != nil {
			return err
		}
		r, err := Open(ctx, Module{Wasm: c.Module, Manifest: c.Manifest, Isolation: c.Isolation, Limits: c.Limits}, base)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, r.Close(context.WithoutCancel(ctx))) }()
		return r.all(ctx, file.Vectors)
	}
}

// all runs vectors until one fails.
func (r *Runner) all(ctx context.Context, vectors []Vector) error {
	for _, v := range vectors {
		res, err := r.Run(ctx, v)
		if err != nil {
			return fmt.Errorf("%s: %w", v.Name, err)
		}
		if !res.OK() {
			return fmt.Errorf("%s: %s", v.Name, strings.Join(res.Problems, "; "))
		}
	}
	return nil
}
