package wordpress

import (
	"cmp"
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// Site is a site's REST API that an engine answers for. It describes requests to hooks
// and writes answers. Create one per mount; safe for concurrent use.
type Site struct {
	Engine *core.Engine
	API    API
	Name   string // name of the mount, for hooks
	Issuer string // URL of the site, without a trailing slash
	// Peer returns the client address of a request; nil uses RemoteAddr.
	Peer func(*http.Request) netip.Addr
	// Envelope builds the body of a refusal; nil is [RESTEnvelope].
	Envelope Envelope
	// CrossOrigin returns what answers tell pages of other origins; nil: nothing.
	CrossOrigin func(target *url.URL) httpauth.CrossOrigin
	// Past means that the plugin bypasses WordPress's REST layer: answers ignore
	// _fields and have no Allow header.
	Past bool
}

// URL returns the absolute URL of a path of the site, such as "/wp-login.php". The path of
// the site is in it once, whether or not Issuer ends with it.
func (s *Site) URL(path string) string {
	home := s.API.Home()
	if u, err := url.Parse(s.Issuer); err == nil && strings.HasSuffix(u.EscapedPath(), home) {
		home = ""
	}
	return s.Issuer + home + path
}

// restURL returns the absolute URL of a path of the REST API, such as "/jwt-auth/v1".
func (s *Site) restURL(path string) string {
	return s.URL(strings.TrimPrefix(s.API.Base, s.API.Home()) + path)
}

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

// From returns the client address and user agent of a request.
func (s *Site) From(r *http.Request) api.Peer {
	return api.Peer{Addr: s.peer(r), UserAgent: r.UserAgent()}
}

// peer returns the client address. If Peer fails it is the zero Addr, and all such
// requests count as one source.
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

// Answer writes body as WordPress's REST layer does, with the fields that the query's
// _fields selects.
func (s *Site) Answer(w http.ResponseWriter, r *http.Request, status int, body api.Claims) {
	s.answer(w, r, status, body, api.Claims{})
}

// answer is Answer with links, which _fields does not remove.
func (s *Site) answer(w http.ResponseWriter, r *http.Request, status int, body, links api.Claims) {
	if s.Past {
		w.Header().Del("Allow")
		s.Send(w, r, status, linked(body, links))
		return
	}
	if body.Len() == 0 {
		s.Send(w, r, status, body)
		return
	}
	s.Send(w, r, status, linked(selected(r, body), links))
}

// linked returns a value with the member _links, if there are links.
func linked(value any, links api.Claims) any {
	if links.Len() == 0 {
		return value
	}
	object, _ := value.(api.Claims) // an empty list has no members
	return object.With("_links", links)
}

// Send writes a complete value, as plugins do that bypass the REST layer.
func (s *Site) Send(w http.ResponseWriter, r *http.Request, status int, v any) {
	h := w.Header()
	s.setHeaders(h, r.URL, r.Header)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	text, fault := s.encode(r.Context(), v)
	if fault {
		status = http.StatusInternalServerError
	}
	w.WriteHeader(status)
	w.Write(text) // the client may have disconnected
}

// setHeaders sets the headers of WordPress's REST layer.
func (s *Site) setHeaders(h http.Header, target *url.URL, request http.Header) {
	if s.CrossOrigin != nil {
		s.CrossOrigin(target).Tell(h, request)
	}
	h.Set("Content-Type", "application/json; charset=UTF-8")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Link", "<"+s.restURL("/")+`>; rel="https://api.w.org/"`)
}

// encode encodes a value as PHP does. If that fails, fault is true and text is
// WordPress's answer to an internal error.
func (s *Site) encode(ctx context.Context, v any) (text []byte, fault bool) {
	text, err := phpJSON(v)
	if err != nil {
		s.Engine.Fault(ctx, "encode an answer", err)
		return []byte(`{"code":"internal_server_error","message":"","data":{"status":500},"additional_errors":[]}`), true
	}
	return text, false
}
