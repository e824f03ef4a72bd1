package manifest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Grants lists what a guest may access. A pattern is a key, or a prefix that ends in "*";
// "*" alone matches every key. The zero value allows nothing.
type Grants struct {
	// Read and Write are patterns of keys, such as "user.login" or "claim.ext.*". Write
	// includes Read.
	Read  []string `json:"read,omitempty"`
	Write []string `json:"write,omitempty"`
	// Allow names rights that are not about keys: "exp.extend", "route.widen",
	// "roles.widen".
	Allow []string `json:"allow,omitempty"`
	// Secrets are the names that secret_get may read.
	Secrets []string `json:"secrets,omitempty"`
	// KV allows kv_get, kv_put and kv_incr.
	KV bool `json:"kv,omitempty"`
	// HTTP lists where http_fetch may send requests.
	HTTP []HTTPGrant `json:"http,omitempty"`
}

// Check validates the patterns, rights and URLs. own are as in [Parse].
func (g Grants) Check(own ...abi.Point) error {
	points := abi.PointsAnd(own...)
	for _, pattern := range g.Read {
		if err := checkPattern(points, "read", pattern, false); err != nil {
			return err
		}
	}
	for _, pattern := range g.Write {
		if err := errors.Join(checkHeaderPattern(pattern), checkPattern(points, "write", pattern, true)); err != nil {
			return err
		}
	}
	for _, right := range g.Allow {
		if right != abi.AllowExtend && right != abi.AllowWiden && right != abi.AllowRoles {
			return fmt.Errorf("grants: allow %q: must be %q, %q or %q", right, abi.AllowExtend, abi.AllowWiden, abi.AllowRoles)
		}
	}
	for _, h := range g.HTTP {
		if err := h.check(); err != nil {
			return err
		}
	}
	return nil
}

// checkPattern rejects a pattern that matches no key of any point: such a grant would
// have no effect.
func checkPattern(points []abi.Point, kind, pattern string, write bool) error {
	if star := strings.IndexByte(pattern, '*'); pattern == "" || star >= 0 && star != len(pattern)-1 {
		return fmt.Errorf("grants: %s: pattern is %q, must be a key or a prefix followed by *", kind, pattern)
	}
	var names []string
	for _, p := range points {
		for _, key := range p.Keys {
			if write && !key.Write {
				continue
			}
			if key.Overlaps(pattern) {
				return nil
			}
			names = append(names, key.Name)
		}
	}
	if write && checkPattern(points, "read", pattern, false) == nil {
		return fmt.Errorf("grants: write %q: not writable at any hook point: put it under read", pattern)
	}
	return fmt.Errorf("grants: %s %q: no hook point has such a key%s", kind, pattern, nearestOf(strings.TrimSuffix(pattern, "*"), names))
}

// headerKeys is the prefix of header keys, which must be granted individually.
const headerKeys = "header."

// checkHeaderPattern rejects patterns that grant headers without naming them. "*" alone
// is allowed: it does not include headers.
func checkHeaderPattern(pattern string) error {
	begin, family := strings.CutSuffix(pattern, "*")
	name, header := strings.CutPrefix(begin, headerKeys)
	switch {
	case family && begin != "" && (header || strings.HasPrefix(headerKeys, begin)):
		return fmt.Errorf("grants: write %q: list the headers, as in header.x-tenant: headers that a hook may set are removed from client requests", pattern)
	case header && !route.IsPlainName(name):
		return fmt.Errorf("grants: write %q: a header name must consist of letters, digits and hyphens", pattern)
	}
	return nil
}
