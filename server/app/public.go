package app

import (
	"log/slog"
	"net/http"
	"sync/atomic"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/gateway"
	"github.com/cardea-auth/cardea/server/httpauth"
	"github.com/cardea-auth/cardea/server/internal/router"
	"github.com/cardea-auth/cardea/server/mount"
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
	h, err := router.New(router.Config{Endpoints: in.Endpoints, Next: g, BodyBytes: int64(cfg.Limits.BodyBytes), Bodies: b, Trust: proxies, Logger: log})
	if err != nil {
		return public{}, err
	}
	mounts := mount.Sorted(in.Dialects)
	if h, err = withCORS(cfg, e, mounts, h); err != nil {
		return public{}, err
	}
	return public{tellForwarded(proxies, log, mount.MergeSlashes(cfg, e, mounts, h))}, nil
}

type dialectsIn struct {
	fx.In
	Dialects []mount.Placed[mount.Mounted] `group:"dialects"`
}

func dialectEndpoints(cfg *config.Config, in dialectsIn, e *core.Engine) ([]router.Endpoint, error) {
	trust, err := mount.Trust(cfg.Server.TrustedProxies)
	if err != nil {
		return nil, err
	}
	var list []router.Endpoint
	for _, x := range mount.Endpoints(e, trust, mount.Sorted(in.Dialects)) {
		list = append(list, router.Endpoint{Host: x.Host, Method: x.Method, Path: x.Path, Handler: x.Handler, Match: x.Match})
	}
	return list, nil
}

// keyEndpoints publishes the public keys that verify our tokens, as a JWK Set (RFC 7517
// section 5).
func keyEndpoints(e *core.Engine) []router.Endpoint {
	return []router.Endpoint{{
		Method: http.MethodGet, Path: "/.well-known/jwks.json",
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/jwk-set+json")
			w.Header().Set("Cache-Control", "public, max-age=300")
			w.Write(e.Keys().JWKS()) // an error means that the client is gone
		}),
	}}
}

// tellForwarded logs once when a peer that is not a trusted proxy sends X-Forwarded-For:
// either a proxy is missing in trusted_proxies, so all its clients have the proxy's
// address, or a client forges the header.
func tellForwarded(trust httpauth.Trust, log *slog.Logger, next http.Handler) http.Handler {
	var told atomic.Bool
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !told.Load() && len(r.Header["X-Forwarded-For"]) > 0 && !trust.Trusts(r) && told.CompareAndSwap(false, true) {
			log.Warn("X-Forwarded-For of an untrusted peer is ignored: if it is your proxy, list it in server.trusted_proxies, "+
				"or all its clients count as one", "peer", r.RemoteAddr)
		}
		next.ServeHTTP(w, r)
	})
}
