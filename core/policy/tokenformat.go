package policy

import (
	"context"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// TokenFormat describes the format of one kind of token: its claims and their order, and how to
// read an identity from them. Dialects define theirs; [NativeTokenFormat] is Cardea's own.
type TokenFormat struct {
	Name   string // unique within a policy; the name of the mount
	Issuer string // iss

	// Head is the JOSE header in order. The values of alg and kid come from the key; kid is
	// omitted for keys without one.
	Head []api.Claim
	// Order lists the claims in the order of the encoded token. Registered ones are set by
	// the engine; the others come from Base.
	Order []string
	// Base returns the token format's own claims for an identity. It may be nil.
	Base func(api.Identity) api.Claims
	// Compose, when set, replaces Base for token formats whose claims depend on more than the
	// identity, such as the jti or the device.
	Compose func(r api.IssueRequest, jti string) api.Claims
	// Read is the inverse of Base. It returns the identity in the claims, with at least
	// Subject or Number. complete means that no directory needs to be asked for the rest.
	Read func(api.Claims) (id api.Identity, complete bool, err error)
	// Check, when set, may refuse a valid token for its other claims, such as the address
	// that it was issued to. It is called on every use; the attempt is nil outside a
	// request.
	Check func(api.Claims, *api.Attempt) error
	// Bound returns the claims that Check uses as one string, which hooks may not change.
	// It may be nil.
	Bound func(api.Claims) string
	// Profile contains the further requirements for a token. Its Issuers are accepted besides
	// Issuer; the engine adds that one.
	Profile token.Profile

	Audience      []string      // aud, if Order contains it; omitted if empty
	Lifetime      time.Duration // before auth-expire; 0 is the policy's AccessTTL
	EscapeSlashes bool          // encode "/" as "\/"
	NoIssuer      bool          // tokens have no iss and are identified by their keys alone
	Paired        bool          // a refresh revokes the access token issued with the used refresh token
	// Keys are the token format's own keys, of which the first one signs; nil means the engine's
	// key ring. If the first one is weak, the ring signs. With a weak key the ring's keys also
	// verify, until the end of the weak key.
	Keys []api.Key

	// Verifying, when set, returns the keys of an external issuer, which replace Keys and
	// the ring. Tokens of such a token format are never issued here; see [ExternalTokenFormat].
	Verifying func(ctx context.Context, kid, alg string) ([]api.Key, error)

	// Directory is the name of the directory of the tokens' users; "" is any. A token format that
	// identifies users by number needs it if there are several directories.
	Directory string
	// Places are where the tokens are accepted; none: everywhere. Tokens of a [Site] are
	// accepted at that site instead.
	Places []Place
}

// Stamped are the claims that the engine sets, replacing whatever a hook sets.
var Stamped = [...]string{"iss", "sub", "aud", "iat", "nbf", "exp", "jti", "sid", "gen", "cnf"}

// NativeName is the name of Cardea's own token format.
const NativeName = "native"

// NativeTokenFormat returns the token format of Cardea's own access tokens, modelled on RFC 9068. They
// contain everything that a decision needs, so no directory is asked.
func NativeTokenFormat(issuer string, audience ...string) TokenFormat {
	l := TokenFormat{
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
		return id, false, api.E(api.Unauthenticated, api.ReasonTokenClaims, "the token's roles are not a list of strings")
	}
	id.Roles = roles
	return id, id.Login != "", nil
}
