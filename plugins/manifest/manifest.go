package manifest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/ijson"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Manifest is what a plugin says about itself: JSON, in the module's custom
// section "hook.manifest" or in a file beside it.
type Manifest struct {
	Name    string          `json:"name"`              // lower-case letters, digits and hyphens
	Version string          `json:"version"`           // of the plugin, for people
	ABI     ABI             `json:"abi"`               // what it was written for
	Hooks   []string        `json:"hooks"`             // the points it has a hook for; must equal the exports
	Grants  Grants          `json:"grants,omitzero"`   // what it asks for
	Config  json.RawMessage `json:"config,omitempty"`  // JSON Schema of its configuration, for people: no host applies it
	Vectors string          `json:"vectors,omitempty"` // SHA-256 of its test vectors
	Source  string          `json:"source,omitempty"`  // where its source is
}

// ABI is a version of the hook ABI.
type ABI struct {
	Major int `json:"major"`
	Minor int `json:"minor"`
}

// Parse reads and checks a manifest: I-JSON (RFC 7493), so that all who read it
// read the same. Unknown members are errors, so that a misspelt grant does not
// silently ask for nothing. own are points that the host has besides those of plugins/abi.
func Parse(text []byte, own ...abi.Point) (Manifest, error) {
	if len(text) > abi.MaxManifest {
		return Manifest{}, fmt.Errorf("manifest: %d bytes, at most %d are allowed", len(text), abi.MaxManifest)
	}
	var m Manifest
	if err := ijson.Decode(text, &m); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	if err := m.check(own); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	return m, nil
}

// For parses the manifest of a module that exports hooks for points, which both
// must agree on. Without a text the module speaks for itself, and asks for what it
// is given. own are as in [Parse].
func For(text []byte, points []string, given Grants, own ...abi.Point) (Manifest, error) {
	if text == nil {
		return Manifest{Hooks: points, Grants: given}, nil
	}
	m, err := Parse(text, own...)
	if err != nil {
		return Manifest{}, err
	}
	if listed := slices.Sorted(slices.Values(m.Hooks)); !slices.Equal(listed, points) {
		return Manifest{}, fmt.Errorf("manifest: hooks are [%s], the module exports [%s]: make them equal",
			strings.Join(listed, " "), strings.Join(points, " "))
	}
	return m, nil
}

func (m Manifest) check(own []abi.Point) error {
	if !ValidName(m.Name) {
		return fmt.Errorf("name %q: use lower-case letters, digits and hyphens, at most 64", m.Name)
	}
	if m.ABI.Major != abi.Major {
		return fmt.Errorf("abi.major is %d, this host speaks %d", m.ABI.Major, abi.Major)
	}
	if m.ABI.Minor > abi.Minor {
		return fmt.Errorf("abi.minor is %d, this host knows up to %d: use a newer Cardea", m.ABI.Minor, abi.Minor)
	}
	for i, name := range m.Hooks {
		if _, ok := abi.Lookup(name, own...); !ok {
			return fmt.Errorf("hooks: no hook point %q%s", name, SuggestPoint(name, own...))
		}
		if slices.Contains(m.Hooks[:i], name) {
			return fmt.Errorf("hooks: %q is there twice", name)
		}
	}
	return m.Grants.Check(own...)
}

var namePattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)

// ValidName reports whether a plugin may have that name.
func ValidName(name string) bool { return namePattern.MatchString(name) }
