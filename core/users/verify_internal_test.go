package users

import (
	"errors"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users/internal/passhash"
)

// TestNewPasswords_nobody: an attempt for an unknown user costs as much as the configured
// hash, or as one of ours if that is not a valid hash.
func TestNewPasswords_nobody(t *testing.T) {
	const known = "$2y$04$.xTdmkdJMcjASGqNzCKBjOq9s06KD5soxZbzojWvtTpU8bAyuHcFG"
	for hash, want := range map[string]passhash.Cost{
		known: {Kind: passhash.Bcrypted, N: 4}, "": {Kind: passhash.Argon, Lanes: 1, N: 8, Passes: 1}, "of no form": {Kind: passhash.Argon, Lanes: 1, N: 8, Passes: 1},
		strings.Replace(known, "$04$", "$14$", 1): {Kind: passhash.Argon, Lanes: 1, N: 8, Passes: 1},
	} {
		if got := NewPasswords(PasswordConfig{Memory: 8, Passes: 1, Nobody: api.Secret(hash)}).nobody; got != want {
			t.Errorf("%q: got %v, want %v", hash, got, want)
		}
	}
}

// TestPublic: an error of a repository gets a code for the client, unless it has one.
func TestPublic(t *testing.T) {
	var none *api.Error
	for name, c := range map[string]struct {
		err  error
		code api.Code
	}{
		"its own": {api.E(api.Denied, "", "x"), api.Denied}, "taken": {api.ErrConflict, api.Conflict}, "nobody": {api.ErrNotFound, api.NotFound},
		"broken": {errors.New("x"), api.Unavailable}, "a nil *Error": {none, api.Unavailable},
	} {
		if got := api.CodeOf(public(c.err)); got != c.code {
			t.Errorf("%s: got %s, want %s", name, got, c.code)
		}
	}
	if public(nil) != nil {
		t.Error("no error became one")
	}
}
