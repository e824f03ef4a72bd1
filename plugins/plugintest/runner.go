package plugintest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/catalogue"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Module is the module that vectors are run against.
type Module struct {
	// Wasm is the module.
	Wasm []byte
	// Manifest is its manifest, nil if it is inside the module or there is none.
	Manifest []byte
	// Isolation and Limits are those of plugins.Spec.
	Isolation string
	Limits    manifest.Limits
}

// Runner runs vectors against one module. Consecutive vectors with the same setup share a
// loaded module. Not safe for concurrent use.
type Runner struct {
	host   *plugins.Host
	module Module
	world  *world
	own    []abi.Point // of the host, besides plugins/abi

	plugin *plugins.Plugin // of the last vector, nil without one
	setup  string          // the setup it was loaded with, without the seed
	seeded bool            // the last vector had a seed
}

// Open returns a runner, which its caller closes. Of base it takes CacheDir,
// Compiler, Compile and Points; everything else in the host is the vectors'.
func Open(ctx context.Context, m Module, base plugins.Config) (*Runner, error) {
	own, err := catalogue.Of(base.Points)
	if err != nil {
		return nil, err
	}
	w := &world{}
	host, err := plugins.Open(ctx, plugins.Config{
		InProcess: base.Compiler == nil, // then the module is one that the user has just built
		CacheDir:  base.CacheDir, Compiler: base.Compiler, Compile: base.Compile, Points: base.Points,
		Logger: slog.New(w), Now: w.now, Rand: w, KV: w, HTTP: w,
		OnFault: w.onFault, OnCall: w.onCall, OnMetric: w.onMetric,
		Breaker: plugins.Breaker{Failures: -1}, // vectors may fail repeatedly without disabling the plugin
	})
	if err != nil {
		return nil, err
	}
	return &Runner{host: host, module: m, world: w, own: own}, nil
}

// Close frees the module.
func (r *Runner) Close(ctx context.Context) error { return r.host.Close(ctx) }

// Run runs one vector of a parsed file. The error is about the environment (ctx, an
// unreadable module); failures of the hook are in the result's Problems.
func (r *Runner) Run(ctx context.Context, v Vector) (Result, error) {
	r.world.begin(v)
	res := Result{Vector: v}
	if err := r.load(ctx, v.Setup); err != nil {
		res.LoadError = err.Error()
		return res.judged(), ctx.Err()
	}
	point, ok := abi.Lookup(v.Point, r.own...)
	if !ok {
		return res, fmt.Errorf("no hook point %q", v.Point)
	}
	e := newEvent(point, v.Event, r.world.now().UnixMilli())
	if err := r.call(ctx, e, &res); err != nil {
		return res, err
	}
	r.world.noteKV(ctx, &res)
	return res.judged(), ctx.Err()
}

// load loads the module for a setup, unless the last vector had the same one. Another
// seed needs new instances, but no compilation.
func (r *Runner) load(ctx context.Context, s Setup) error {
	seeded := s.Seed != nil
	s.Seed = nil
	key, err := json.Marshal(s)
	if err != nil {
		return err
	}
	again := seeded || r.seeded
	r.seeded = seeded
	switch {
	case r.plugin == nil || r.setup != string(key):
		r.setup = string(key)
		return r.loadAnew(ctx, s)
	case again:
		return r.plugin.Restart(ctx)
	}
	return nil
}

func (r *Runner) loadAnew(ctx context.Context, s Setup) error {
	if err := r.unload(ctx); err != nil {
		return err
	}
	spec := plugins.Spec{
		Module: r.module.Wasm, Manifest: r.module.Manifest, Name: name,
		Config: s.ConfigText(), Secrets: s.secrets(), Isolation: r.module.Isolation, Limits: r.module.Limits,
	}
	spec.Limits.Instances, spec.Limits.Share = 1, 100 // nothing else runs
	sum := sha256.Sum256(r.module.Wasm)
	spec.SHA256 = hex.EncodeToString(sum[:]) // trusts the author's own module, so that it may be compiled
	var err error
	if spec.Grants, err = s.grants(r.module.Manifest, r.own); err != nil {
		return err
	}
	r.plugin, err = r.host.Load(ctx, spec)
	return err
}

func (r *Runner) unload(ctx context.Context) error {
	if r.plugin == nil {
		return nil
	}
	err := r.plugin.Close(ctx)
	r.plugin = nil
	return err
}

// call runs the hook on an event and records the result.
func (r *Runner) call(ctx context.Context, e *event, res *Result) error {
	hook := e.hook()
	if err := r.plugin.Bind(hook, plugins.Binding{OnError: plugins.Deny}); err != nil {
		return err
	}
	defer hook.Unbind(r.plugin.Name())
	r.world.calling()
	start := time.Now()
	err := apply(ctx, hook, e)
	res.Time = time.Since(start)
	return r.world.note(res, err)
}

func apply(ctx context.Context, point hooks.Point, e *event) error {
	switch p := point.(type) {
	case *hooks.Filter[*event]:
		_, err := p.Apply(ctx, e)
		return err
	case *hooks.Action[*event]:
		return p.Do(ctx, e)
	}
	return errors.New("a hook point of an unknown kind")
}

// name is the name of every module under test.
const name = "plugin-under-test"

func (s Setup) secrets() map[string]api.Secret {
	out := map[string]api.Secret{}
	for name, text := range s.Secrets {
		out[name] = api.Secret(text)
	}
	return out
}

// grants returns the vector's grants, or all that the manifest requests.
func (s Setup) grants(text []byte, own []abi.Point) (manifest.Grants, error) {
	if s.Grants != nil {
		return *s.Grants, nil
	}
	if text == nil {
		return manifest.Grants{Read: []string{"*"}, Write: []string{"*"}}, nil
	}
	m, err := manifest.Parse(text, own...)
	return m.Grants, err
}
