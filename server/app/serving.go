package app

import (
	"context"
	"log/slog"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/state"
)

// serving provides the gateway, the HTTP handlers and their listeners.
var serving = fx.Options(
	fx.Module("gateway", fx.Provide(newAssertionKeys, newUpstreamCredentials, newBodies, newGateway)),
	fx.Module("http", fx.Provide(
		newListeners, newPublic, newAdmin, newControl, newReadiness,
		fx.Annotate(dialectEndpoints, fx.ResultTags(`group:"endpoints,flatten"`)),
		fx.Annotate(keyEndpoints, fx.ResultTags(`group:"endpoints,flatten"`)),
	)),
)

// serveIn holds the dependencies of serve.
type serveIn struct {
	fx.In
	Lifecycle fx.Lifecycle
	Config    *config.Config
	Options   Options
	Listeners *listeners
	Public    public
	Admin     administration
	Control   controlHandler
	Readiness *readiness
	Engine    *core.Engine
	Host      *plugins.Host
	Logger    *slog.Logger
}

// serve opens the listeners. The admin listener starts first and stops last, so that
// readiness can be checked throughout.
func serve(in serveIn) error {
	cfg, ls := in.Config, in.Listeners
	adminListener, err := ls.open(in.Options.AdminListener, cfg.Server.AdminListen, "server.admin_listen")
	if err != nil {
		return err
	}
	listener, err := ls.open(in.Options.Listener, cfg.Server.Listen, "server.listen")
	if err != nil {
		return err
	}
	certificate, err := state.LoadTLS(cfg.Server.TLS)
	if err != nil {
		return err
	}
	ls.serve(adminListener, service{name: "admin", handler: in.Admin, drain: time.Second})
	if cfg.Store.Driver != "memory" || in.Options.Control {
		if err := serveControl(ls, cfg.Data, in.Control); err != nil {
			return err
		}
	}
	ls.serve(listener, service{
		name: "public", handler: in.Public, drain: cfg.Server.DrainTimeout.Std(), tls: certificate, headerBytes: cfg.Limits.HeaderBytes,
	})
	appendCount(in.Lifecycle, in.Engine, in.Logger)
	appendWatch(in.Lifecycle, cfg, in.Host, in.Options)
	in.Lifecycle.Append(fx.Hook{
		OnStart: func(context.Context) error {
			state.NoteMountSecrets(cfg, time.Now(), in.Logger)
			in.Readiness.up.Store(true)
			return nil
		},
		OnStop: func(ctx context.Context) error {
			in.Readiness.up.Store(false)
			return sleep(ctx, cfg.Server.ShutdownDelay.Std())
		},
	})
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
