package httpauth

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// ReasonBadDestination is the reason of a request that names a second resource, on which
// it acts besides its own, in a form that cannot be decided on (400).
const ReasonBadDestination = "bad_destination"

// Targets reads out of requests which further resources they act on: the Destination of
// WebDAV's COPY and MOVE (RFC 4918 section 10.3), and the sources of copies and renames in
// object stores. Make one with [NewTargets]. Safe for concurrent use.
type Targets struct{ names *route.Names }

// NewTargets returns it.
func NewTargets() Targets { return Targets{route.NewNames(route.Resources())} }

// Of returns what must be allowed besides the request itself; methods are those that it
// may be taken for besides its own. The error is an [*api.Error] for one that names a
// resource of another host, two in one header, or none that can be read.
func (t Targets) Of(r *http.Request, methods ...string) ([]core.Target, error) {
	var out []core.Target
	for name, values := range r.Header {
		if !t.names.Has(name) {
			continue
		}
		needs := needed(route.Alias(name), r.Method, methods)
		if len(needs) == 0 {
			continue
		}
		if len(values) != 1 {
			return nil, badDestination(name, "stands in the request more than once")
		}
		target, err := targetIn(r, name, values[0])
		if err != nil {
			return nil, err
		}
		for _, method := range needs {
			out = append(out, core.Target{Method: method, RawTarget: target, Below: belowOf(route.Alias(name), r, methods)})
		}
	}
	return out, nil
}

// needed are the methods as which the resource in a header must be allowed. HTTP's own
// methods take no notice of a Destination.
func needed(name, method string, others []string) []string {
	switch {
	case strings.HasSuffix(name, "-Rename-Source"):
		return []string{http.MethodGet, http.MethodDelete}
	case strings.HasSuffix(name, "-Copy-Source"), name == "X-Copy-From":
		return []string{http.MethodGet}
	case isExtension(method), slices.ContainsFunc(others, isExtension):
		return []string{http.MethodPut}
	}
	return nil
}

// belowOf is the method by which a request acts on all below the resource in a header: a
// rename moves a directory with what is in it, and the others are copies of one file.
func belowOf(name string, r *http.Request, methods []string) string {
	switch {
	case strings.HasSuffix(name, "-Rename-Source"):
		return "MOVE"
	case strings.HasSuffix(name, "-Copy-Source"), name == "X-Copy-From":
		return ""
	}
	return deepest(r, methods)
}

// isExtension reports whether a method is none of RFC 9110 and RFC 5789.
func isExtension(method string) bool {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return false
	}
	return true
}

// targetIn reads a path, or a URL of the host that was asked. Sources of object stores
// may lack the slash in front.
func targetIn(r *http.Request, name, value string) (string, error) {
	value = strings.Trim(value, " \t")
	scheme, rest, isURL := strings.Cut(value, "://")
	if isURL && !strings.Contains(scheme, "/") {
		if !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
			return "", badDestination(name, "is no URL of http or https")
		}
		end := len(rest)
		if i := strings.IndexAny(rest, `/?#\`); i >= 0 {
			end = i
		}
		if !isOfHost(rest[:end], strings.ToLower(scheme), r) {
			return "", badDestination(name, "names a resource of another host")
		}
		value = "/" + strings.TrimPrefix(rest[end:], "/")
	} else if strings.HasSuffix(route.Alias(name), "-Source") || route.IsAlias(name, "X-Copy-From") {
		value = "/" + strings.TrimPrefix(value, "/")
	}
	if _, _, err := route.Canonical(value); err != nil {
		return "", badDestination(name, "cannot be read: "+api.AsError(err).Public)
	}
	return value, nil
}

// isOfHost reports whether an authority is that of the request, by whichever scheme the
// client has come.
func isOfHost(authority, scheme string, r *http.Request) bool {
	one, err := route.Authority(authority)
	own, bad := route.Authority(r.Host)
	if err != nil || bad != nil || one == "" {
		return false
	}
	port := map[string]string{"http": ":80", "https": ":443"}[scheme]
	return strings.TrimSuffix(one, port) == strings.TrimSuffix(own, port)
}

func badDestination(name, text string) error {
	return api.E(api.Invalid, ReasonBadDestination, name+" "+text)
}
