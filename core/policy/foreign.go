package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// ForeignIssuer says whose tokens count here besides our own, and what of them.
// What such a token says of its user is told apart from all that is ours: see
// [ForeignLayout].
type ForeignIssuer struct {
	Name     string   // ours for the issuer; without a colon
	Issuer   string   // iss, exactly
	Audience []string // one of these must be in aud; at least one

	// Keys returns the keys that may verify a token of the issuer whose header
	// says kid and alg; an error is no verdict. [keys.Remote] has such a method.
	Keys func(ctx context.Context, kid, alg string) ([]api.Key, error)

	SubjectClaim string            // names the user; "" is sub
	RolesClaim   string            // a text or a list of texts; "": the issuer gives no roles
	Roles        map[string]string // theirs to ours; one that is not in it counts for nothing
	MaxLifetime  time.Duration     // longest exp - iat; 0 is the policy's MaxTTL

	// Leeway is how far the issuer's clock may be off, for exp, nbf and iat; at most
	// [MaxLeeway]. That of the policy counts if it is longer.
	Leeway time.Duration
}

// ForeignPrefix begins the names of layouts of foreign issuers; the name of no
// mount holds a colon.
const ForeignPrefix = "issuer:"

// ForeignLayout is the layout of a foreign issuer's tokens. They only verify.
// Subject, login, jti and kid of such a token get "issuer:<name>:" in front, so
// that none of them can be taken for one of ours; its sid, gen and scopes are not
// heeded, and no directory is asked.
func ForeignLayout(f ForeignIssuer) (Layout, error) {
	if f.Name == "" || f.Issuer == "" || f.Keys == nil || len(f.Audience) == 0 {
		return Layout{}, errors.New("foreign issuer: wants a name, an issuer, an audience and keys")
	}
	if f.Leeway < 0 || f.Leeway > MaxLeeway {
		return Layout{}, fmt.Errorf("foreign issuer %s: its leeway is %s, must be 0 to %s", f.Name, f.Leeway, MaxLeeway)
	}
	name := ForeignPrefix + f.Name
	if err := CheckForeign(name); err != nil {
		return Layout{}, err
	}
	return Layout{
		Name: name, Issuer: f.Issuer, Verifying: f.Keys,
		Read: func(c api.Claims) (api.Identity, bool, error) { return f.read(name, c) },
		Profile: token.Profile{
			Types: []string{"JWT", "at+jwt", ""}, Audiences: f.Audience,
			Require: []string{"iss", "sub", "aud", "iat"}, MaxLifetime: f.MaxLifetime, Leeway: f.Leeway,
		},
	}, nil
}

// CheckForeign refuses the name of a foreign issuer's layout if it could run into what the
// issuer says: "a:b" with the user "c" would be "a" with the user "b:c".
func CheckForeign(layout string) error {
	name := strings.TrimPrefix(layout, ForeignPrefix)
	if name == "" || strings.Contains(name, ":") || !api.FitsHeader(name) {
		return fmt.Errorf("the name of the foreign issuer is %q, must not be empty, nor hold a colon or what no header can hold", name)
	}
	return nil
}

func (f *ForeignIssuer) read(name string, c api.Claims) (api.Identity, bool, error) {
	claim := f.SubjectClaim
	if claim == "" {
		claim = "sub"
	}
	sub := c.String(claim)
	if sub == "" || !api.FitsHeader(sub) {
		return api.Identity{}, false, api.E(api.Unauthenticated, api.ReasonTokenSubject, "the token names no user")
	}
	subject := name + ":" + sub
	return api.Identity{Subject: subject, Login: subject, Roles: f.roles(c)}, true, nil
}

// roles are those of the token's that have one of ours.
func (f *ForeignIssuer) roles(c api.Claims) []string {
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
