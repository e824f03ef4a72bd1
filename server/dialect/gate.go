package dialect

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// Refuser is the optional ability of a [Dialect] to say in its plugin's words
// why the gate refused a request on a route of others. RefuseGate returns false,
// having written nothing, for refusals that it has no words for.
type Refuser interface {
	RefuseGate(e *core.Engine, w http.ResponseWriter, r *http.Request, d core.Decision) bool
}

// Governs reports whether a request is to the mount's REST API, in any of its
// forms, and so whose words a refusal is said in.
func (m Mount) Governs(r *http.Request) bool {
	_, ok := m.RESTRoute(r)
	return ok && Endpoint{Host: m.Host}.atHost(r.Host)
}

// RulePath returns the path under which a request is to be found in the rules.
// WordPress serves one REST route under several: /wp-json/wp/v2/posts,
// /index.php/wp-json/wp/v2/posts/, /?rest_route=/wp/v2/posts, in any case. The
// rules see the first form, in lower case and without a slash at the end; other
// requests stay as they are. The error refuses what names more than one route.
// host is in lower case, path canonical and query raw, as in core.Policy.RulePath.
func (m Mount) RulePath(host, path, query string) (string, error) {
	if m.Host != "" && m.Host != host {
		return path, nil
	}
	named, err := restRoutes(query)
	if err != nil {
		return "", err
	}
	base := m.Base()
	home := base[:strings.LastIndex(base, "/")]
	name, pretty := restName(path, home, base)
	switch {
	case len(named) > 1, pretty && len(named) > 0:
		return "", api.E(api.Invalid, api.ReasonBadPath, "the request names more than one REST route")
	case len(named) == 1:
		// WordPress reads it on every path that its index.php answers.
		if !strings.HasPrefix(path, home+"/") {
			return path, nil
		}
		name = named[0]
	case !pretty:
		return path, nil
	}
	return base + strings.ToLower(strings.TrimRight(name, "/")), nil
}

// restRoutes returns what a query names as REST route. PHP takes a name with a
// blank, a dot or a bracket in it for another spelling.
func restRoutes(query string) (named []string, err error) {
	if query == "" {
		return nil, nil
	}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name, err = url.QueryUnescape(name); err != nil {
			continue // PHP would keep the letters, and they make no name that counts
		}
		name, _, _ = strings.Cut(strings.TrimLeft(name, " "), "[")
		if strings.NewReplacer(" ", "_", ".", "_").Replace(name) != "rest_route" {
			continue
		}
		if value, err = url.QueryUnescape(value); err != nil || !strings.HasPrefix(value, "/") {
			return nil, api.E(api.Invalid, api.ReasonBadPath, "rest_route must begin with a slash")
		}
		named = append(named, value)
	}
	return named, nil
}

// restName returns the REST route in a path, "" for the index.
func restName(path, home, base string) (string, bool) {
	if rest, ok := strings.CutPrefix(path, home+"/index.php/"); ok {
		path = home + "/" + rest
	}
	name, ok := strings.CutPrefix(path, base)
	return name, ok && (name == "" || name[0] == '/')
}
