package directory

import (
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/users"
)

// TestIsReserved: a directory cannot have a user whose subject has another meaning.
func TestIsReserved(t *testing.T) {
	for subject, want := range map[string]bool{
		"issuer:x:1": true, "issuer:": true, "user number 5": true, session.LongestKey: true,
		"": false, "issue": false, "issuer": false, "user number": false, "u_issuer:x": false, session.LongestKey + " ": false,
	} {
		if got := isReserved(subject); got != want {
			t.Errorf("isReserved(%q) = %v, want %v", subject, got, want)
		}
	}
}

// TestSameUser: number and login must both be equal.
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
			t.Errorf("%s: sameUser: got %v, want %v", name, got, c.want)
		}
	}
}

// TestAccountOf: only a user with a number is one account at all sites of a network.
func TestAccountOf(t *testing.T) {
	e := &Directories{}
	e.All = []users.Directory{networked{name: "a", network: "n"}, networked{name: "b", network: "n"}, networked{name: "c"}}
	same := e.AccountOf("a", "a:1", 1)
	for name, c := range map[string]struct {
		directory, subject string
		number             int64
		same               bool
	}{
		"the sister": {"b", "b:1", 1, true}, "another number": {"a", "a:2", 2, false}, "no number": {"a", "a:1", 0, false},
		"a negative one": {"a", "a:1", -1, false}, "no network": {"c", "c:1", 1, false}, "no directory": {"", "x", 1, false},
	} {
		got := e.AccountOf(c.directory, c.subject, c.number)
		if (got == same) != c.same || !c.same && c.number <= 0 && got != c.subject {
			t.Errorf("%s: %q, of %q", name, got, same)
		}
	}
}

// networked is a directory with a name and a network only.
type networked struct {
	users.Directory
	name, network string
}

func (d networked) Name() string { return d.name }

func (d networked) Network() string { return d.network }

// TestNetworked: two directories share a network if both name the same; one without a
// network shares none.
func TestNetworked(t *testing.T) {
	for name, c := range map[string]struct {
		a, b networked
		want bool
	}{
		"one":          {networked{name: "a", network: "n"}, networked{name: "b", network: "n"}, true},
		"two":          {networked{name: "a", network: "n"}, networked{name: "b", network: "m"}, false},
		"one and none": {networked{name: "a", network: "n"}, networked{name: "b"}, false},
		"none":         {networked{name: "a"}, networked{name: "b"}, false},
	} {
		e := &Directories{}
		e.All = []users.Directory{c.a, c.b}
		if got := e.sameNetwork("a", "b"); got != c.want {
			t.Errorf("%s: same %v", name, got)
		}
		if got := e.Networked(); got != c.want {
			t.Errorf("%s: networked %v", name, got)
		}
		if e.All = e.All[:1]; e.Networked() {
			t.Errorf("%s: a directory alone is networked", name)
		}
	}
}
