package httpauth

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// maxFields is the maximum number of different header fields in a request.
const maxFields = 128

// ReasonManyHeaders is the reason of a request with too many header fields (431).
const ReasonManyHeaders = "too_many_headers"

// AttemptFrom parses a request. It shares the request's headers and reads only the bytes
// of the request line, not the parsed URL, which has already been decoded once. The error
// is an [*api.Error] for a request that no rule can apply to: CONNECT and TRACE (405),
// more than 128 header fields (431), a target that is not a path on a host, and a
// Connection header that would remove headers the decision depends on (400).
func AttemptFrom(r *http.Request, trust Trust) (api.Attempt, error) {
	if r.Method == http.MethodConnect || r.Method == http.MethodTrace {
		return api.Attempt{}, api.E(api.Denied, api.ReasonMethodNotAllowed, "the method "+r.Method+" is not served here")
	}
	if len(r.Header) > maxFields {
		return api.Attempt{}, api.E(api.Invalid, ReasonManyHeaders, "the request has too many header fields")
	}
	if err := checkConnection(r); err != nil {
		return api.Attempt{}, err
	}
	target, err := Target(r)
	if err != nil {
		return api.Attempt{}, err
	}
	a := api.Attempt{
		Method: r.Method, Host: r.Host, RawTarget: target,
		Header: api.Header(r.Header), TLS: r.TLS != nil, Certificate: trust.certificate(r),
	}
	a.Peer, a.Scheme = trust.origin(r)
	return a, nil
}

// certificate returns the client's verified certificate in DER. A trusted proxy's
// certificate is ignored: it says nothing about the client.
func (t Trust) certificate(r *http.Request) []byte {
	if r.TLS == nil || len(r.TLS.VerifiedChains) == 0 || t.Trusts(r) {
		return nil
	}
	return r.TLS.VerifiedChains[0][0].Raw
}

// Target returns the request's raw target without the authority of an absolute-form
// target; net/http uses that as the request's Host. A request that was not read by a
// server, as in tests, only has its URL.
func Target(r *http.Request) (string, error) {
	target := r.RequestURI
	if target == "" {
		target = r.URL.RequestURI()
	}
	if strings.HasPrefix(target, "/") {
		return target, nil
	}
	scheme, rest, _ := strings.Cut(target, "://")
	if !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return "", badTarget("the request target must be a path")
	}
	end := len(rest)
	if i := strings.IndexAny(rest, `/?#\`); i >= 0 {
		end = i
	}
	authority, path := rest[:end], rest[end:]
	if authority == "" || authority != r.Host && !isSameHost(authority, r.Host) {
		return "", badTarget("the authority in the request target is not a plain host")
	}
	if path == "" || path[0] == '?' {
		path = "/" + path
	}
	return path, nil
}

// isSameHost reports whether two authorities are spellings of the same host: a guard
// passes the host on in the spelling that rules are matched with.
func isSameHost(a, b string) bool {
	one, err := route.Authority(a)
	other, wrong := route.Authority(b)
	return err == nil && wrong == nil && one == other
}

func badTarget(text string) error { return api.E(api.Invalid, api.ReasonBadPath, text) }
