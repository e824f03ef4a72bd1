package guard

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// Config configures a [Guard].
type Config struct {
	Engine *core.Engine
	Trust  httpauth.Trust // trusted proxies; zero: only peers without an address, as on a Unix socket

	// Prefix is the path prefix that the program removes before the guard, such as "/api"
	// with http.StripPrefix("/api", g.Handler(mux)). Rules apply to the whole path, as
	// sent by the client. "" means none.
	Prefix string

	// WholeDestinations says that handlers read WebDAV's Destination, and other headers
	// with a second resource, as a complete path of the host. By default the resource
	// must also be allowed below each prefix of the request's own path, since
	// http.StripPrefix may have removed it.
	WholeDestinations bool

	// OnError writes the response to refused requests; nil writes JSON with the status of
	// the refusal and its challenges.
	OnError func(http.ResponseWriter, *http.Request, core.Decision)
	// ForwardHeaders are headers in [route.Identities], or with the name of a CGI variable,
	// that handlers get unchanged from proxies in Trust. By default all of them are removed.
	ForwardHeaders []string
	// Inspector is used if [core.Application].Read is set: it says which requests with a
	// body could mean something else than their request line; those are refused. nil
	// refuses all requests with a body then.
	Inspector Inspector
}

// Guard protects handlers. It is safe for concurrent use.
type Guard struct {
	senders   senders
	engine    *core.Engine
	trust     httpauth.Trust
	prefix    string // without a trailing slash
	targets   httpauth.Targets
	bodies    *httpauth.Bodies // memory for bodies that are read before the decision
	inspector Inspector        // nil: none
	onError   func(http.ResponseWriter, *http.Request, core.Decision)
	whole     bool      // see Config.WholeDestinations
	untimed   sync.Once // for tellUntimed

	mu       sync.Mutex
	required [][]string // the roles of each Require; the lists are immutable
}

// New returns a guard. It panics if Config.Engine is nil.
func New(c Config) *Guard {
	if c.Engine == nil {
		panic("guard: New needs an engine: Config.Engine is nil")
	}
	g := &Guard{
		engine: c.Engine, trust: c.Trust, prefix: strings.TrimRight(c.Prefix, "/"), onError: c.OnError,
		senders: newSenders(c), targets: httpauth.NewTargets(), bodies: httpauth.NewBodies(0, heldPerByte*httpauth.MaxDigested+1),
		inspector: c.Inspector, whole: c.WholeDestinations,
	}
	if g.onError == nil {
		g.onError = g.refuse
	}
	return g
}

// refuse is the default of OnError.
func (g *Guard) refuse(w http.ResponseWriter, r *http.Request, d core.Decision) {
	var attempt *api.Attempt
	if a, err := g.attempt(r); err == nil {
		attempt = &a
	}
	httpauth.Refuser{Via: g.engine}.Refuse(r.Context(), w, d, attempt)
}

// Handler passes requests that the engine's rules allow to next, with the identity in
// their context. From the client's headers and trailers it removes those that only
// Cardea, its hooks or a well-known proxy may send, and those that name another URL, host
// or path, such as X-Original-URL and X-Forwarded-Host, unless they come from a proxy in
// Config.Trust.
//
// A request whose path, query or host was changed before the guard is refused with
// [ReasonMisconfigured], unless Config.Prefix explains the change: otherwise the rules
// would judge another request than the one that next serves.
//
// The context of the request ends with the credential: within a second of a revocation,
// and on expiry, see [core.Engine.Watch]; [context.Cause] is then a [*core.Error].
// Nothing else is interrupted, so a handler that streams or has hijacked the connection
// must return then. Rules with OnRevoke [route.Keep] are excepted.
//
// Responses to requests with a credential in X-API-Key or a custom header get Vary with
// that header and are private, unless next sets Cache-Control. next should add to Vary,
// not set it.
//
// It panics if next is nil, or a nil pointer or function.
func (g *Guard) Handler(next http.Handler) http.Handler {
	g.mustServe(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := g.pass(w, r, g.checkUnchanged)
		defer p.body.release()
		if p.decision.Outcome != core.Allowed {
			g.answerError(w, r, p.decision)
			return
		}
		httpauth.KeepPrivate(w.Header(), &p.attempt, p.decision.Rule)
		p.serve(next, w, r)
	})
}

// Require is Handler for routes that need more than the rules: one of the roles. Below a
// Handler of the same engine it uses the existing decision, like another Handler, if the
// request is unchanged. If the path was changed in between, other than by removing a
// prefix, the rule that decided must also apply to the new path. The context of the request
// ends when the user loses the role, as it does for a rule. The returned handler panics like
// Handler.
//
// A request that names a second resource, such as WebDAV's Destination, passes the guard
// only if the user has the roles of each Require of the guard, since any of them may
// protect that resource. The same applies to a request that acts on everything below its
// own resource, such as WebDAV's COPY, MOVE, LOCK and PROPFIND on a collection, unless
// the rule names its method. To allow such requests to other users, write roles into
// rules instead. A guard does not know the Requires of other guards: protect the handlers
// of one tree with one guard.
func (g *Guard) Require(roles ...string) func(http.Handler) http.Handler {
	if g != nil {
		g.noteRequired(roles)
	}
	return func(next http.Handler) http.Handler {
		g.mustServe(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p := g.require(w, r, roles)
			defer p.body.release()
			if p.decision.Outcome != core.Allowed {
				g.answerError(w, r, p.decision)
				return
			}
			httpauth.KeepPrivate(w.Header(), &p.attempt, p.decision.Rule)
			p.serve(next, w, r)
		})
	}
}

// require decides on a request unless it has been decided on, and checks the roles.
func (g *Guard) require(w http.ResponseWriter, r *http.Request, roles []string) *passage {
	p := g.pass(w, r, g.checkBelow)
	if p.decision.Outcome != core.Allowed {
		return p
	}
	if !has(p.decision, roles) {
		return p.refused(r.Context(), lacking(!p.decision.Anonymous()))
	}
	if len(roles) == 0 {
		return p
	}
	return p.requiring(r.Context(), roles)
}

// lacking returns the refusal for a request that passed the rules but not Require.
func lacking(known bool) error {
	if !known {
		return api.E(api.Unauthenticated, api.ReasonNoCredential, "credentials are needed")
	}
	return api.E(api.Denied, api.ReasonRole, "your role does not allow this")
}

// Decide returns the engine's decision on a request and writes no response. If a method
// needs a digest of the body, Decide waits for the body without a time limit: set the
// server's ReadTimeout, or use Handler.
func (g *Guard) Decide(r *http.Request) core.Decision {
	p := g.decide(nil, r)
	p.body.release()
	return p.decision
}

// Identity returns the identity of the request; false for an anonymous one. It is that of
// the innermost guard that the request has passed.
func Identity(ctx context.Context) (api.Identity, bool) {
	p, ok := ctx.Value(passageKey{}).(*passage)
	if !ok {
		id, ok := ctx.Value(identityKey{}).(api.Identity)
		return id, ok
	}
	if p.decision.Anonymous() {
		return api.Identity{}, false
	}
	return p.decision.Identity, true
}

// identityKey is the context key of WithIdentity.
type identityKey struct{}

// WithIdentity returns a context from which [Identity] returns id, for tests of handlers
// and for callers that authenticate in another way. It does not affect a guard: a guard
// below makes its own decision, which then replaces id.
func WithIdentity(ctx context.Context, id api.Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, id)
}
