package app

import (
	"log/slog"
	"net"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Time limits for starting, which may compile plugins, and stopping.
const (
	startTimeout = 2 * time.Minute
	stopMargin   = 5 * time.Second
)

// Options are settings of the calling program in addition to the configuration.
type Options struct {
	Version       string
	Listener      net.Listener // nil: opened at server.listen; the server closes it
	AdminListener net.Listener // nil: opened at server.admin_listen; the server closes it
	Logger        *slog.Logger // nil: discards
	DevPlugin     *DevPlugin   // nil: the configured plugins only
	Hooks         []Hook       // of the program, in addition to the configured ones

	// Dialects are those that a configuration can name, with which bodies of requests to a
	// WordPress are inspected; nil: those of server/dialect/all.
	Dialects map[string]dialect.Opener

	// Points returns the program's own hook points; nil: none. It must return new ones on
	// each call, since a point belongs to one engine.
	Points func() []hooks.Point

	// Control opens the control socket for a store in memory, too. The caller must hold
	// the lock on the data directory, as for any other store.
	Control bool

	// ReadOnly makes the engine of [OpenOffline] or [OpenBare] read-only: missing files
	// are not created, and every write fails.
	ReadOnly bool

	offline   bool                 // no upkeep, which is the server's job
	passwords users.PasswordConfig // cost of new hashes; for tests in which it does not count

	// Compiler compiles plugins in another process. If nil, plugins are compiled in this
	// process, and only if they are pinned or signed.
	Compiler plugins.Compiler
	// Reread loads the configuration again, for a reload of the plugins; nil uses the one
	// passed to New.
	Reread func() (*config.Config, error)
}

// points returns new points of the program.
func (o Options) points() []hooks.Point {
	if o.Points == nil {
		return nil
	}
	return o.Points()
}

// Hook is a Go function of the program. It is bound to the hook points of every engine
// that plugins are bound to.
type Hook struct {
	// Name identifies the hook in listings, logs and errors: lower-case letters, digits
	// and hyphens. It must be unique among the hooks of the program.
	Name string
	// Order is the position among the handlers of a point, like hooks[].order in the
	// configuration: lower first, ties by name.
	Order int
	// Bind binds the function to one or more points, with the given name and order. It is
	// called once per engine, before any decision. The points of [Options] can be looked
	// up by name.
	Bind func(h *core.Hooks, name string, order hooks.Option) error
}
