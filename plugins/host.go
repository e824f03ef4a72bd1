package plugins

import (
	"context"
	"errors"

	"github.com/cardea-auth/cardea/hooks"
)

// Host loads plugins and owns what they use. Safe for concurrent use; several
// per process.
type Host struct{ cfg Config }

// Plugin is a loaded module. Safe for concurrent use.
type Plugin struct{ spec Spec }

var errUnbuilt = errors.New("the plugin host is being laid; loading comes with it")

// Open returns a host; the caller closes it.
func Open(_ context.Context, cfg Config) (*Host, error) { return &Host{cfg.withDefaults()}, nil }

// Close closes every plugin.
func (h *Host) Close(context.Context) error { return nil }

// Load loads one plugin.
func (h *Host) Load(context.Context, Spec) (*Plugin, error) { return nil, errUnbuilt }

// Name returns the name that bindings use.
func (p *Plugin) Name() string { return p.spec.Name }

// Version returns the manifest's version, "" without a manifest.
func (p *Plugin) Version() string { return "" }

// Digest returns the module's SHA-256 in hexadecimal.
func (p *Plugin) Digest() string { return "" }

// Points lists the points that the module has a hook for.
func (p *Plugin) Points() []string { return nil }

// Bind binds the plugin to a point under its name.
func (p *Plugin) Bind(hooks.Point, Binding) error { return errUnbuilt }

// Close unbinds the plugin.
func (p *Plugin) Close(context.Context) error { return nil }
