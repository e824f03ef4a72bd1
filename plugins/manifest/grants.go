package manifest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Grants lists what a guest may touch. A pattern is a key, or a prefix that ends
// in "*"; "*" alone is every key. The zero value allows nothing.
type Grants struct {
	// Read and Write are patterns of keys, such as "user.login" or "claim.ext.*".
	// What may be written may be read.
	Read  []string `json:"read,omitempty"`
	Write []string `json:"write,omitempty"`
	// Allow names rights beyond keys: "exp.extend", "route.widen", "roles.widen".
	Allow []string `json:"allow,omitempty"`
	// Secrets are the names that secret_get answers to.
	Secrets []string `json:"secrets,omitempty"`
	// KV allows kv_get, kv_put and kv_incr.
	KV bool `json:"kv,omitempty"`
	// HTTP is where http_fetch may go.
	HTTP []HTTPGrant `json:"http,omitempty"`
}

// Check reports what cannot be meant: patterns, rights and places of a form that
// does not exist. own are as in [Parse].
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
			return fmt.Errorf("grants: allow %q: there are %q, %q and %q", right, abi.AllowExtend, abi.AllowWiden, abi.AllowRoles)
		}
	}
	for _, h := range g.HTTP {
		if err := h.check(); err != nil {
			return err
		}
	}
	return nil
}

// checkPattern refuses what stands for no key of any point: it would grant nothing,
// and say that it does.
func checkPattern(points []abi.Point, kind, pattern string, write bool) error {
	if star := strings.IndexByte(pattern, '*'); pattern == "" || star >= 0 && star != len(pattern)-1 {
		return fmt.Errorf("grants: %s: pattern %q: a key, or the beginning of one followed by *", kind, pattern)
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
		return fmt.Errorf("grants: write %q: no hook point lets it be written: put it under read", pattern)
	}
	return fmt.Errorf("grants: %s %q: no hook point has such a key%s", kind, pattern, nearestOf(strings.TrimSuffix(pattern, "*"), names))
}

// headerKeys begins the keys of headers, which are granted one by one.
const headerKeys = "header."

// checkHeaderPattern refuses what would grant headers without naming them. "*" alone
// is no such pattern: it stands for all keys but headers.
func checkHeaderPattern(pattern string) error {
	begin, family := strings.CutSuffix(pattern, "*")
	name, header := strings.CutPrefix(begin, headerKeys)
	switch {
	case family && begin != "" && (header || strings.HasPrefix(headerKeys, begin)):
		return fmt.Errorf("grants: write %q: list the headers, as in header.x-tenant: whatever a hook may set is taken out of what clients send", pattern)
	case header && !route.IsPlainName(name):
		return fmt.Errorf("grants: write %q: a header's name has letters, digits and hyphens", pattern)
	}
	return nil
}
