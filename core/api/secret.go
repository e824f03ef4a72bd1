package api

import (
	"crypto/subtle"
	"log/slog"
)

// Redacted is the printed form of a [Secret].
const Redacted = "[redacted]"

// Secret is a string that never prints itself: fmt, encoding/json, YAML and slog all print
// "[redacted]", or "" when it is empty. Reveal returns the value.
type Secret string

// Reveal returns the secret.
func (s Secret) Reveal() string { return string(s) }

// Equal compares in constant time for equal lengths.
func (s Secret) Equal(other string) bool {
	return subtle.ConstantTimeCompare([]byte(s), []byte(other)) == 1
}

// String implements [fmt.Stringer] without revealing the secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return Redacted
}

// GoString implements [fmt.GoStringer] without revealing the secret.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// MarshalText implements [encoding.TextMarshaler] without revealing the secret.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML keeps YAML encoders from revealing the secret.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// LogValue implements [slog.LogValuer] without revealing the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
