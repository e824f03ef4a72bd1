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

// DefaultMaxBody is the default of [Config.MaxBody], in bytes.
const DefaultMaxBody = 256 << 20

// Decider is the part of the engine that makes decisions; [core.Engine] is one.
type Decider interface {
	Decide(ctx context.Context, a *api.Attempt) core.Decision
}

// guessCounter counts failed guesses; [core.Engine] is one.
type guessCounter interface {
	CountGuess(context.Context, core.FailedGuess)
	GuessedOut(context.Context, core.FailedGuess) (wait time.Duration, out bool)
}

var (
	_ Decider   = (*core.Engine)(nil)
	_ Protector = (*core.Engine)(nil)
)

// UpstreamCredentials tells an upstream who the user is, in the upstream's own format.
// The returned headers are set last; names are canonical. An error refuses the request.
// Implementations must be safe for concurrent use.
type UpstreamCredentials interface {
	Credentials(ctx context.Context, a *api.Attempt, d *core.Decision) (api.Header, error)
}

// Config configures a [Gateway]. Engine and Upstreams are required.
type Config struct {
	Engine      Decider
	Upstreams   map[string]*url.URL            // by the name that rules use: scheme and authority, no path
	Credentials map[string]UpstreamCredentials // by upstream name; none: only the identity headers
	Trust       httpauth.Trust                 // zero: trusts no proxy
	MaxBody     int64                          // largest request body in bytes; 0 means DefaultMaxBody, negative no limit
	Bodies      *httpauth.Bodies               // memory for buffered bodies; nil: the default amount
	Transport   http.RoundTripper              // nil: NewTransport()
	Logger      *slog.Logger                   // nil: discards all lines

	// ForwardHeaders lists, by upstream, headers in which well-known proxies state the
	// user or the address ([route.Identities], [route.Addresses]) and which are forwarded
	// unchanged if they come from a proxy in Trust. All others are deleted.
	ForwardHeaders map[string][]string

	// MethodHeaders names, by upstream, headers out of [route.Overrides] that an upstream
	// takes a request's method from, which are passed on. A request passes if it may by
	// that method, too. Any other that names another method is refused.
	MethodHeaders map[string][]string

	// Inspectors inspect request bodies, by upstream name. Without one the upstream is
	// assumed to use only the request line.
	Inspectors map[string]Inspector

	// Words writes refusals in the format of a dialect's clients; nil: the gateway's own
	// format.
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
	checker     checker // nil: other interpretations are not checked
	maxBody     int64
	bodies      *httpauth.Bodies
	failures    api.LogLimit // limits log lines that requests can cause, by event and upstream
	transport   http.RoundTripper
	buffers     httputil.BufferPool
	log         *slog.Logger
	proxyLogs   map[*url.URL]*log.Logger // logs of ReverseProxy, by upstream
	queues      map[*url.URL]*queue
}

var _ http.Handler = (*Gateway)(nil)

// New returns a gateway. The error names the invalid setting.
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
	g.stripper.ruler, _ = core.Capability[ruler](c.Engine)
	if err := g.stripper.addOverrides(c.MethodHeaders, len(c.Upstreams)); err != nil {
		return nil, fmt.Errorf("gateway: method headers: %w", err)
	}
	if g.transport == nil {
		g.transport = NewTransport()
	}
	g.proxyLogs, g.queues = newProxyLogs(g.log, upstreams), map[*url.URL]*queue{}
	for _, u := range upstreams {
		g.queues[u] = newQueue()
	}
	return g, nil
}

// readUpstreams copies the upstreams. If there is only one, the empty name refers to it
// too, for rules that name none.
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

// readCredentials copies the credentials, with the empty name as in readUpstreams.
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
		return errors.New("its url has a path or query: remove them, since paths are forwarded unchanged")
	}
	return nil
}

// CheckRules returns an error for rules that name an unknown upstream, so that a
// configuration can be rejected before it takes effect.
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
		return fmt.Errorf("rule %q names no upstream, which it may only if there is exactly one: name it", rule)
	}
	return fmt.Errorf("rule %q names upstream %q, which is not configured", rule, name)
}

// ServeHTTP decides on the request and forwards or refuses it.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := &forward{gateway: g, in: r, w: w}
	defer f.rescue(w)
	var err error
	if f.attempt, err = httpauth.AttemptFrom(r, g.trust); err != nil {
		g.refuser.Refuse(r.Context(), w, core.Decision{Err: api.AsError(err)}, nil)
		return
	}
	f.attempt.Body = f
	f.held = g.bodies.Hold(g.trust, f.attempt.Peer)
	defer f.held.Release()
	g.hideForged(r, &f.attempt)
	f.counted.Begin(r.Context())
	f.decision = g.engine.Decide(&f.counted, &f.attempt)
	if f.decision.Outcome == core.Allowed {
		f.needHost()
	}
	if f.decision.Outcome == core.Allowed {
		passed{f}.checkConnection()
	}
	if f.decision.Outcome == core.Allowed {
		passed{f}.checkGuesses()
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
			g.guesses.CountGuess(r.Context(), guess)
		}
	}
	httpauth.Refuser{Via: g.refuser.Via, Words: g.words}.Refuse(r.Context(), w, f.decision, &f.attempt)
}

// rescue recovers from a panic and answers 500. If a response has started, it is cut off.
func (f *forward) rescue(w http.ResponseWriter) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	f.gateway.logLimited(slog.LevelError, "request panicked", "", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
	if f.answered.Load() {
		panic(http.ErrAbortHandler)
	}
	f.fault(w)
}

// fault answers 500 without running hooks: a hook may have caused the failure.
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
