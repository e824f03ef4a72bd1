package manifest

import (
	"net/url"
	"slices"
	"strings"
)

// Rights is what a guest may do: the intersection of what was requested and what is
// granted.
type Rights struct{ Asked, Given Grants }

// Read reports whether a key may be read.
func (r Rights) Read(key string) bool {
	return covers(r.Asked.Read, r.Asked.Write, key) && covers(r.Given.Read, r.Given.Write, key)
}

// Write reports whether a key may be written.
func (r Rights) Write(key string) bool {
	return covers(r.Asked.Write, nil, key) && covers(r.Given.Write, nil, key)
}

// WriteNamed is Write for a key that needs its full name: the manifest must list the key
// itself, the operator may grant it by name or by "*".
func (r Rights) WriteNamed(key string) bool {
	return slices.Contains(r.Asked.Write, key) && (slices.Contains(r.Given.Write, key) || slices.Contains(r.Given.Write, "*"))
}

// Headers lists the headers that may be written: those named in one of the two lists and
// covered by the other.
func (r Rights) Headers() []string {
	var names []string
	for _, key := range slices.Concat(r.Asked.Write, r.Given.Write) {
		if name, ok := strings.CutPrefix(key, headerKeys); ok && r.WriteNamed(key) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Allow reports whether the guest has a right such as [abi.AllowExtend].
func (r Rights) Allow(right string) bool {
	return slices.Contains(r.Asked.Allow, right) && slices.Contains(r.Given.Allow, right)
}

func (r Rights) kv() bool { return r.Asked.KV && r.Given.KV }

// Secret reports whether a secret may be read.
func (r Rights) Secret(name string) bool {
	return slices.Contains(r.Asked.Secrets, name) && slices.Contains(r.Given.Secrets, name)
}

// secrets reports whether any secret may be read.
func (r Rights) secrets() bool { return slices.ContainsFunc(r.Asked.Secrets, r.Secret) }

// HTTP reports whether a request is allowed, and whether it may go to a private address,
// which only the operator's grant decides.
func (r Rights) HTTP(method string, u *url.URL) (private, ok bool) {
	if !slices.ContainsFunc(r.Asked.HTTP, func(h HTTPGrant) bool { return h.covers(method, u) }) {
		return false, false
	}
	for _, h := range r.Given.HTTP {
		if h.covers(method, u) {
			private, ok = private || h.Private, true
		}
	}
	return private, ok
}

// Missing lists what was requested and is not granted, for display.
func (r Rights) Missing() []string {
	var list []string
	for _, pattern := range r.Asked.Read {
		if !answers(r.Given.Read, r.Given.Write, pattern) {
			list = append(list, "read "+pattern)
		}
	}
	for _, pattern := range r.Asked.Write {
		if !answers(r.Given.Write, nil, pattern) {
			list = append(list, "write "+pattern)
		}
	}
	for _, right := range r.Asked.Allow {
		if !slices.Contains(r.Given.Allow, right) {
			list = append(list, right)
		}
	}
	for _, name := range r.Asked.Secrets {
		if !slices.Contains(r.Given.Secrets, name) {
			list = append(list, "secret "+name)
		}
	}
	return list
}

func covers(a, b []string, key string) bool {
	match := func(pattern string) bool {
		prefix, family := strings.CutSuffix(pattern, "*")
		return pattern == key || family && strings.HasPrefix(key, prefix)
	}
	return slices.ContainsFunc(a, match) || slices.ContainsFunc(b, match)
}

// answers reports whether a grant covers a requested pattern or members of it.
func answers(a, b []string, pattern string) bool {
	prefix, family := strings.CutSuffix(pattern, "*")
	return covers(a, b, pattern) || family && slices.ContainsFunc(slices.Concat(a, b), func(given string) bool {
		return strings.HasPrefix(given, prefix)
	})
}
