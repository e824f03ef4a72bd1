package wordpress

import (
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// selected returns the fields of an answer that the query's _fields selects, such as
// "token,data.status", in the answer's order. Without _fields it returns all.
func selected(r *http.Request, body api.Claims) api.Claims {
	if !strings.Contains(r.URL.RawQuery, "_fields") {
		return body
	}
	wanted := Params{query: parsePairs(r.URL.RawQuery)}.Text("_fields")
	var paths []string
	for path := range strings.SplitSeq(wanted, ",") {
		if path = strings.TrimSpace(path); path != "" {
			paths = append(paths, path)
		}
	}
	if paths == nil {
		return body
	}
	return pick(body, paths)
}

func pick(body api.Claims, paths []string) api.Claims {
	var kept []api.Claim
	for name, value := range body.All {
		var below []string
		whole := false
		for _, path := range paths {
			head, rest, nested := strings.Cut(path, ".")
			if head != name {
				continue
			}
			whole = whole || !nested
			below = append(below, rest)
		}
		if inner, ok := value.(api.Claims); ok && !whole && below != nil {
			value = pick(inner, below)
		}
		if below != nil {
			kept = append(kept, api.Claim{Name: name, Value: value})
		}
	}
	return api.NewClaims(kept...)
}
