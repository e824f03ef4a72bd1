package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// ExternalIssuer describes an external issuer whose tokens are accepted. The identities of
// its users are kept apart from our own; see [ExternalTokenFormat].
type ExternalIssuer struct {
	Name     string   // our name for the issuer; without a colon
	Issuer   string   // iss, compared exactly
	Audience []string // one of these must be in aud; at least one is needed

	// Keys returns the issuer's keys that may verify a token with this kid and alg. An
	// error is a technical failure, not a refusal. [issuerkeys.Remote] has such a method.
	Keys func(ctx context.Context, kid, alg string) ([]api.Key, error)

	SubjectClaim string            // identifies the user; "" is sub
	RolesClaim   string            // a string or a list of strings; "": no roles
	Roles        map[string]string // maps their roles to ours; others are ignored
	MaxLifetime  time.Duration     // maximum of exp - iat; 0 is the policy's MaxTTL

	// Leeway is how far the issuer's clock may be off, for exp, nbf and iat; at most
	// [MaxLeeway]. That of the policy counts if it is longer.
	Leeway time.Duration
}

// ExternalPrefix is the prefix of the token format names of external issuers; mount names have no
// colon.
const ExternalPrefix = "issuer:"

// ExternalTokenFormat returns the token format of an external issuer's tokens, which are only verified,
// never issued. Subject, login, jti and kid of such a token get the prefix
// "issuer:<name>:", so that they cannot be confused with ours. Its sid, gen and scopes are
// ignored, and no directory is asked.
func ExternalTokenFormat(f ExternalIssuer) (TokenFormat, error) {
	if f.Name == "" || f.Issuer == "" || f.Keys == nil || len(f.Audience) == 0 {
		return TokenFormat{}, errors.New("external issuer: must have a name, an issuer, an audience and keys")
	}
	if f.Leeway < 0 || f.Leeway > MaxLeeway {
		return TokenFormat{}, fmt.Errorf("external issuer %s: its leeway is %s, must be 0 to %s", f.Name, f.Leeway, MaxLeeway)
	}
	name := ExternalPrefix + f.Name
	if err := CheckExternal(name); err != nil {
		return TokenFormat{}, err
	}
	return TokenFormat{
		Name: name, Issuer: f.Issuer, Verifying: f.Keys,
		Read: func(c api.Claims) (api.Identity, bool, error) { return f.read(name, c) },
		Profile: token.Profile{
			Types: []string{"JWT", "at+jwt", ""}, Audiences: f.Audience,
			Require: []string{"iss", "sub", "aud", "iat"}, MaxLifetime: f.MaxLifetime, Leeway: f.Leeway,
		},
	}, nil
}

// CheckExternal refuses a name of an external issuer's token format that would make subjects
// ambiguous: "a:b" with the user "c" would be the same as "a" with the user "b:c".
func CheckExternal(format string) error {
	name := strings.TrimPrefix(format, ExternalPrefix)
	if name == "" || strings.Contains(name, ":") || !isPlain(name) {
		return fmt.Errorf("the name of the external issuer is %q, must not be empty or contain a colon or characters that are invalid in a header", name)
	}
	return nil
}

func (f *ExternalIssuer) read(name string, c api.Claims) (api.Identity, bool, error) {
	claim := f.SubjectClaim
	if claim == "" {
		claim = "sub"
	}
	sub := c.String(claim)
	if sub == "" || !isPlain(sub) {
		return api.Identity{}, false, api.E(api.Unauthenticated, api.ReasonTokenSubject, "the token names no user")
	}
	subject := name + ":" + sub
	return api.Identity{Subject: subject, Login: subject, Roles: f.roles(c)}, true, nil
}

// isPlain reports whether a name fits in a header and reads as it is: without blanks at its
// ends and characters that are not printed, which an application may take off.
func isPlain(name string) bool {
	return api.FitsHeader(name) && name == strings.TrimSpace(name) &&
		!strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// roles returns the token's roles mapped to ours.
func (f *ExternalIssuer) roles(c api.Claims) []string {
	if f.RolesClaim == "" {
		return nil
	}
	theirs, ok := stringList(c, f.RolesClaim)
	if one := c.String(f.RolesClaim); one != "" {
		theirs, ok = []string{one}, true
	}
	if !ok {
		return nil
	}
	var ours []string
	for _, role := range theirs {
		if r, known := f.Roles[role]; known && !slices.Contains(ours, r) {
			ours = append(ours, r)
		}
	}
	return ours
}
