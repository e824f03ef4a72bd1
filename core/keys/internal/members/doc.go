// Package members reads the members of a JSON Web Key (RFC 7517) for core/keys: each
// once, and of those that make a key (RFC 7518 section 6) none that is too long or that
// two readers take for different numbers. It makes no keys.
package members
