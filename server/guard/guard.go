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

// Config says how a guard works.
type Config struct {
	Engine *core.Engine
	Trust  httpauth.Trust // proxies in front that are believed; zero: only who has no address, as on a unix socket

	// Prefix is what the program takes off the path before the request comes to
	// the guard, such as "/api" with http.StripPrefix("/api", g.Handler(mux)). Rules
	// speak of the whole path, as the client sends it. "": nothing.
	Prefix string

	// WholeDestinations says that handlers read WebDAV's Destination, and other headers
	// that name a second resource, as a whole path of the host. By default it must also
	// be allowed below each beginning of the request's own path, which http.StripPrefix
	// may have taken off.
	WholeDestinations bool

	// OnError answers refused requests; nil answers JSON with the status of the
	// refusal and its challenges.
	OnError func(http.ResponseWriter, *http.Request, core.Decision)
	// ForwardHeaders are headers out of [route.Identities] that handlers get as they
	// come from a proxy that Trust has. By default they get none of those.
	ForwardHeaders []string
	// Inspector says, where [core.Application].Read is set, which requests with a body could
	// be for something else than their request line says; they are refused. nil refuses
	// all of those requests that have a body.
	Inspector Inspector
}

// Guard protects handlers. It is safe for concurrent use.
type Guard struct {
	senders   senders
	engine    *core.Engine
	trust     httpauth.Trust
	prefix    string // without a slash at its end
	targets   httpauth.Targets
	inspector Inspector // nil: knows nothing of bodies
	onError   func(http.ResponseWriter, *http.Request, core.Decision)
	whole     bool // see Config.WholeDestinations

	mu       sync.Mutex
	required [][]string // what each Require asks for; each list is not changed
}

// New returns a guard. It panics without an engine: such a guard could answer
// nothing.
func New(c Config) *Guard {
	if c.Engine == nil {
		panic("guard: New needs an engine: Config.Engine is nil")
	}
	g := &Guard{
		engine: c.Engine, trust: c.Trust, prefix: strings.TrimRight(c.Prefix, "/"), onError: c.OnError,
		senders: newSenders(c), targets: httpauth.NewTargets(), inspector: c.Inspector, whole: c.WholeDestinations,
	}
	if g.onError == nil {
		g.onError = g.refuse
	}
	return g
}

// refuse is the answer unless the caller has one of their own.
func (g *Guard) refuse(w http.ResponseWriter, r *http.Request, d core.Decision) {
	var attempt *api.Attempt
	if a, err := g.attempt(r); err == nil {
		attempt = &a
	}
	httpauth.Refuser{Via: g.engine}.Refuse(r.Context(), w, d, attempt)
}

// Handler lets requests through to next that the engine's rules allow, with the
// identity in their context. Headers and trailers that only Cardea, its hooks or a
// well-known proxy could send are removed from what the client sent, and so are those
// that name another URL, host or path, such as X-Original-URL and X-Forwarded-Host, unless
// they come from a proxy that Config.Trust has.
//
// A request whose path, query or host was changed before it came here is refused
// as [ReasonMisconfigured], unless Config.Prefix explains the change: the rules
// would judge another request than the one that next answers.
//
// The context of the request ends with the credential: within a second of a revocation,
// and when it expires, see [core.Engine.Watch]; [context.Cause] is then a [*core.Error].
// It ends nothing else, so a handler that streams, or has taken over the connection,
// must return then. Rules with OnRevoke [route.Keep] are left alone.
//
// Answers to requests with a credential in X-API-Key or a header of your own vary by
// that header and are private, unless next sets Cache-Control. Add to Vary, do not set
// it.
//
// It panics if next is nil, or a nil pointer or function.
func (g *Guard) Handler(next http.Handler) http.Handler {
	g.mustServe(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := g.pass(r, g.checkUnchanged)
		if p.decision.Outcome != core.Allowed {
			g.answerError(w, r, p.decision)
			return
		}
		httpauth.KeepPrivate(w.Header(), &p.attempt, p.decision.Rule)
		p.serve(next, w, r)
	})
}

// Require is Handler for routes that want more than the rules say: one of the
// roles, whoever asks. Below a Handler of the same engine it uses what was decided
// there, as another Handler does, if the request is still the same. A path that
// was changed in between, other than by taking a prefix off, must be of the rule
// that decided. The context of the request ends when who asks loses the role, as it does by
// a rule. What it returns panics as Handler does.
//
// A request that names a second resource, such as WebDAV's Destination, passes the guard
// only if who asks has what each Require of the guard asks for: any of them may stand
// before that resource. So does one that acts on all below its own, as WebDAV's COPY, MOVE,
// LOCK and PROPFIND do with a collection, unless the rule names its method. Where others
// must be able to, write roles into rules instead. A guard does not know what other guards
// ask for that the request does not come to: protect the handlers of one tree by one guard.
func (g *Guard) Require(roles ...string) func(http.Handler) http.Handler {
	if g != nil {
		g.noteRequired(roles)
	}
	return func(next http.Handler) http.Handler {
		g.mustServe(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p := g.require(r, roles)
			if p.decision.Outcome != core.Allowed {
				g.answerError(w, r, p.decision)
				return
			}
			httpauth.KeepPrivate(w.Header(), &p.attempt, p.decision.Rule)
			p.serve(next, w, r)
		})
	}
}

// require decides on a request, unless that was done, and looks at the roles.
func (g *Guard) require(r *http.Request, roles []string) *passage {
	p := g.pass(r, g.checkBelow)
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

// lacking is the refusal of somebody who passed the rules but not Require.
func lacking(known bool) error {
	if !known {
		return api.E(api.Unauthenticated, api.ReasonNoCredential, "credentials are needed")
	}
	return api.E(api.Denied, api.ReasonRole, "your role does not allow this")
}

// Decide asks the engine about a request and answers nobody.
func (g *Guard) Decide(r *http.Request) core.Decision { return g.decide(r).decision }

// Identity returns who the request is from; false for an anonymous one. It is the
// answer of the innermost guard that the request has passed.
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

// identityKey is under what a context holds the identity of WithIdentity.
type identityKey struct{}

// WithIdentity returns a context from which [Identity] returns id, for tests of handlers
// and for callers that have established who asks in another way. It opens no guard: a
// guard below decides for itself, and its answer is the one that counts then.
func WithIdentity(ctx context.Context, id api.Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, id)
}
