package api

import (
	"slices"
	"time"
)

// Identity is an authenticated user. Its slices are shared between requests: copy before
// changing (the With methods do).
type Identity struct {
	Subject    string // stable and unique in all directories
	Number     int64  // numeric id for applications, unique per directory; 0 if none
	Directory  string // name of the user's directory
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
	Gen        int64  // generation of the subject when the credential was issued
	Method     string // name of the method that accepted the credential
	Proof      Proof
}

// Proof describes the credential behind an identity. The engine checks it against the clock
// and the revocation index on each request.
type Proof struct {
	TokenID     string    // jti, or a digest of the token if it has none
	Session     string    // sid: the refresh family
	KeyID       string    // kid of the key that signed
	KeyUntil    time.Time // when that key stops to verify; zero: never
	APIKey      string    // id of the API key
	Application string    // id of the application password, as the user's directory names it
	Issuer      string    // iss
	TokenFormat string    // of the token
	IssuedAt    time.Time // zero if unknown
	ExpiresAt   time.Time // zero: never
	RateLimit   int       // calls per minute of an API key; 0: no limit
	Began       *Start    // of the login at an endpoint; nil: this is none
	NoGen       bool      // no generation: revocations of a subject compare with IssuedAt
	Claims      Claims    // claims of the verified token, empty for other kinds

	Restriction *Restriction // limits of the credential; nil: none
	Narrowed    bool         // a hook removed roles or scopes that the user has

	// LoginNarrowed says that login-after removed them, and no other hook. It runs again
	// wherever the user's roles are read again.
	LoginNarrowed bool
	LoginDialects string // with LoginNarrowed: the sites for which it ran, separated by NUL
}

// Start is when the engine began to check a login or to issue something. It is shared: do
// not change it.
type Start struct {
	At time.Time
	// Revocations is the generation of the revocation index, which orders what happens at
	// one reading of the clock.
	Revocations uint64
}

// Restriction limits a credential independently of its user. The engine applies it after
// all hooks. It is shared: do not change it.
type Restriction struct {
	Roles  []string // nil: all of the user's
	Scopes []string // nil: all of the credential's
}

// IsNarrowed reports whether the credential may do less than its user: it is restricted, or
// a hook removed roles or scopes.
func (id Identity) IsNarrowed() bool { return id.Proof.Restriction != nil || id.Proof.Narrowed }

// HasRole reports whether the identity has one of the roles.
func (id Identity) HasRole(roles ...string) bool { return overlap(id.Roles, roles) }

// HasScope reports whether the identity has one of the scopes.
func (id Identity) HasScope(scopes ...string) bool { return overlap(id.Scopes, scopes) }

// Clone returns a deep copy whose lists can be changed in place.
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
