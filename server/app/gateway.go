package app

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/admin"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/gateway"
	"github.com/cardea-auth/cardea/server/httpauth"
	"github.com/cardea-auth/cardea/server/internal/router"
	"github.com/cardea-auth/cardea/server/mount"
)

// gatewayIn holds the dependencies of newGateway.
type gatewayIn struct {
	fx.In
	Opened      *cleanup
	Listeners   *listeners
	Config      *config.Config
	Options     Options
	Engine      *core.Engine
	Policy      core.Policy
	Credentials credentials
	Bodies      *httpauth.Bodies
	Dialects    []mount.Placed[mount.Mounted] `group:"dialects"`
	Logger      *slog.Logger
}

func newGateway(in gatewayIn) (*gateway.Gateway, error) {
	upstreams, err := upstreams(in.Opened, in.Listeners, in.Config)
	if err != nil {
		return nil, err
	}
	trust, err := mount.Trust(in.Config.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	g, err := gateway.New(gateway.Config{
		Engine: in.Engine, Upstreams: upstreams, Credentials: in.Credentials, Inspectors: inspectors(in.Config, in.Options.Dialects), Trust: trust,
		Words: mount.NewWords(in.Engine, mount.Sorted(in.Dialects)), ForwardHeaders: forwardHeaders(in.Config), MethodHeaders: mount.MethodHeaders(in.Config), Bodies: in.Bodies, Logger: in.Logger,
	})
	if err != nil {
		return nil, err
	}
	in.Opened.add(g)
	return g, g.CheckRules(in.Policy.Rules)
}

// inspectors returns the inspectors of bodies, by the names of upstreams; known is
// Options.Dialects.
func inspectors(cfg *config.Config, known map[string]dialect.Opener) map[string]gateway.Inspector {
	if known == nil {
		known = all.Types()
	}
	out := map[string]gateway.Inspector{}
	for name, i := range mount.Inspectors(cfg, known) {
		out[name] = i
	}
	return out
}

// newBodies returns the limiter of memory for bodies, which all listeners share.
func newBodies(cfg *config.Config, m *admin.Metrics) *httpauth.Bodies {
	b := httpauth.NewBodies(int64(cfg.Limits.HeldBodyBytes), router.BodyCost*int64(cfg.Limits.BodyBytes))
	m.Gauge("cardea_held_body_bytes", "Memory that bodies take which are held before they are answered or passed on.",
		func() float64 { return float64(b.Taken()) })
	return b
}

func forwardHeaders(cfg *config.Config) map[string][]string {
	out := map[string][]string{}
	for name, u := range cfg.Upstreams {
		out[name] = u.ForwardHeaders
	}
	return out
}

// upstreams parses the URLs of the upstreams, and starts the demo for those that use it.
func upstreams(opened *cleanup, ls *listeners, cfg *config.Config) (map[string]*url.URL, error) {
	out := map[string]*url.URL{}
	for name, u := range cfg.Upstreams {
		if u.URL == config.DemoUpstream {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return nil, fmt.Errorf("upstream %s: start the demo: %w", name, err)
			}
			opened.addListener(l)
			ls.serve(l, service{name: "demo-" + name, handler: gateway.Demo()})
			out[name] = &url.URL{Scheme: "http", Host: l.Addr().String()}
			continue
		}
		parsed, err := url.Parse(u.URL)
		if err != nil {
			return nil, fmt.Errorf("upstream %s: %w", name, err)
		}
		out[name] = parsed
	}
	return out, nil
}
