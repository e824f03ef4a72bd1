package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"runtime/debug"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/printable"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// DefaultMaxBody is the largest request body in bytes unless [Config] says
// otherwise.
const DefaultMaxBody = 256 << 20

// Decider is the engine, as far as a door needs it; [core.Engine] is one.
type Decider interface {
	Decide(ctx context.Context, a *api.Attempt) core.Decision
}

// guessCounter counts failed guesses; [core.Engine] does.
type guessCounter interface {
	CountGuess(core.FailedGuess)
	GuessedOut(core.FailedGuess) (wait time.Duration, out bool)
}

var (
	_ Decider   = (*core.Engine)(nil)
	_ Protector = (*core.Engine)(nil)
)

// UpstreamCredentials tells an upstream who is asking in the upstream's own way. The headers
// that it returns are set after everything else; names are canonical. An error
// refuses the request. It must be safe for concurrent use.
type UpstreamCredentials interface {
	Credentials(ctx context.Context, a *api.Attempt, d *core.Decision) (api.Header, error)
}

// Config says what a [Gateway] is made of. Engine and Upstreams are needed.
type Config struct {
	Engine      Decider
	Upstreams   map[string]*url.URL            // by the name that rules use: scheme and authority, no path
	Credentials map[string]UpstreamCredentials // by the name of the upstream; none: the identity headers alone
	Trust       httpauth.Trust                 // zero: nobody
	MaxBody     int64                          // largest request body in bytes; 0 is DefaultMaxBody, negative is no limit
	Bodies      *httpauth.Bodies               // memory for the bodies that are held; nil: as much as by default
	Transport   http.RoundTripper              // nil: NewTransport()
	Logger      *slog.Logger                   // nil: discards

	// ForwardHeaders names, by upstream, headers in which well-known proxies state the
	// user or the address ([route.Identities], [route.Addresses]) and which are passed
	// on as they come from a proxy that Trust has. All others are deleted.
	ForwardHeaders map[string][]string

	// MethodHeaders names, by upstream, headers out of [route.Overrides] that an upstream
	// takes a request's method from, which are passed on. A request passes if it may by
	// that method, too. Any other that names another method is refused.
	MethodHeaders map[string][]string

	// Inspectors look into the bodies of requests, by the upstream's name that rules
	// use. None: the upstream goes by the request line.
	Inspectors map[string]Inspector

	// Words are those of refusals by decision, as a dialect's clients expect them; nil:
	// the gateway's own.
	Words httpauth.Words
}

// Gateway is the reverse proxy. It is safe for concurrent use.
type Gateway struct {
	engine      Decider
	watcher     Watcher // nil: requests do not end with their credential
	refuser     httpauth.Refuser
	words       httpauth.Words
	guesses     guessCounter // nil: failed guesses are not counted
	upstreams   map[string]*url.URL
	credentials map[string]UpstreamCredentials
	inspectors  map[string]Inspector
	trust       httpauth.Trust
	stripper    stripper
	targets     httpauth.Targets
	checker     checker // nil: requests are what their request line says
	maxBody     int64
	bodies      *httpauth.Bodies
	failures    api.LogLimit // what requests can cause a line about, by failure and upstream
	transport   http.RoundTripper
	buffers     httputil.BufferPool
	log         *slog.Logger
	proxyLogs   map[*url.URL]*log.Logger // of what breaks off, in the form that ReverseProxy wants
}

var _ http.Handler = (*Gateway)(nil)

// New returns a gateway. The error names the setting that is wrong.
func New(c Config) (*Gateway, error) {
	if c.Engine == nil {
		return nil, errors.New("gateway: no engine is given")
	}
	upstreams, err := readUpstreams(c.Upstreams)
	if err != nil {
		return nil, err
	}
	credentials, err := readCredentials(c.Credentials, upstreams)
	if err != nil {
		return nil, err
	}
	g := &Gateway{
		engine: c.Engine, upstreams: upstreams, credentials: credentials, inspectors: c.Inspectors, trust: c.Trust, words: c.Words,
		maxBody:   cmp.Or(c.MaxBody, DefaultMaxBody),
		bodies:    c.Bodies,
		transport: c.Transport, buffers: newBuffers(), log: printable.Logger(c.Logger), targets: httpauth.NewTargets(),
	}
	if g.bodies == nil {
		g.bodies = httpauth.NewBodies(0, 0)
	}
	g.watcher, _ = core.Capability[Watcher](c.Engine)
	g.checker, _ = core.Capability[checker](c.Engine)
	g.guesses, _ = core.Capability[guessCounter](c.Engine)
	g.refuser.Via, _ = core.Capability[httpauth.Responder](c.Engine)
	protector, _ := core.Capability[Protector](c.Engine)
	if g.stripper, err = newStripper(protector, c.ForwardHeaders, len(c.Upstreams), c.Trust); err != nil {
		return nil, fmt.Errorf("gateway: forward headers: %w", err)
	}
	if err := g.stripper.addOverrides(c.MethodHeaders, len(c.Upstreams)); err != nil {
		return nil, fmt.Errorf("gateway: method headers: %w", err)
	}
	if g.transport == nil {
		g.transport = NewTransport()
	}
	g.proxyLogs = newProxyLogs(g.log, upstreams)
	return g, nil
}

// readUpstreams copies the upstreams. The only one also answers to the empty
// name, which is what a rule says that names none.
func readUpstreams(in map[string]*url.URL) (map[string]*url.URL, error) {
	out := make(map[string]*url.URL, len(in)+1)
	for name, u := range in {
		if name == "" {
			return nil, errors.New("an upstream has no name: give it one")
		}
		if err := checkUpstream(u); err != nil {
			return nil, fmt.Errorf("upstream %q: %w", name, err)
		}
		out[name] = &url.URL{Scheme: u.Scheme, Host: u.Host}
		if len(in) == 1 {
			out[""] = out[name]
		}
	}
	return out, nil
}

// readCredentials copies the credentials as readUpstreams does the upstreams.
func readCredentials(in map[string]UpstreamCredentials, upstreams map[string]*url.URL) (map[string]UpstreamCredentials, error) {
	out := make(map[string]UpstreamCredentials, len(in)+1)
	for name, v := range in {
		if upstreams[name] == nil || name == "" {
			return nil, fmt.Errorf("credentials are for upstream %q, which is not configured", name)
		}
		out[name] = v
		if upstreams[""] != nil {
			out[""] = v
		}
	}
	return out, nil
}

func checkUpstream(u *url.URL) error {
	switch {
	case u == nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("its url is not http://host or https://host")
	case u.User != nil:
		return errors.New("its url has a user name or password: remove them")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return errors.New("its url has a path or query: remove them, the path that was decided on is passed on as it is")
	}
	return nil
}

// CheckRules reports the rules that name an upstream which the gateway lacks,
// so that a configuration can be refused before it is in force.
func (g *Gateway) CheckRules(rules []route.Rule) error {
	var errs []error
	for _, r := range rules {
		if g.upstreams[r.Upstream] == nil {
			errs = append(errs, noUpstream(r.Name, r.Upstream))
		}
	}
	return errors.Join(errs...)
}

func noUpstream(rule, name string) error {
	if name == "" {
		return fmt.Errorf("rule %q names no upstream and there is not exactly one: name it", rule)
	}
	return fmt.Errorf("rule %q names upstream %q, which is not configured", rule, name)
}

// ServeHTTP decides on the request and passes it on or refuses it.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := &forward{gateway: g, in: r, w: w}
	defer f.rescue(w)
	var err error
	if f.attempt, err = httpauth.AttemptFrom(r, g.trust); err != nil {
		g.refuser.Refuse(r.Context(), w, core.Decision{Err: api.AsError(err)}, nil)
		return
	}
	f.held = g.bodies.Hold(g.trust, f.attempt.Peer)
	defer f.held.Release()
	g.hideForged(r, &f.attempt)
	f.counted.Begin(r.Context())
	f.decision = g.engine.Decide(&f.counted, &f.attempt)
	if f.decision.Outcome == core.Allowed {
		f.needHost()
	}
	if f.decision.Outcome == core.Allowed {
		f.checkGuesses()
	}
	if f.decision.Outcome == core.Allowed {
		f.decideOthers(&f.counted)
	}
	if f.decision.Outcome == core.Allowed {
		f.inspect(w)
	}
	if f.lost != nil && isTimeout(f.lost) {
		f.failBody(w, f.lost)
		return
	}
	if f.decision.Outcome != core.Allowed {
		g.refused(w, r, f)
		return
	}
	f.serve(w)
}

func (g *Gateway) refused(w http.ResponseWriter, r *http.Request, f *forward) {
	if g.words != nil && g.guesses != nil {
		if guess, counts := g.words.FailedGuess(&f.attempt, f.decision); counts {
			g.guesses.CountGuess(guess)
		}
	}
	httpauth.Refuser{Via: g.refuser.Via, Words: g.words}.Refuse(r.Context(), w, f.decision, &f.attempt)
}

// rescue keeps a panic away from the client and from other requests. Once an
// answer has begun it can only be cut off.
func (f *forward) rescue(w http.ResponseWriter) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	f.gateway.logLimited(slog.LevelError, "a request panicked", "", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
	if f.answered.Load() {
		panic(http.ErrAbortHandler)
	}
	f.fault(w)
}

// fault answers 500, and asks no hook: what broke may have been one.
func (f *forward) fault(w http.ResponseWriter) {
	httpauth.Refuser{}.Refuse(f.in.Context(), w, core.Decision{Err: api.E(api.Internal, "", "")}, nil)
}

// Close closes idle connections to upstreams.
func (g *Gateway) Close() error {
	if t, ok := g.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
	return nil
}
