package guard

import (
	"context"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/door"
)

// Config says how a guard works.
type Config struct {
	Engine *core.Engine
	Trust  door.Trust // proxies in front that are believed; zero: none
	// OnError answers refused requests; nil answers JSON with the status of the
	// refusal and its challenges.
	OnError func(http.ResponseWriter, *http.Request, core.Decision)
}

// Guard protects handlers. It is safe for concurrent use.
type Guard struct {
	engine  *core.Engine
	trust   door.Trust
	onError func(http.ResponseWriter, *http.Request, core.Decision)
}

// New returns a guard.
func New(c Config) *Guard {
	g := &Guard{engine: c.Engine, trust: c.Trust, onError: c.OnError}
	if g.onError == nil {
		g.onError = g.refuse
	}
	return g
}

// refuse is the answer unless the caller has one of their own.
func (g *Guard) refuse(w http.ResponseWriter, r *http.Request, d core.Decision) {
	var attempt *api.Attempt
	if a, err := door.AttemptFrom(r, g.trust); err == nil {
		attempt = &a
	}
	door.Refuser{Via: g.engine}.Refuse(r.Context(), w, d, attempt)
}

// Handler lets requests through to next that the engine's rules allow, with the
// identity in their context. Identity headers that the client sent are removed.
func (g *Guard) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := g.Decide(r)
		if d.Outcome != core.Allowed {
			g.onError(w, r, d)
			return
		}
		next.ServeHTTP(w, g.admit(r, d))
	})
}

// Require is Handler for routes that want more than the rules say: one of the
// roles, whoever asks.
func (g *Guard) Require(roles ...string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return g.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id, ok := Identity(r.Context())
			if ok && (len(roles) == 0 || id.HasRole(roles...)) {
				next.ServeHTTP(w, r)
				return
			}
			g.onError(w, r, lacking(id, ok))
		}))
	}
}

// lacking is the refusal of somebody who passed the rules but not Require.
func lacking(id api.Identity, known bool) core.Decision {
	if !known {
		return core.Decision{Err: api.E(api.Unauthenticated, api.ReasonNoCredential, "credentials are needed")}
	}
	return core.Decision{Identity: id, Err: api.E(api.Denied, api.ReasonRole, "your role does not allow this")}
}

// Decide asks the engine about a request and answers nobody.
func (g *Guard) Decide(r *http.Request) core.Decision {
	a, err := door.AttemptFrom(r, g.trust)
	if err != nil {
		return core.Decision{Err: api.AsError(err)}
	}
	return g.engine.Decide(r.Context(), &a)
}

// admit returns the request as the handler sees it. The headers are a copy: the
// caller's request stays as it was.
func (g *Guard) admit(r *http.Request, d core.Decision) *http.Request {
	ctx := r.Context()
	if !d.Anonymous() {
		ctx = context.WithValue(ctx, identityKey{}, d.Identity)
	}
	r = r.WithContext(ctx)
	r.Header = r.Header.Clone()
	route.Strip(api.Header(r.Header))
	return r
}

type identityKey struct{}

// Identity returns who the request is from; false for an anonymous one.
func Identity(ctx context.Context) (api.Identity, bool) {
	id, ok := ctx.Value(identityKey{}).(api.Identity)
	return id, ok
}
