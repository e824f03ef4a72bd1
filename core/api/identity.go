package api

import (
	"slices"
	"time"
)

// Identity is who somebody turned out to be. Slices in it are shared between
// requests: copy before changing (With... methods do).
type Identity struct {
	Subject    string // stable and unique in all directories
	Number     int64  // unique per directory, as applications count users; 0 if none
	Directory  string // name of the directory that knows the user
	Login      string
	Email      string
	Nicename   string
	Display    string
	FirstName  string
	LastName   string
	Roles      []string
	SuperAdmin bool // see [User]
	Scopes     []string
	Client     string // OAuth client or API key that acts for the user
	Gen        int64  // generation of the subject when the credential was made
	Method     string // name of the method that recognised the credential
	Proof      Proof
}

// Proof is what the verdict on a credential rests on. The engine checks it
// against the clock and the revocation index at each request.
type Proof struct {
	TokenID   string    // jti, or the digest that stands for it
	Session   string    // sid: the refresh family
	KeyID     string    // kid of the key that signed
	APIKey    string    // id of the API key
	Issuer    string    // iss
	Layout    string    // claim layout of the token
	IssuedAt  time.Time // zero if unknown
	ExpiresAt time.Time // zero: no end of its own
	RateLimit int       // calls a minute that an API key may make; 0 is no limit
	NoGen     bool      // the credential carries no generation: "all of this user's" goes by IssuedAt
	Claims    Claims    // claims of the verified token, empty for other kinds

	Restriction *Restriction // what the credential is restricted to; nil: nothing
	Narrowed    bool         // a hook took away roles or scopes that the user has

	// LoginNarrowed says that login-after alone did, which is asked again wherever the
	// user's roles are read anew.
	LoginNarrowed bool
	LoginDialects string // with LoginNarrowed: as which sites' login it was asked; NUL is between them
}

// Restriction is what a credential may do at most, whatever its user may. The
// engine applies it after all hooks. It is shared: do not change it.
type Restriction struct {
	Roles  []string // nil: all of the user's
	Scopes []string // nil: all of the credential's
}

// IsNarrowed reports whether the credential may do less than its user: it is
// restricted, or a hook took roles or scopes away.
func (id Identity) IsNarrowed() bool { return id.Proof.Restriction != nil || id.Proof.Narrowed }

// HasRole reports whether the identity has one of the roles.
func (id Identity) HasRole(roles ...string) bool { return overlap(id.Roles, roles) }

// HasScope reports whether the identity has one of the scopes.
func (id Identity) HasScope(scopes ...string) bool { return overlap(id.Scopes, scopes) }

// Clone returns a copy whose lists are its own, so that they can be changed in place.
func (id Identity) Clone() Identity {
	id.Roles, id.Scopes = slices.Clone(id.Roles), slices.Clone(id.Scopes)
	id.Proof.Claims = id.Proof.Claims.Clone()
	if r := id.Proof.Restriction; r != nil {
		id.Proof.Restriction = &Restriction{Roles: slices.Clone(r.Roles), Scopes: slices.Clone(r.Scopes)}
	}
	return id
}

// WithRoles returns a copy with these roles.
func (id Identity) WithRoles(roles ...string) Identity {
	id.Roles = slices.Clone(roles)
	return id
}

// WithScopes returns a copy with these scopes.
func (id Identity) WithScopes(scopes ...string) Identity {
	id.Scopes = slices.Clone(scopes)
	return id
}

func overlap(have, want []string) bool {
	return slices.ContainsFunc(want, func(w string) bool { return slices.Contains(have, w) })
}
