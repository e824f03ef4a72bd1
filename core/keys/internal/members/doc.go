// Package members parses the members of a JSON Web Key (RFC 7517) for core/keys. It
// rejects duplicate members and key parameters (RFC 7518 section 6) that are too long
// or ambiguous. It creates no keys.
package members
