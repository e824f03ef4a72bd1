package gateway

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// ruler looks up rules and the headers that they use; [core.Engine] is one.
type ruler interface {
	RuleAt(a *api.Attempt, method, path string) (*route.Rule, bool)
	Carries(name string) bool
}

var _ ruler = (*core.Engine)(nil)

// hideForged removes from the attempt the headers that are not forwarded to the upstream:
// a hook that used them would trust the client. Methods and hooks get the origin from the
// attempt's Peer, Scheme and Host. Headers that Connection names are removed as well
// (RFC 9110 section 7.6.1): a hook could allow a request because of one, which the upstream
// does not see.
func (g *Gateway) hideForged(r *http.Request, a *api.Attempt) {
	a.Header = g.withoutHops(r, a.Header)
	for name := range a.Header {
		if g.stripper.isForged(name) {
			a.Header = g.withoutForged(r, a)
			return
		}
	}
}

// withoutHops are headers without those that Connection names, but for credentials, which
// are the gateway's own to read, and for what makes a WebSocket. all is not changed.
func (g *Gateway) withoutHops(r *http.Request, all api.Header) api.Header {
	out := all
	for _, value := range r.Header["Connection"] {
		for option := range strings.SplitSeq(value, ",") {
			name := hopIn(option)
			if _, sent := out[name]; !sent || g.isCarrier(name) {
				continue
			}
			if len(out) == len(all) {
				out = maps.Clone(all)
			}
			delete(out, name)
		}
	}
	return out
}

// hopIn is the header that an option of Connection names; "" for the usual ones, which cost
// nothing.
func hopIn(option string) string {
	option = strings.TrimSpace(option)
	for _, usual := range [...]string{"keep-alive", "close", "upgrade", "te"} {
		if strings.EqualFold(option, usual) {
			return ""
		}
	}
	return http.CanonicalHeaderKey(option)
}

// isCarrier reports whether credentials may stand in a header.
func (g *Gateway) isCarrier(name string) bool {
	rules, _ := core.Capability[ruler](g.engine)
	return isCredential(name, "", "") || rules != nil && rules.Carries(name)
}

func (g *Gateway) withoutForged(r *http.Request, a *api.Attempt) api.Header {
	rules, _ := core.Capability[ruler](g.engine)
	forward := g.forwardAt(rules, r, a)
	out := make(api.Header, len(a.Header))
	for name, values := range a.Header {
		if !g.stripper.isForged(name) || slices.Contains(forward, name) || rules != nil && rules.Carries(name) {
			out[name] = values
		}
	}
	return out
}

// forwardAt returns the headers that are forwarded unchanged to the upstream of a
// request; of those that name a method, the request is decided by it.
func (g *Gateway) forwardAt(rules ruler, r *http.Request, a *api.Attempt) []string {
	if len(g.stripper.forward) == 0 && len(g.stripper.methods) == 0 || rules == nil {
		return nil
	}
	path, _, err := route.Canonical(a.RawTarget)
	if err != nil {
		return nil
	}
	upstream := "" // the only one, where no rule names the path as it is written
	rule, ok := rules.RuleAt(a, a.Method, path)
	if ok {
		upstream = rule.Upstream
	}
	methods := g.stripper.methods[upstream]
	if !ok {
		return methods
	}
	return slices.Concat(g.stripper.forwardOf(r, upstream), methods)
}

// isForged reports whether a client could misuse a header of that name, or an upstream read
// it as another one. Content-Length is excepted: the server has read the body by it.
func (s *stripper) isForged(name string) bool {
	return !route.IsPlainName(name) && !isMetadata(name) || s.client.Has(name) && name != "Content-Length"
}
