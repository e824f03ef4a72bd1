package app

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/config"
)

// ExamineOptions say how far [Examine] looks.
type ExamineOptions struct {
	// Offline leaves out what other machines, or this one while it runs the server,
	// must be there for: databases, the data directory, addresses to listen on and
	// upstreams.
	Offline  bool
	Compiler plugins.Compiler // as in [Options]
	Now      time.Time        // for certificates
}

// Examine finds what would keep a server with this configuration from starting, or
// everybody from logging in: it opens, with the functions of [New], whatever the
// configuration names, and keeps and changes nothing. known are the problems that
// loading has found; the result has them too, and nothing that follows from them.
// The warnings are of what works and may not be meant, or not for long.
func Examine(ctx context.Context, cfg *config.Config, known config.Problems, o ExamineOptions) (problems, warnings config.Problems) {
	x := &examiner{cfg: cfg, o: o, wrongValues: len(known) > 0, problems: known}
	x.try(func() { x.add("", Check(cfg)) })
	x.try(func() { x.found(Faults(cfg, o.Now)) })
	x.found(nativeIssuers(cfg))
	x.try(func() { x.parts() })
	if !o.Offline {
		x.try(func() { x.state(ctx) })
		x.try(func() { x.found(Unanswered(ctx, cfg)) })
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

// WithCause returns problems that were found and, unless they say it already, the cause
// of a failed start.
func WithCause(found config.Problems, cause error) config.Problems {
	for _, p := range problemsOf("", cause) {
		said := func(known config.Problem) bool {
			return strings.Contains(p.Text, known.Text) || strings.Contains(known.Text, p.Text)
		}
		if !slices.ContainsFunc(found, said) {
			found = append(found, p)
		}
	}
	return found
}

// examiner collects what is wrong.
type examiner struct {
	cfg         *config.Config
	o           ExamineOptions
	wrongValues bool
	problems    config.Problems
	ungranted   config.Problems // warnings of plugins
}

func (x *examiner) found(list config.Problems) { x.problems = x.problems.With(list) }

func (x *examiner) add(key string, err error) { x.found(problemsOf(key, err)) }

// try does one part of the work. What builds on values that were refused may break;
// they are told of already.
func (x *examiner) try(do func()) {
	defer func() {
		if p := recover(); p != nil && !x.wrongValues {
			panic(p)
		}
	}()
	do()
}

// parts opens those parts of a server that the configuration names files for.
func (x *examiner) parts() {
	silent := slog.New(slog.DiscardHandler)
	_, err := loadTLS(x.cfg.Server.TLS)
	x.add("server.tls", err)
	_, err = keyConfig(x.cfg, silent)
	x.add("keys", err)
	_, err = newForeignLayouts(x.cfg, silent)
	x.add("issuers", err)
	_, err = signers(x.cfg.Sandbox.Signers)
	x.add("sandbox.signers", err)
	for _, name := range sortedNames(x.cfg.Upstreams) {
		if u := x.cfg.Upstreams[name]; u.PasswordsFile != "" {
			_, err := applicationPasswords(u)
			x.add("upstreams."+name+".passwords_file", err)
		}
	}
	unnamed := func(p config.Problem) bool {
		return p.Key == "plugins" || strings.HasPrefix(p.Key, "plugins[") && strings.HasSuffix(p.Key, ".name")
	}
	if slices.ContainsFunc(x.problems, unnamed) {
		return // hooks could not find theirs
	}
	_, missing, err := loadedHooks(x.inMemory(), Options{Compiler: x.o.Compiler})
	x.add("plugins", err)
	x.ungranted = ungranted(x.cfg, missing)
}

// inMemory is the configuration of a server that keeps nothing.
func (x *examiner) inMemory() *config.Config {
	cfg := *x.cfg
	cfg.Store = config.Store{Driver: "memory"}
	return &cfg
}

// assemble builds the server itself, without plugins, which parts has loaded, and
// without its listeners.
func (x *examiner) assemble() error {
	cfg := x.inMemory()
	cfg.Plugins, cfg.Hooks = nil, nil
	opened := &cleanup{}
	made := fx.New(options(cfg, Options{}, opened), extension, forgotten, serving, fx.Invoke(measure, func(public, administration) {}))
	if err := closeOnError(made, opened); err != nil {
		return fmt.Errorf("no server can be made of it: %w", err)
	}
	return opened.run(context.Background())
}
