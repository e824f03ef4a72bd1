package cors

import (
	"fmt"
	"slices"
	"strings"
)

// origins is a set of origins.
type origins struct {
	any      bool
	exact    []string
	patterns []pattern
}

// pattern is an origin whose first host label may be anything.
type pattern struct{ before, after string }

// newOrigins parses a list of "*", origins such as https://app.example.org, and patterns
// such as https://*.example.org.
func newOrigins(list []string) (origins, error) {
	var o origins
	for _, text := range list {
		scheme, host, ok := strings.Cut(text, "://")
		label, parent, isPattern := strings.Cut(host, "*.")
		switch {
		case text == "*":
			o.any = true
		case !ok || scheme == "" || host == "" || strings.ContainsAny(host, "/?#@ ,"):
			return o, fmt.Errorf("cors: origin %q: write it as https://app.example.org", text)
		case isPattern && label == "" && parent != "" && !strings.Contains(parent, "*"):
			o.patterns = append(o.patterns, pattern{scheme + "://", "." + parent})
		case strings.Contains(host, "*"):
			return o, fmt.Errorf("cors: origin %q: a wildcard is the first label, as in https://*.example.org", text)
		default:
			o.exact = append(o.exact, text)
		}
	}
	return o, nil
}

// lists reports whether the set contains the origin, except through "*".
func (o origins) lists(origin string) bool {
	return slices.Contains(o.exact, origin) ||
		slices.ContainsFunc(o.patterns, func(p pattern) bool { return p.matches(origin) })
}

// matches compares origins as browsers write them: in lower case.
func (p pattern) matches(origin string) bool {
	rest, ok := strings.CutPrefix(origin, p.before)
	if !ok {
		return false
	}
	label, ok := strings.CutSuffix(rest, p.after)
	return ok && label != "" && strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}
