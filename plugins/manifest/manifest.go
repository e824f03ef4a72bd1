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

// Manifest is the self-description of a plugin: JSON, in the module's custom section
// "hook.manifest" or in a file beside it.
type Manifest struct {
	Name    string          `json:"name"`              // lower-case letters, digits and hyphens
	Version string          `json:"version"`           // of the plugin, for display
	ABI     ABI             `json:"abi"`               // the ABI version it was written for
	Hooks   []string        `json:"hooks"`             // the points that it has a hook for; must equal the exports
	Grants  Grants          `json:"grants,omitzero"`   // what it requests
	Config  json.RawMessage `json:"config,omitempty"`  // JSON Schema of its configuration, for documentation: hosts do not apply it
	Vectors string          `json:"vectors,omitempty"` // SHA-256 of its test vectors
	Source  string          `json:"source,omitempty"`  // URL of its source
}

// ABI is a version of the hook ABI.
type ABI struct {
	Major int `json:"major"`
	Minor int `json:"minor"`
}

// Parse parses and validates a manifest: I-JSON (RFC 7493), so that all parsers read it
// alike. Unknown members are errors, so that a misspelt grant is not ignored. own are
// points that the host has besides those of plugins/abi.
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

// For parses the manifest of a module that exports hooks for points and checks that the
// two agree. A nil text means no manifest: the exports are its hooks, and it requests the
// given grants. own are as in [Parse].
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
		return fmt.Errorf("abi.major is %d, must be %d", m.ABI.Major, abi.Major)
	}
	if m.ABI.Minor > abi.Minor {
		return fmt.Errorf("abi.minor is %d, must be at most %d: use a newer Cardea", m.ABI.Minor, abi.Minor)
	}
	for i, name := range m.Hooks {
		if _, ok := abi.Lookup(name, own...); !ok {
			return fmt.Errorf("hooks: no hook point %q%s", name, SuggestPoint(name, own...))
		}
		if slices.Contains(m.Hooks[:i], name) {
			return fmt.Errorf("hooks: %q is listed twice", name)
		}
	}
	return m.Grants.Check(own...)
}

var namePattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)

// ValidName reports whether a plugin may have that name.
func ValidName(name string) bool { return namePattern.MatchString(name) }
