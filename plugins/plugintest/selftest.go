package plugintest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/catalogue"
)

// A self-test is limited to that many vectors and that time, since anyone who can write a
// file beside a module could otherwise keep a server busy.
const (
	maxSelfTest  = 500
	selfTestTime = 10 * time.Second
)

var errSelfTestTime = fmt.Errorf("its vectors take more than %s: remove some; each different config, grants or secrets loads the module again", selfTestTime)

// SelfTest returns the function for plugins.Config.SelfTest: it runs a plugin's own
// vectors, at most 500 and for at most 10 seconds, before the plugin goes live. base is
// the host's configuration, so that a module the host has just compiled is not compiled
// again.
func SelfTest(base plugins.Config) func(context.Context, plugins.Candidate) error {
	return func(ctx context.Context, c plugins.Candidate) error {
		own, err := catalogue.Of(base.Points)
		if err != nil {
			return err
		}
		file, err := Parse(c.Vectors, own...)
		if err != nil {
			return err
		}
		if n := len(file.Vectors); n > maxSelfTest {
			return fmt.Errorf("%d vectors, must be at most %d on a server: run the rest with cardea plugin test", n, maxSelfTest)
		}
		ctx, cancel := context.WithTimeoutCause(ctx, selfTestTime, errSelfTestTime)
		defer cancel()
		if err = selfTest(ctx, c, file.Vectors, base); err != nil && context.Cause(ctx) == errSelfTestTime {
			return errSelfTestTime
		}
		return err
	}
}

func selfTest(ctx context.Context, c plugins.Candidate, vectors []Vector, base plugins.Config) (err error) {
	r, err := Open(ctx, Module{Wasm: c.Module, Manifest: c.Manifest, Isolation: c.Isolation, Limits: c.Limits}, base)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close(context.WithoutCancel(ctx))) }()
	return r.all(ctx, vectors)
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
