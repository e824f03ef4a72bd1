package plugins

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/plugins/abi"
	"github.com/cardea-auth/cardea/plugins/internal/compile"
	"github.com/cardea-auth/cardea/plugins/internal/sandbox"
	"github.com/cardea-auth/cardea/plugins/internal/wasm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Loading a version, in order: read, pin, verify, compile, compare with the manifest and
// the grants, start, test.

// loader creates versions of plugins. Safe for concurrent use.
type loader struct {
	keys     []api.Key // trusted to sign plugins
	test     func(context.Context, Candidate) error
	log      *slog.Logger
	compiler *compile.Compiler
	deps     sandbox.Deps
}

// build returns a version that is ready to go live.
func (l *loader) build(ctx context.Context, usage *sandbox.Usage, spec Spec) (_ *version, err error) {
	defer sandbox.Recovered(&err)
	src, module, err := l.prepare(ctx, spec)
	if err != nil {
		return nil, err
	}
	v, err := l.newVersion(ctx, usage, src, module)
	if err != nil {
		return nil, errors.Join(err, module.Close(context.WithoutCancel(ctx)))
	}
	if err := v.selfTest(ctx, l.test); err != nil {
		return nil, errors.Join(err, v.Close(context.WithoutCancel(ctx)))
	}
	v.source.module = nil // no longer needed, and megabytes large
	return v, nil
}

// prepare reads, checks and compiles the module.
func (l *loader) prepare(ctx context.Context, spec Spec) (source, *wasm.Module, error) {
	src, err := open(spec, l.deps.Own...)
	if err != nil {
		return src, nil, err
	}
	if err := src.verify(l.keys); err != nil {
		return src, nil, err
	}
	module, err := l.compiler.Compile(ctx, compile.Source{Code: src.module, Limits: src.limits, Trusted: src.trusted})
	return src, module, err
}

// newVersion creates a version of a compiled module and starts one instance. If only the
// start fails, it returns the version with the error.
func (l *loader) newVersion(ctx context.Context, usage *sandbox.Usage, src source, module *wasm.Module) (*version, error) {
	v := &version{source: src, declared: declared(module)}
	points, err := v.declared.Points(l.deps.Own...)
	if err != nil {
		return nil, err
	}
	if v.manifest, err = manifest.For(src.manifest, points, src.spec.Grants, l.deps.Own...); err != nil {
		return nil, err
	}
	if err := src.checkIdentity(v.manifest); err != nil {
		return nil, err
	}
	if v.name = cmp.Or(src.spec.Name, v.manifest.Name, nameOfFile(src.spec.File)); !manifest.ValidName(v.name) {
		return nil, fmt.Errorf("name is %q, must consist of lower-case letters, digits and hyphens", v.name)
	}
	v.rights = manifest.Rights{Asked: v.manifest.Grants, Given: src.spec.Grants}
	if err := v.declared.CheckGranted(v.rights); err != nil {
		return nil, err
	}
	v.log = l.log.With("plugin", v.name, "digest", src.digest[:12])
	v.Version, err = sandbox.New(ctx, sandbox.Options{
		Name: v.name, Log: v.log, Module: module, Declared: v.declared, Points: points, Rights: v.rights, Limits: src.limits,
		Isolation: src.isolation(), Config: src.spec.Config, Secrets: src.spec.Secrets,
	}, &l.deps, usage)
	return v, err
}

// declared returns what a module exports and imports.
func declared(m *wasm.Module) manifest.Module {
	out := manifest.Module{Memory: m.HasMemory(abi.Memory), Exports: map[string]string{}}
	for name, signature := range m.Exports() {
		out.Exports[name] = signature.String()
	}
	for _, i := range m.Imports() {
		found := manifest.Import{Module: i.Module, Name: i.Name, Signature: i.Signature.String()}
		if offered, ok := m.Offered(i.Module, i.Name); ok {
			found.Offered = offered.String()
		}
		out.Imports = append(out.Imports, found)
	}
	return out
}
