package guard

import (
	"io"
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// forged decides which headers of a sender handlers must not see.
type forged struct {
	engine  *core.Engine
	names   *route.Names
	unseen  *route.Names // names that methods and hooks are not shown either
	own     *route.Names
	forward []string // canonical
}

// senders holds the header rules for trusted proxies and for clients.
type senders struct {
	proxy, client forged
	trust         httpauth.Trust
}

// newSenders allows trusted proxies to send the headers in ForwardHeaders, and those with
// the URL that the client requested.
func newSenders(c Config) senders {
	own, proxies := route.NewNames(route.Own()), route.ProxyIdentities()
	s := senders{
		proxy:  forged{engine: c.Engine, names: proxies, unseen: proxies, own: own},
		client: forged{engine: c.Engine, names: route.FromClient(), unseen: route.Client(), own: own},
		trust:  c.Trust,
	}
	for _, name := range c.ForwardHeaders {
		s.proxy.forward = append(s.proxy.forward, http.CanonicalHeaderKey(name))
	}
	return s
}

// of returns the header rules for the sender of r.
func (s *senders) of(r *http.Request) *forged {
	if s.trust.Trusts(r) {
		return &s.proxy
	}
	return &s.client
}

// removed returns a copy of r without the forged headers and trailers.
func (f *forged) removed(r *http.Request) *http.Request {
	out := r.WithContext(r.Context())
	protected := f.engine.ProtectedHeaders()
	out.Header = r.Header.Clone()
	f.strip(out.Header, protected)
	if r.Trailer != nil { // set when the body has been read
		out.Trailer = r.Trailer.Clone()
		f.strip(out.Trailer, protected)
		out.Body = &trailed{ReadCloser: r.Body, done: func() { f.copyTrailer(out.Trailer, r.Trailer, protected) }}
	}
	return out
}

func (f *forged) strip(h http.Header, protected *route.Names) {
	for name := range h {
		if f.has(name, protected) {
			delete(h, name)
		}
	}
}

func (f *forged) has(name string, protected *route.Names) bool {
	if protected.Has(name) {
		return true
	}
	return f.names.Has(name) && (!slices.Contains(f.forward, name) || f.own.Has(name))
}

// hidden returns the header for methods and hooks: without forged headers, but with the
// headers that carry credentials. As at the gateway, it also omits headers that only a
// proxy may set unless the client is a trusted proxy: handlers may have a reason to read a
// client's X-Real-IP, but a hook could be misled by it. Content-Length is kept, since the
// server reads the body by it.
func (f *forged) hidden(h api.Header) api.Header {
	return f.unseen.Without(h, func(name string) bool {
		return name == "Content-Length" || f.names.Has(name) && !f.has(name, nil) || f.engine.Carries(name)
	})
}

func (f *forged) copyTrailer(into, from http.Header, protected *route.Names) {
	for name, values := range from {
		if !f.has(name, protected) {
			into[name] = values
		}
	}
}

// trailed is a body that is followed by trailers. Like every request body it is read by
// one goroutine at a time.
type trailed struct {
	io.ReadCloser
	done func()
}

// Read implements io.Reader.
func (t *trailed) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	if err == io.EOF {
		t.done()
	}
	return n, err
}
