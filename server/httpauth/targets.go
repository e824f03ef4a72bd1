package httpauth

import (
	"cmp"
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
// resource of another host or account, two in one header, or none that can be read.
func (t Targets) Of(r *http.Request, methods ...string) ([]core.Target, error) {
	var out []core.Target
	for name, values := range r.Header {
		if !route.IsResource(t.names, name) {
			continue
		}
		alias := route.Alias(name)
		needs := needed(alias, r, methods)
		if len(needs) == 0 {
			continue
		}
		if len(values) != 1 {
			return nil, badDestination(name, "stands in the request more than once")
		}
		if strings.HasSuffix(alias, "-Account") {
			return nil, badDestination(name, "names a resource of another account")
		}
		path, err := targetIn(r, name, values[0])
		if err != nil {
			return nil, err
		}
		target := core.Target{RawTarget: path, Below: belowOf(alias, r, methods), Cut: isOfAccount(alias, r)}
		target.Bucket = isSource(alias) && !target.Cut
		for _, target.Method = range needs {
			if target.Method == http.MethodDelete {
				target.Below = cmp.Or(target.Below, target.Method) // what is replaced goes with all below
			}
			out = append(out, target)
		}
	}
	return out, nil
}

// needed are the methods as which the resource in a header must be allowed. HTTP's own
// methods take no notice of a Destination; the others delete what is there first, unless
// Overwrite is F (RFC 4918 section 9.8.4).
func needed(name string, r *http.Request, others []string) []string {
	switch {
	case strings.HasSuffix(name, "-Rename-Source"), strings.HasSuffix(name, "-Move-Source"):
		return []string{http.MethodGet, http.MethodDelete}
	case isSource(name):
		return []string{http.MethodGet}
	case !isExtension(r.Method) && !slices.ContainsFunc(others, isExtension):
		return nil
	case keeps(r):
		return []string{http.MethodPut}
	default:
		return []string{http.MethodPut, http.MethodDelete}
	}
}

// keeps reports whether a request leaves alone what is at its Destination.
func keeps(r *http.Request) bool {
	overwrite := r.Header["Overwrite"]
	return len(overwrite) == 1 && overwrite[0] == "F"
}

// isSource reports whether a header names what is read, whatever the method.
func isSource(name string) bool {
	return strings.HasSuffix(name, "-Source") || strings.HasSuffix(name, "-Symlink-Target") || isSwifts(name)
}

// isSwifts reports whether a header is one of OpenStack Swift's alone, with a container
// below the account of the request.
func isSwifts(name string) bool {
	return strings.HasPrefix(name, "X-Copy-From") || strings.HasPrefix(name, "X-Symlink-Target") || name == "X-Object-Manifest"
}

// isOfAccount reports whether the resource in a header may be one below an account, by
// which the request's own path begins.
func isOfAccount(name string, r *http.Request) bool {
	path := r.URL.Path
	return isSwifts(name) || strings.HasPrefix(path, "/v1/") || strings.HasPrefix(path, "/swift/v1/") || strings.Contains(path, "/AUTH_")
}

// belowOf is the method by which a request acts on all below the resource in a header: a
// rename moves a directory with what is in it, a manifest reads all that begins so, and
// the others are copies of one file.
func belowOf(name string, r *http.Request, methods []string) string {
	switch {
	case strings.HasSuffix(name, "-Rename-Source"), strings.HasSuffix(name, "-Move-Source"):
		return "MOVE"
	case name == "X-Object-Manifest":
		return "COPY"
	case isSource(name):
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
	} else if alias := route.Alias(name); isSource(alias) {
		if strings.HasPrefix(strings.ToLower(value), "arn:") {
			return "", badDestination(name, "names a resource by an ARN, which is no path")
		}
		value = "/" + strings.TrimPrefix(value, "/")
		if alias == "X-Object-Manifest" { // what follows the container is the beginning of a name
			container, _, _ := strings.Cut(value[1:], "/")
			value = "/" + container
		}
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
