package dialect

import (
	"cmp"
	"net/http"
	"net/netip"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Site is a mount that an engine serves: how its handlers ask the engine, and
// how they answer. Make one a mount; safe for concurrent use.
type Site struct {
	Engine *core.Engine
	Mount  Mount
	// Envelope lays out the body of a refusal; nil is [RESTEnvelope].
	Envelope Envelope
	// Codes are those of refusals that are no verdict.
	Codes Codes
	// Past says that the plugin answers past WordPress's REST layer: whole, and
	// without an Allow header.
	Past bool
}

// URL returns the absolute address of a path of the site, such as
// "/wp-login.php".
func (s *Site) URL(path string) string { return s.Mount.Issuer + path }

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

// peer returns the address that counts; one that Mount.Peer cannot tell is
// unknown, which counts as one source of all such requests.
func (s *Site) peer(r *http.Request) netip.Addr {
	if s.Mount.Peer != nil {
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
	defer api.Recover("mount", s.Mount.Name, &err)
	return s.Mount.Peer(r), nil
}

// blanks are what PHP's trim takes away.
const blanks = " \t\n\r\x00\v"

// Login asks the engine whose name and password these are. Both lose the
// blanks around them, as in WordPress, which hashes passwords without them; and
// "0" is empty, as in PHP. Answers are what the client sent besides, for hooks
// that ask for a second factor; see [Params.Answers].
func (s *Site) Login(r *http.Request, login, password string, answers map[string]string) (api.Identity, error) {
	return s.Engine.Login(r.Context(), core.LoginRequest{
		Login: given(login), Password: api.Secret(given(password)),
		Peer:    api.Peer{Addr: s.peer(r), UserAgent: r.UserAgent()},
		Host:    r.Host,
		Dialect: s.Mount.Name,
		Answers: answers, LoginOnly: s.Mount.LoginOnly,
	})
}

func given(text string) string {
	text = strings.Trim(text, blanks)
	if text == "0" {
		return ""
	}
	return text
}

// Issue asks the engine for a token in the mount's layout.
func (s *Site) Issue(r *http.Request, id api.Identity) (core.Issued, error) {
	return s.Engine.Issue(r.Context(), core.IssueRequest{Identity: id, Layout: s.Mount.Name, Host: r.Host, Peer: s.From(r)})
}

// Verify asks the engine about a token of the mount's layout.
func (s *Site) Verify(r *http.Request, text string) (api.Identity, error) {
	return s.Engine.Verify(r.Context(), core.VerifyRequest{Token: text, Layout: s.Mount.Name, Attempt: s.Attempt(r)})
}

// Grant answers 200 with the reply to a login, after token-response. The
// protected members are those that hold tokens.
func (s *Site) Grant(w http.ResponseWriter, r *http.Request, id api.Identity, reply api.Claims, protected ...string) error {
	reply, err := s.Shape(r, id, reply, protected...)
	if err == nil {
		s.Answer(w, r, http.StatusOK, reply)
	}
	return err
}

// Shape passes what a reply to a login tells through token-response, for plugins
// that wrap it.
func (s *Site) Shape(r *http.Request, id api.Identity, reply api.Claims, protected ...string) (api.Claims, error) {
	t, err := s.Engine.TokenResponse(r.Context(), core.TokenResponse{Fields: reply, Identity: id, Dialect: s.Mount.Name}, protected...)
	return t.Fields, err
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
	s.sendAs(w, r, restType, status, v)
}

// restType is the media type of WordPress's REST layer.
const restType = "application/json; charset=UTF-8"

// sendAs is Send with another media type of JSON.
func (s *Site) sendAs(w http.ResponseWriter, r *http.Request, media string, status int, v any) {
	h := w.Header()
	h.Set("Content-Type", media)
	h.Set("X-Robots-Tag", "noindex")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Link", "<"+s.URL(s.Mount.Base()+"/")+`>; rel="https://api.w.org/"`)
	h.Set("Cache-Control", "no-store")
	text, err := phpJSON(v)
	if err != nil {
		s.Engine.Fault(r.Context(), "encode an answer", err)
		status, text = http.StatusInternalServerError, []byte(`{"code":"internal_server_error","message":"","data":{"status":500},"additional_errors":[]}`)
	}
	w.WriteHeader(status)
	w.Write(text) // the client may have gone; there is nobody to tell
}
