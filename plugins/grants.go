package plugins

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
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
// does not exist.
func (g Grants) Check() error {
	for _, pattern := range g.Read {
		if err := checkPattern("read", pattern, false); err != nil {
			return err
		}
	}
	for _, pattern := range g.Write {
		if err := errors.Join(checkHeaderPattern(pattern), checkPattern("write", pattern, true)); err != nil {
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
func checkPattern(kind, pattern string, write bool) error {
	if star := strings.IndexByte(pattern, '*'); pattern == "" || star >= 0 && star != len(pattern)-1 {
		return fmt.Errorf("grants: %s: pattern %q: a key, or the beginning of one followed by *", kind, pattern)
	}
	var names []string
	for _, p := range abi.Points() {
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
	if write && checkPattern("read", pattern, false) == nil {
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

// headers lists the headers that may be written: those named on one side, if the
// other side covers them.
func (r rights) headers() []string {
	var names []string
	for _, key := range slices.Concat(r.asked.Write, r.given.Write) {
		if name, ok := strings.CutPrefix(key, headerKeys); ok && r.writeNamed(key) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// writeNamed is write for a key that must be granted by its full name: by the one
// who asks, for "*" of the one who grants covers what has been asked for.
func (r rights) writeNamed(key string) bool {
	return slices.Contains(r.asked.Write, key) && (slices.Contains(r.given.Write, key) || slices.Contains(r.given.Write, "*"))
}

// rights is what a guest may really do: what was asked for and is granted.
type rights struct{ asked, given Grants }

func (r rights) read(key string) bool {
	return covers(r.asked.Read, r.asked.Write, key) && covers(r.given.Read, r.given.Write, key)
}

func (r rights) write(key string) bool {
	return covers(r.asked.Write, nil, key) && covers(r.given.Write, nil, key)
}

func (r rights) allow(right string) bool {
	return slices.Contains(r.asked.Allow, right) && slices.Contains(r.given.Allow, right)
}

func (r rights) kv() bool { return r.asked.KV && r.given.KV }

func (r rights) secret(name string) bool {
	return slices.Contains(r.asked.Secrets, name) && slices.Contains(r.given.Secrets, name)
}

// secrets reports whether there is any secret to ask for.
func (r rights) secrets() bool { return slices.ContainsFunc(r.asked.Secrets, r.secret) }

// http reports whether a request is covered, and whether it may go to an address
// inside the house, which the operator alone says.
func (r rights) http(method string, u *url.URL) (private, ok bool) {
	if !slices.ContainsFunc(r.asked.HTTP, func(h HTTPGrant) bool { return h.covers(method, u) }) {
		return false, false
	}
	for _, h := range r.given.HTTP {
		if h.covers(method, u) {
			private, ok = private || h.Private, true
		}
	}
	return private, ok
}

func covers(a, b []string, key string) bool {
	match := func(pattern string) bool {
		prefix, family := strings.CutSuffix(pattern, "*")
		return pattern == key || family && strings.HasPrefix(key, prefix)
	}
	return slices.ContainsFunc(a, match) || slices.ContainsFunc(b, match)
}

// answers reports whether a grant speaks to a pattern that is asked for: covers it,
// or names members of it.
func answers(a, b []string, pattern string) bool {
	prefix, family := strings.CutSuffix(pattern, "*")
	return covers(a, b, pattern) || family && slices.ContainsFunc(slices.Concat(a, b), func(given string) bool {
		return strings.HasPrefix(given, prefix)
	})
}

// missing lists what is asked for and not granted, for the log.
func (r rights) missing() []string {
	var list []string
	for _, pattern := range r.asked.Read {
		if !answers(r.given.Read, r.given.Write, pattern) {
			list = append(list, "read "+pattern)
		}
	}
	for _, pattern := range r.asked.Write {
		if !answers(r.given.Write, nil, pattern) {
			list = append(list, "write "+pattern)
		}
	}
	for _, right := range r.asked.Allow {
		if !slices.Contains(r.given.Allow, right) {
			list = append(list, right)
		}
	}
	for _, name := range r.asked.Secrets {
		if !slices.Contains(r.given.Secrets, name) {
			list = append(list, "secret "+name)
		}
	}
	return list
}
