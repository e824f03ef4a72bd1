package core

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// TestIsReserved: no directory has a user of a subject that means something else.
func TestIsReserved(t *testing.T) {
	for subject, want := range map[string]bool{
		"issuer:x:1": true, "issuer:": true, "user number 5": true, session.LongestKey: true,
		"": false, "issue": false, "issuer": false, "user number": false, "u_issuer:x": false, session.LongestKey + " ": false,
	} {
		if got := isReserved(subject); got != want {
			t.Errorf("%q: %v", subject, got)
		}
	}
}

// TestSameUser: each of number and login alone makes two users of one.
func TestSameUser(t *testing.T) {
	for name, c := range map[string]struct {
		home, id api.Identity
		want     bool
	}{
		"the same":          {api.Identity{Number: 1, Login: "root"}, api.Identity{Number: 1, Login: "root"}, true},
		"in other letters":  {api.Identity{Number: 1, Login: "root"}, api.Identity{Number: 1, Login: "ROOT"}, true},
		"no number is said": {api.Identity{Number: 1, Login: "root"}, api.Identity{Login: "root"}, true},
		"no number at home": {api.Identity{Login: "root"}, api.Identity{Login: "root"}, false},
		"another number":    {api.Identity{Number: 1, Login: "root"}, api.Identity{Number: 2, Login: "root"}, false},
		"another login":     {api.Identity{Number: 1, Login: "root"}, api.Identity{Number: 1, Login: "eve"}, false},
		"beyond ASCII":      {api.Identity{Number: 1, Login: "é"}, api.Identity{Number: 1, Login: "É"}, false},
	} {
		if got := sameUser(&c.home, &c.id); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
