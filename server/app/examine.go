package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
	"github.com/cardea-auth/cardea/server/internal/setting"
	"github.com/cardea-auth/cardea/server/mount"
	"github.com/cardea-auth/cardea/server/state"
)

// ExamineOptions configures [Examine].
type ExamineOptions struct {
	// Offline skips checks that need other machines or the one that runs the server:
	// databases, the data directory, listen addresses and upstreams.
	Offline  bool
	Compiler plugins.Compiler // as in [Options]
	Hooks    []Hook           // as in [Options]
	Points   func() []hooks.Point
	Now      time.Time // for certificates and the ends of secrets
}

// Examine finds what would prevent a server with this configuration from starting, or all
// users from logging in: it opens what the configuration names with the functions of
// [New], but stores and changes nothing. known are the problems found by loading; they are
// included in the result, without problems that follow from them. Warnings, returned only
// if there are no problems, are for what works but may be unintended or stop working.
func Examine(ctx context.Context, cfg *config.Config, known config.Problems, o ExamineOptions) (problems, warnings config.Problems) {
	x := &examiner{cfg: cfg, o: o, wrongValues: len(known) > 0, problems: known}
	x.try(func() { x.add("", check.Check(cfg, x.options().points()...)) })
	x.try(func() { x.found(check.Faults(cfg, o.Now)) })
	x.found(check.Ineffective(cfg))
	x.try(func() { x.found(check.MissingSites(cfg)) })
	x.try(func() { x.parts() })
	if !o.Offline {
		x.try(func() { x.found(check.State(ctx, x.cfg)) })
		x.try(func() { x.found(check.Unanswered(ctx, cfg)) })
		x.try(func() { x.listeners(ctx) })
	}
	if len(x.problems) == 0 {
		x.add("", x.assemble())
	}
	if len(x.problems) > 0 {
		return x.problems, nil
	}
	return nil, x.warnings(ctx)
}

// WithCause returns found and the cause of a failed start, unless found contains it, or
// another problem of the same setting, already.
func WithCause(found config.Problems, cause error) config.Problems {
	for _, p := range setting.Problems("", cause) {
		said := func(known config.Problem) bool {
			return strings.Contains(p.Text, known.Text) || strings.Contains(known.Text, p.Text) || p.Key != "" && p.Key == known.Key
		}
		if !slices.ContainsFunc(found, said) {
			found = append(found, p)
		}
	}
	return found
}

// examiner collects problems.
type examiner struct {
	cfg         *config.Config
	o           ExamineOptions
	wrongValues bool
	problems    config.Problems
	ungranted   config.Problems // warnings of plugins
}

// options returns the program's options.
func (x *examiner) options() Options {
	return Options{Compiler: x.o.Compiler, Hooks: x.o.Hooks, Points: x.o.Points}
}

func (x *examiner) found(list config.Problems) { x.problems = x.problems.With(list) }

func (x *examiner) add(key string, err error) { x.found(setting.Problems(key, err)) }

// try runs do. A panic is ignored if loading has found problems: invalid values may cause
// it, and they are reported already.
func (x *examiner) try(do func()) {
	defer func() {
		if p := recover(); p != nil && !x.wrongValues {
			panic(p)
		}
	}()
	do()
}

// parts opens the parts of a server that read files named in the configuration.
func (x *examiner) parts() {
	silent := slog.New(slog.DiscardHandler)
	_, err := state.LoadTLS(x.cfg.Server.TLS)
	x.add("server.tls", err)
	_, err = state.KeyConfig(x.cfg, silent)
	x.add("keys", err)
	_, err = mount.OpenIssuers(x.cfg, silent)
	x.add("issuers", err)
	_, err = signers(x.cfg.Sandbox.Signers)
	x.add("sandbox.signers", err)
	for _, name := range slices.Sorted(maps.Keys(x.cfg.Upstreams)) {
		if u := x.cfg.Upstreams[name]; u.PasswordsFile != "" {
			_, err := state.ApplicationPasswords(u)
			x.add("upstreams."+name+".passwords_file", err)
		}
	}
	unnamed := func(p config.Problem) bool {
		return p.Key == "plugins" || strings.HasPrefix(p.Key, "plugins[") && strings.HasSuffix(p.Key, ".name")
	}
	if slices.ContainsFunc(x.problems, unnamed) {
		return // hooks could not find their plugins
	}
	_, missing, err := loadedHooks(x.inMemory(), x.options())
	x.add("plugins", err)
	x.ungranted = check.Ungranted(x.cfg, missing)
}

// inMemory returns the configuration with a store in memory.
func (x *examiner) inMemory() *config.Config {
	cfg := *x.cfg
	cfg.Store = config.Store{Driver: "memory"}
	return &cfg
}

// assemble builds the server without listeners and without plugins, which parts has
// loaded.
func (x *examiner) assemble() error {
	cfg := x.inMemory()
	cfg.Plugins, cfg.Hooks = nil, nil
	opened := &cleanup{}
	made := fx.New(options(cfg, Options{}, opened), extension, forgotten, serving, fx.Invoke(measure, func(public, administration, controlHandler) {}))
	if err := closeOnError(made, opened); err != nil {
		return fmt.Errorf("no server can be built from it: %w", err)
	}
	return opened.run(context.Background())
}

// listeners opens both listen addresses briefly, except those in use by a server that runs
// on the same data directory.
func (x *examiner) listeners(ctx context.Context) {
	var running Status
	err := control.Get(ctx, x.cfg.Data, "/status", &running)
	if err != nil && !errors.Is(err, control.ErrNoServer) && x.cfg.Store.Driver != "memory" {
		x.add("data", err)
		return // the addresses may be in use by that server
	}
	for _, a := range []struct{ key, address, mine string }{
		{"server.listen", x.cfg.Server.Listen, running.Listen},
		{"server.admin_listen", x.cfg.Server.AdminListen, running.AdminListen},
	} {
		if a.address == a.mine {
			continue
		}
		l, err := listenOn(a.address, a.key)
		x.add(a.key, err)
		if err == nil {
			defer l.Close() // keep both open, as a server does
		}
	}
}

// warnings returns the warnings about the configuration and, unless Offline is set, about
// the data directory, the database and the network.
func (x *examiner) warnings(ctx context.Context) config.Problems {
	list := slices.Concat(check.Warnings(x.cfg, x.o.Now), check.LintWarnings(x.cfg), x.ungranted)
	if !x.o.Offline {
		if c, err := state.KeyConfig(x.cfg, slog.New(slog.DiscardHandler)); err == nil && x.cfg.Store.Driver != "memory" {
			list = append(list, setting.Problems("data", check.ExposedKeys(c.File))...) // serve warns when it opens them
		}
		list = append(list, check.Unreachable(ctx, x.cfg)...)
		if file, lost, err := state.LostKeys(ctx, x.cfg); err == nil && lost { // check.State reports errors
			list = append(list, config.Problem{Key: "data", Text: state.LostKeysWarning(file, true)})
		}
		if text := state.LostAssertionKeys(ctx, x.cfg, true); text != "" {
			list = append(list, config.Problem{Key: "data", Text: text})
		}
		if text := cmp.Or(state.LostStore(ctx, x.cfg), state.EmptyStore(ctx, x.cfg)); text != "" {
			list = append(list, config.Problem{Key: "data", Text: text})
		}
		if text := state.PendingWarning(ctx, x.cfg); text != "" {
			list = append(list, config.Problem{Key: "data", Text: text})
		}
		list = append(list, check.ChangedSecrets(x.cfg, x.o.Now)...)
		kids, _ := RevokedKeys(x.cfg) // check.State reports errors
		for _, kid := range kids {
			list = append(list, config.Problem{Key: "data", Text: state.RevokedKeyWarning(kid)})
		}
	}
	return list
}
