package app

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/gateway"
	"github.com/cardea-auth/cardea/server/httpauth"
	"github.com/cardea-auth/cardea/server/internal/router"
	"github.com/cardea-auth/cardea/server/mount"
	"github.com/cardea-auth/cardea/server/state"
)

// Quiet prevents dependencies from printing to standard output. It affects the whole
// process: programs call it once at the start, libraries must not call it.
func Quiet() { router.Quiet() }

// serving provides the gateway, the HTTP handlers and their listeners.
var serving = fx.Options(
	fx.Module("gateway", fx.Provide(newAssertionKeys, newUpstreamCredentials, newBodies, newGateway)),
	fx.Module("http", fx.Provide(
		newListeners, newPublic, newAdmin, newReadiness,
		fx.Annotate(dialectEndpoints, fx.ResultTags(`group:"endpoints,flatten"`)),
		fx.Annotate(keyEndpoints, fx.ResultTags(`group:"endpoints,flatten"`)),
	)),
)

// public is the handler of the public listener.
type public struct{ http.Handler }

type publicIn struct {
	fx.In
	Endpoints []router.Endpoint             `group:"endpoints"`
	Dialects  []mount.Placed[mount.Mounted] `group:"dialects"`
}

func newPublic(cfg *config.Config, in publicIn, e *core.Engine, g *gateway.Gateway, b *httpauth.Bodies, log *slog.Logger) (public, error) {
	proxies, err := mount.Trust(cfg.Server.TrustedProxies)
	if err != nil {
		return public{}, err
	}
	h, err := router.New(router.Config{Endpoints: in.Endpoints, Gate: g, BodyBytes: int64(cfg.Limits.BodyBytes), Bodies: b, Trust: proxies, Logger: log})
	if err != nil {
		return public{}, err
	}
	mounts := mount.Sorted(in.Dialects)
	if h, err = withCORS(cfg, e, mounts, h); err != nil {
		return public{}, err
	}
	return public{tellForwarded(proxies, log, mount.MergeSlashes(cfg, e, mounts, h))}, nil
}

// serveIn holds the dependencies of serve.
type serveIn struct {
	fx.In
	Lifecycle     fx.Lifecycle
	Config        *config.Config
	Options       Options
	Listeners     *listeners
	Public        public
	Admin         administration
	Readiness     *readiness
	Engine        *core.Engine
	Hooks         *core.Hooks
	Host          *plugins.Host
	Plugins       *pluginSet
	AssertionKeys assertionKeys
	Logger        *slog.Logger
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
		if err := serveControl(in); err != nil {
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
