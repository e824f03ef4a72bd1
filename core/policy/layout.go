package policy

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// Layout says what tokens of one kind look like: which claims exist, in which
// order, and how an identity is read back from them. Dialects declare theirs;
// [NativeLayout] is Cardea's own.
type Layout struct {
	Name   string // unique within a policy; the mount's name
	Issuer string // iss

	// Head is the JOSE header in order; alg and kid get their values from the
	// key, and a kid that is listed is left out for keys that have none.
	Head []api.Claim
	// Order lists the claims on the wire. Registered ones are stamped by the
	// engine; the others come from Base.
	Order []string
	// Base returns the layout's own claims for an identity; nil adds none.
	Base func(api.Identity) api.Claims
	// Compose does Base's duty for layouts whose claims tell more than whose the
	// token is: of its jti, or of the device it is for. It is used instead.
	Compose func(r api.IssueRequest, jti string) api.Claims
	// Read is Base's inverse. It fills in what the claims say of the identity,
	// at least Subject or Number; with complete it says that no directory need
	// be asked for the rest.
	Read func(api.Claims) (id api.Identity, complete bool, err error)
	// Check, when set, may refuse a good token for what else its claims say, such
	// as the address it was given to. It is asked at every use; the attempt is nil
	// outside a request.
	Check func(api.Claims, *api.Attempt) error
	// Bound returns what Check goes by in the claims, as one text, which no hook may
	// change; nil if there is none.
	Bound func(api.Claims) string
	// Profile is what a token must satisfy besides; its Issuers are set by the
	// engine.
	Profile token.Profile

	Audience      []string      // aud, if Order has it; none leaves it out
	Lifetime      time.Duration // before auth-expire; 0 is the policy's AccessTTL
	EscapeSlashes bool          // write "/" as "\/"
	NoIssuer      bool          // tokens carry no iss: they are told by their keys alone
	Paired        bool          // a refresh ends the access token that came with the used refresh token
	// Keys are the layout's own, of which the first one signs; nil is the engine's
	// ring. If the first one is weak the ring signs, and verifies as well.
	Keys []api.Key

	// Verifying, when set, gives the keys of an issuer that is not us, instead of
	// Keys and the ring. Tokens of such a layout are never issued here; see
	// [ForeignLayout].
	Verifying func(ctx context.Context, kid, alg string) ([]api.Key, error)

	// Directory is the name of the one in which the tokens name their users; "" is
	// any, which will do for a number only where there is one directory.
	Directory string
	// Places are where the tokens count; none: everywhere. Those of a [Site] count
	// at that site instead.
	Places []Place
}

// Stamped are the claims that belong to the engine: whatever a hook leaves in
// their place, the engine's value stands.
var Stamped = [...]string{"iss", "sub", "aud", "iat", "nbf", "exp", "jti", "sid", "gen", "cnf"}

// NativeName is the name of Cardea's own layout.
const NativeName = "native"

// NativeLayout is the layout of Cardea's own access tokens, after RFC 9068:
// they say all that a decision needs, so that no directory is asked.
func NativeLayout(issuer string, audience ...string) Layout {
	l := Layout{
		Name:   NativeName,
		Issuer: issuer,
		Head:   []api.Claim{{Name: "typ", Value: "at+jwt"}, {Name: "alg"}, {Name: "kid"}},
		Order: []string{"iss", "sub", "aud", "iat", "nbf", "exp", "jti", "sid", "gen",
			"client_id", "preferred_username", "uid", "roles", "scope"},
		Base: nativeBase,
		Read: nativeRead,
		Profile: token.Profile{
			Types:     []string{"at+jwt"},
			Require:   []string{"iss", "sub", "iat", "exp", "jti"},
			Audiences: audience,
		},
		Audience: audience,
	}
	return l
}

func nativeBase(id api.Identity) api.Claims {
	list := []api.Claim{{Name: "preferred_username", Value: id.Login}, {Name: "roles", Value: AnyList(id.Roles)}}
	if id.Client != "" {
		list = append(list, api.Claim{Name: "client_id", Value: id.Client})
	}
	if id.Number != 0 {
		list = append(list, api.Claim{Name: "uid", Value: id.Number})
	}
	if len(id.Scopes) > 0 {
		list = append(list, api.Claim{Name: "scope", Value: joinScopes(id.Scopes)})
	}
	return api.NewClaims(list...)
}

func nativeRead(c api.Claims) (api.Identity, bool, error) {
	id := api.Identity{
		Subject: c.String("sub"),
		Login:   c.String("preferred_username"),
		Client:  c.String("client_id"),
		Scopes:  splitScopes(c.String("scope")),
	}
	id.Number, _ = c.Int("uid")
	roles, ok := stringList(c, "roles")
	if !ok {
		return id, false, api.E(api.Unauthenticated, api.ReasonTokenClaims, "the token's roles are not a list of texts")
	}
	id.Roles = roles
	return id, id.Login != "", nil
}
