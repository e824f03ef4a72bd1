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

// ReasonBadDestination is the reason of a request that names a second resource in a form
// that cannot be decided on (400).
const ReasonBadDestination = "bad_destination"

// Targets finds the other resources that requests act on: the Destination of WebDAV's
// COPY and MOVE (RFC 4918 section 10.3), and the sources of copies and renames in object
// stores. Create it with [NewTargets]. Safe for concurrent use.
type Targets struct{ names *route.Names }

// NewTargets returns a Targets.
func NewTargets() Targets { return Targets{route.NewNames(route.Resources())} }

// Of returns what must be allowed in addition to the request itself; methods are the
// other methods that the request may be interpreted as. The error is an [*api.Error] for
// a resource of another host or account, two resources in one header, and one that cannot
// be parsed.
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
				target.Below = cmp.Or(target.Below, target.Method) // overwriting deletes everything below
			}
			out = append(out, target)
		}
	}
	return out, nil
}

// needed returns the methods that must be allowed on the resource in a header. HTTP's own
// methods ignore a Destination; the others delete the existing resource first, unless
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

// keeps reports whether a request does not overwrite its Destination.
func keeps(r *http.Request) bool {
	overwrite := r.Header["Overwrite"]
	return len(overwrite) == 1 && overwrite[0] == "F"
}

// isSource reports whether a header names a resource that is read, whatever the method.
func isSource(name string) bool {
	return strings.HasSuffix(name, "-Source") || strings.HasSuffix(name, "-Symlink-Target") || isSwifts(name)
}

// isSwifts reports whether a header is specific to OpenStack Swift: it names a container
// below the request's account.
func isSwifts(name string) bool {
	return strings.HasPrefix(name, "X-Copy-From") || strings.HasPrefix(name, "X-Symlink-Target") || name == "X-Object-Manifest"
}

// isOfAccount reports whether the resource in a header may be below an account with which
// the request's path begins.
func isOfAccount(name string, r *http.Request) bool {
	path := r.URL.Path
	return isSwifts(name) || strings.HasPrefix(path, "/v1/") || strings.HasPrefix(path, "/swift/v1/") || strings.Contains(path, "/AUTH_")
}

// belowOf returns the method with which a request acts on everything below the resource
// in a header: a rename moves a directory with its content, a manifest reads everything
// with its prefix, and the others copy a single file.
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

// isExtension reports whether a method is defined neither in RFC 9110 nor in RFC 5789.
func isExtension(method string) bool {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return false
	}
	return true
}

// targetIn returns the path in a header that contains a path, or a URL of the request's
// host. Sources of object stores may lack the leading slash.
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
			return "", badDestination(name, "names a resource by an ARN, which is not a path")
		}
		value = "/" + strings.TrimPrefix(value, "/")
		if alias == "X-Object-Manifest" { // the rest is the prefix of a name
			container, _, _ := strings.Cut(value[1:], "/")
			value = "/" + container
		}
	}
	if _, _, err := route.Canonical(value); err != nil {
		return "", badDestination(name, "cannot be read: "+api.AsError(err).Public)
	}
	return value, nil
}

// isOfHost reports whether an authority is that of the request, for either scheme.
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
