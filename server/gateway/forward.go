package gateway

import (
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// forward is one allowed request that is being forwarded.
type forward struct {
	gateway  *Gateway
	in       *http.Request
	counted  api.Counted // the context of all decisions about the request
	attempt  api.Attempt
	decision core.Decision
	upstream *url.URL
	place    place      // in the queue of the upstream
	told     api.Header // headers of UpstreamCredentials
	target   url.URL    // URL of the upstream request
	origin   [3]string  // values of the headers that setOrigin sets

	w        http.ResponseWriter   // needed for reading the body before the decision
	held     httpauth.Held         // memory for the part of the body that is read for the decision
	read     bool                  // the body was read completely
	text     []byte                // the body, if it was read for the decision
	lost     error                 // why the body could not be read before the upstream request
	sent     bool                  // the request was handed to the transport
	answered atomic.Bool           // a response has started
	broken   atomic.Pointer[error] // why the client's body could not be read
	life     life
	out      pacedAnswer
	proxy    httputil.ReverseProxy // by value: forward is on the heap anyway
}

func (f *forward) serve(w http.ResponseWriter) {
	g, rule := f.gateway, f.decision.Rule
	if f.upstream = g.upstreams[rule.Upstream]; f.upstream == nil {
		g.logLimited(slog.LevelError, "request refused: its rule has no upstream", rule.Name, "error", noUpstream(rule.Name, rule.Upstream))
		f.fault(w)
		return
	}
	if isWebSocket(f.in) && f.in.ContentLength != 0 {
		w.Header().Set("Connection", "close") // what follows is not a request
		httpauth.Answer(w, http.StatusBadRequest, "bad_upgrade", "a request for a WebSocket has no body")
		return
	}
	if g.maxBody >= 0 && f.in.ContentLength > g.maxBody {
		httpauth.Answer(w, http.StatusRequestEntityTooLarge, "too_large", "the request body is too large")
		return
	}
	w = f.watch(w)
	defer f.unwatch()
	b, err := f.bufferBody(w)
	defer b.held.Release()
	if err != nil {
		f.failBody(w, err)
		return
	}
	if err := f.holdScreened(); err != nil {
		f.refuseHeld(w, err)
		return
	}
	defer f.cancelled()()
	if v := g.credentials[rule.Upstream]; v != nil {
		if f.told, err = v.Credentials(f.in.Context(), &f.attempt, &f.decision); err != nil {
			f.failCredentials(w, err)
			return
		}
	}
	f.proxy = httputil.ReverseProxy{
		Rewrite: f.rewrite, ModifyResponse: f.answer, ErrorHandler: f.fail,
		Transport: g.transport, BufferPool: g.buffers,
		ErrorLog: g.proxyLogs[f.upstream],
	}
	f.out.ResponseWriter = w
	f.place.enter(g.queues[f.upstream], f.read)
	defer f.place.leave()
	f.proxy.ServeHTTP(&f.out, f.in)
}

// failCredentials refuses a request for which UpstreamCredentials failed.
func (f *forward) failCredentials(w http.ResponseWriter, err error) {
	e := api.AsError(err)
	if e.Code == api.Internal {
		f.gateway.logLimited(slog.LevelError, "request refused: upstream credentials failed", f.upstream.Host,
			"upstream", f.upstream.Host, "rule", f.decision.Rule.Name, "error", err)
	}
	f.gateway.refuser.Refuse(f.in.Context(), w, core.Decision{Err: e, Identity: f.decision.Identity, Rule: f.decision.Rule}, &f.attempt)
}

// rewrite runs after the hop-by-hop headers were removed, so the client cannot remove
// what it sets.
func (f *forward) rewrite(p *httputil.ProxyRequest) {
	out, a := p.Out, &f.attempt
	f.target = url.URL{
		Scheme: f.upstream.Scheme, Host: f.upstream.Host,
		Path: a.Path, RawPath: route.EscapePath(a.Path), RawQuery: a.Query,
	}
	out.URL = &f.target
	out.Host, _ = route.Authority(a.Host) // the engine has refused an invalid one
	out.Trailer = nil
	if f.read {
		out.Header.Del("Expect") // the body has been read: no 100 (Continue) is needed
	}
	f.gateway.stripper.clientHeaders(f.in, f.decision.Rule).strip(out.Header, f.decision.Rule, a.Credential.Header)
	stripCookies(out.Header)
	if !isWebSocket(f.in) {
		out.Header.Del("Connection")
		out.Header.Del("Upgrade")
	}
	f.setOrigin(out)
	for name, values := range f.decision.Headers {
		out.Header[name] = values
	}
	for name, values := range f.told {
		out.Header[name] = values
	}
	if out.Body != nil {
		if inspector := f.gateway.inspectors[f.decision.Rule.Upstream]; inspector != nil {
			out.Body = inspector.Screen(out)
		}
		out.Body = &body{ReadCloser: out.Body, left: f.gateway.maxBody, broken: &f.broken}
	}
	f.sent = true
}

// setOrigin tells the upstream where the request came from, as far as the gateway knows.
func (f *forward) setOrigin(out *http.Request) {
	a := &f.attempt
	if a.Peer.IsValid() {
		f.origin[0] = a.Peer.String()
		out.Header["X-Forwarded-For"] = f.origin[0:1:1]
	}
	f.origin[1] = a.Scheme
	out.Header["X-Forwarded-Proto"] = f.origin[1:2:2]
	if out.Host != "" {
		f.origin[2] = out.Host
		out.Header["X-Forwarded-Host"] = f.origin[2:3:3]
	}
}

// needHost refuses a request without a host, as HTTP/1.0 allows: the upstream would see
// its own name, while the rules saw none.
func (f *forward) needHost() {
	if host, _ := route.Authority(f.attempt.Host); host == "" {
		err := api.E(api.Invalid, "no_host", "a request must have a Host, by which its rule is found")
		f.decision = core.Decision{Err: err, Identity: f.decision.Identity, Rule: f.decision.Rule}
	}
}

// isWebSocket reports whether the request is a WebSocket handshake.
func isWebSocket(r *http.Request) bool {
	upgrade := r.Header["Upgrade"]
	return r.Method == http.MethodGet && len(upgrade) == 1 && strings.EqualFold(upgrade[0], "websocket")
}

// answer marks the response as started: it cannot be replaced by an error page.
func (f *forward) answer(r *http.Response) error {
	f.answered.Store(true)
	if ended := f.life.ended.Load(); ended != nil {
		return ended
	}
	f.place.answered()
	httpauth.Forwarding(f.w)
	passed{f}.countRefusal(r.StatusCode)
	f.out.begin(r, f.held.Ahead(), f.gateway.anonymousQueue(f))
	httpauth.KeepPrivate(r.Header, &f.attempt, f.decision.Rule)
	if inspector := f.gateway.inspectors[f.decision.Rule.Upstream]; inspector != nil {
		inspector.CleanAnswer(r.Header)
	}
	return nil
}
