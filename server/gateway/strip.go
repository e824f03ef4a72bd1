package gateway

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/credential"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// Protector lists headers that only hooks may set; [core.Engine] is one.
type Protector interface{ ProtectedHeaders() *route.Names }

// stripper knows which client headers must not reach upstreams.
type stripper struct {
	client    *route.Names // names with which a client could impersonate a proxy
	meaning   *route.Names // names that change the request's meaning; only the exact spelling is forwarded
	own       *route.Names // Cardea's own names, which are never forwarded
	protector Protector    // nil: no hooks
	forward   map[string][]string
	trust     httpauth.Trust // proxies that may send the headers in forward
	overrides *route.Names   // in which a client names a method
	ruler     ruler          // nil: only the request's own rule reads credentials
	methods   map[string][]string
}

// newStripper validates forward, which lists by upstream the names that are forwarded
// although a client could misuse them.
func newStripper(protector Protector, forward map[string][]string, upstreams int, trust httpauth.Trust) (stripper, error) {
	s := stripper{
		client: route.Client(), meaning: route.Meaningful(), own: route.NewNames(route.Own()),
		protector: protector, forward: map[string][]string{}, trust: trust,
		overrides: route.NewNames(route.Overrides()), methods: map[string][]string{},
	}
	for upstream, list := range forward {
		names, err := route.ForwardNames(list)
		if err != nil {
			return s, err
		}
		s.forward[upstream] = names
		if upstreams == 1 {
			s.forward[""] = names
		}
	}
	return s, nil
}

// clientHeaders decides which headers of a client are removed under a rule.
type clientHeaders struct {
	*stripper
	protected *route.Names
	forward   []string
	methods   []string
}

func (s *stripper) clientHeaders(r *http.Request, rule *route.Rule) clientHeaders {
	h := clientHeaders{stripper: s, forward: s.forwardOf(r, rule.Upstream), methods: s.methods[rule.Upstream]}
	if s.protector != nil {
		h.protected = s.protector.ProtectedHeaders()
	}
	return h
}

// forwardOf returns the headers that are forwarded unchanged to an upstream: none, unless
// r comes from a trusted proxy.
func (s *stripper) forwardOf(r *http.Request, upstream string) []string {
	list := s.forward[upstream]
	if len(list) == 0 || !s.trust.Trusts(r) {
		return nil
	}
	return list
}

// has reports whether a header must be removed: whether its name is not plain, so that the
// upstream could read it as another one, or is reserved.
func (h clientHeaders) has(name string) bool {
	return !route.IsPlainName(name) && !isMetadata(name) || h.reserves(name)
}

// isMetadata reports whether a name is that of an object's metadata in an object store, where
// underscores and dots are usual and the name is part of what clients sign.
func isMetadata(name string) bool {
	for _, begin := range metadata() {
		if rest, ok := strings.CutPrefix(name, begin); ok {
			return route.IsPlainName(strings.NewReplacer("_", "-", ".", "-").Replace(rest))
		}
	}
	return false
}

// metadata returns what such names begin with: at Amazon, Microsoft, Google, Swift, Backblaze,
// Alibaba, Huawei, Tencent, Volcengine, Baidu, Kingsoft, UPYUN, QingStor, NetEase and Oracle.
func metadata() [20]string {
	return [...]string{
		"X-Amz-Meta-", "X-Ms-Meta-", "X-Goog-Meta-", "X-Object-Meta-", "X-Container-Meta-", "X-Account-Meta-",
		"X-Remove-Object-Meta-", "X-Remove-Container-Meta-", "X-Remove-Account-Meta-", "X-Bz-Info-",
		"X-Oss-Meta-", "X-Obs-Meta-", "X-Cos-Meta-", "X-Tos-Meta-", "X-Bce-Meta-", "X-Kss-Meta-", "X-Upyun-Meta-", "X-Qs-Meta-",
		"X-Nos-Meta-", "Opc-Meta-",
	}
}

// reserves reports whether name is, in any spelling, reserved for Cardea, a hook or a
// trusted proxy, or changes the request's meaning.
func (h clientHeaders) reserves(name string) bool {
	switch {
	case name == "" || h.protected.Has(name), !route.IsPlainName(name) && h.meaning.Has(name):
		return true
	case !h.client.Has(name):
		return false
	}
	return !slices.Contains(h.forward, name) && !slices.Contains(h.methods, name) || h.own.Has(name)
}

// strip deletes from header what must not reach the upstream, and the credential unless
// the rule forwards it.
func (h clientHeaders) strip(header http.Header, rule *route.Rule, carrier string) {
	for name := range header {
		if h.goes(name, rule, carrier) {
			delete(header, name)
		}
	}
}

// goes reports whether strip removes a header. A rule may read its credential from one
// whose name is not plain.
func (h clientHeaders) goes(name string, rule *route.Rule, carrier string) bool {
	if h.carries(name, rule, carrier) {
		return h.reserves(name) || !passes(rule, name, carrier)
	}
	return h.has(name)
}

// carries reports whether name could carry a credential under the rule, or elsewhere: a token
// that a client sends in the header of another rule or site is not for this application.
func (h clientHeaders) carries(name string, rule *route.Rule, carrier string) bool {
	return isCredential(name, rule.Header.Name, carrier) || h.ruler != nil && h.ruler.Carries(name)
}

// passes reports whether a header that could carry a credential goes to the upstream.
func passes(rule *route.Rule, name, carrier string) bool {
	if rule.PassAuthorization && name == credential.Authorization {
		return true
	}
	return rule.ForwardCredential && isExact(name, rule.Header.Name, carrier)
}

// isCredential reports whether name could carry a credential under a rule whose own
// header is custom. carrier is the header that carried it.
func isCredential(name, custom, carrier string) bool {
	return route.IsAlias(name, credential.Authorization) || route.IsAlias(name, credential.XAPIKey) ||
		route.IsAlias(name, custom) || route.IsAlias(name, carrier)
}

func isExact(name, custom, carrier string) bool {
	return name == credential.Authorization || name == credential.XAPIKey || name == custom || name == carrier
}
