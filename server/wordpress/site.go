package wordpress

import (
	"cmp"
	"context"
	"net/http"
	"net/netip"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Site is the REST API of a site that an engine answers for: how its handlers see a
// request, and how they answer. Make one a mount; safe for concurrent use.
type Site struct {
	Engine *core.Engine
	API    API
	Name   string // of the mount, for hooks
	Issuer string // the site's URL, without a slash at the end
	// Peer tells who a request is from; nil: its RemoteAddr.
	Peer func(*http.Request) netip.Addr
	// Envelope lays out the body of a refusal; nil is [RESTEnvelope].
	Envelope Envelope
	// Past says that the plugin answers past WordPress's REST layer: whole, and
	// without an Allow header.
	Past bool
}

// URL returns the absolute address of a path of the site, such as
// "/wp-login.php".
func (s *Site) URL(path string) string { return s.Issuer + path }

// Attempt describes the request for hooks.
func (s *Site) Attempt(r *http.Request) *api.Attempt {
	a := &api.Attempt{
		Method: r.Method, Scheme: "http", Host: r.Host, RawTarget: cmp.Or(r.RequestURI, r.URL.RequestURI()),
		Header: s.Engine.WithoutForged(api.Header(r.Header)), Peer: s.peer(r), TLS: r.TLS != nil,
		Path: r.URL.Path, Query: r.URL.RawQuery,
	}
	if a.TLS {
		a.Scheme = "https"
	}
	return a
}

// From returns who a request is from.
func (s *Site) From(r *http.Request) api.Peer {
	return api.Peer{Addr: s.peer(r), UserAgent: r.UserAgent()}
}

// peer returns the address that counts; one that Peer cannot tell is
// unknown, which counts as one source of all such requests.
func (s *Site) peer(r *http.Request) netip.Addr {
	if s.Peer != nil {
		addr, err := s.askPeer(r)
		if err != nil {
			s.Engine.Fault(r.Context(), "the address of a request cannot be told", err)
		}
		return addr
	}
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

func (s *Site) askPeer(r *http.Request) (addr netip.Addr, err error) {
	defer api.Recover("mount", s.Name, &err)
	return s.Peer(r), nil
}

// Answer writes body as WordPress's REST layer does, with the members that the
// query's _fields asks for.
func (s *Site) Answer(w http.ResponseWriter, r *http.Request, status int, body api.Claims) {
	if s.Past {
		w.Header().Del("Allow")
		s.Send(w, r, status, body)
		return
	}
	chosen := selected(r, body)
	if chosen.Len() == 0 && body.Len() > 0 {
		s.Send(w, r, status, []any{}) // PHP cannot tell an empty object from an empty list
		return
	}
	s.Send(w, r, status, chosen)
}

// Send writes a value whole, as plugins do that answer past the REST layer.
func (s *Site) Send(w http.ResponseWriter, r *http.Request, status int, v any) {
	h := w.Header()
	s.setHeaders(h)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	text, fault := s.encode(r.Context(), v)
	if fault {
		status = http.StatusInternalServerError
	}
	w.WriteHeader(status)
	w.Write(text) // the client may have gone; there is nobody to tell
}

// setHeaders sets the headers of WordPress's REST layer.
func (s *Site) setHeaders(h http.Header) {
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Link", "<"+s.URL(s.API.Base+"/")+`>; rel="https://api.w.org/"`)
}

// encode writes a value as PHP does; fault says that it could not, and that the text
// is WordPress's answer to that.
func (s *Site) encode(ctx context.Context, v any) (text []byte, fault bool) {
	text, err := phpJSON(v)
	if err != nil {
		s.Engine.Fault(ctx, "encode an answer", err)
		return []byte(`{"code":"internal_server_error","message":"","data":{"status":500},"additional_errors":[]}`), true
	}
	return text, false
}
