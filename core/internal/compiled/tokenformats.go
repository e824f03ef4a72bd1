package compiled

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/token"
)

// TokenFormat is a compiled policy.TokenFormat.
type TokenFormat struct {
	policy.TokenFormat
	Verifier  *token.Verifier // of Keys; nil if there are none
	SiteBound bool            // accepted only at sites that have it
}

func (c compiling) setTokenFormats(further []policy.TokenFormat) error {
	native := policy.NativeTokenFormat(c.Tokens.Issuer, c.Tokens.Audience...)
	native.Places = c.Tokens.Places
	for _, given := range append([]policy.TokenFormat{native}, further...) {
		l := TokenFormat{TokenFormat: given}
		if _, taken := c.TokenFormat(l.Name); taken || l.Read == nil || l.Issuer == "" {
			return fmt.Errorf("token format %q: must have a unique name, an issuer and a Read function", l.Name)
		}
		err := checkFormatName(&l.TokenFormat)
		if err != nil {
			return fmt.Errorf("token format %q: %w", l.Name, err)
		}
		if l.Places, err = policy.CheckPlaces(l.Places); err != nil {
			return fmt.Errorf("token format %q: %w", l.Name, err)
		}
		l.Profile.Issuers = append([]string{l.Issuer}, l.Profile.Issuers...)
		if l.Verifying == nil {
			l.Profile.Issuers = append(l.Profile.Issuers, c.Tokens.Issuers...)
		}
		if l.NoIssuer {
			l.Profile.Issuers = nil
		}
		if l.Verifying == nil {
			l.Profile.Leeway = 0
		}
		l.Profile.Leeway = max(l.Profile.Leeway, c.Tokens.Leeway)
		if l.Profile.Types == nil {
			l.Profile.Types = []string{"JWT", ""}
		}
		l.Profile.MaxLifetime = cmp.Or(l.Profile.MaxLifetime, c.Tokens.MaxTTL)
		if l.Verifying == nil { // external issuers choose their own lifetimes
			l.Profile.MaxLifetime = min(l.Profile.MaxLifetime, c.Tokens.MaxTTL)
		}
		if len(l.Keys) > 0 {
			l.Verifier = token.NewVerifier(l.Keys...)
		}
		c.TokenFormats = append(c.TokenFormats, l)
	}
	return nil
}

// checkFormatName refuses names that could be confused with an external issuer's, or with
// another external issuer's.
func checkFormatName(l *policy.TokenFormat) error {
	if l.Verifying != nil {
		return policy.CheckExternal(l.Name)
	}
	if strings.HasPrefix(l.Name, policy.ExternalPrefix) {
		return fmt.Errorf("names that begin with %q are reserved for external issuers", policy.ExternalPrefix)
	}
	return nil
}

// TokenFormat returns the token format with that name; "" is the native one.
func (c *Policy) TokenFormat(name string) (*TokenFormat, bool) {
	for i := range c.TokenFormats {
		if c.TokenFormats[i].Name == name || name == "" {
			return &c.TokenFormats[i], true
		}
	}
	return nil, false
}

// Remember returns how long a revocation must be kept under the policy: until every
// affected token of any token format has expired.
func (c *Policy) Remember() time.Duration {
	longest := c.Tokens.MaxTTL + c.Tokens.Leeway
	for i := range c.TokenFormats {
		profile := &c.TokenFormats[i].Profile
		longest = max(longest, profile.MaxLifetime+profile.Leeway)
	}
	return longest
}

// AccessLife returns the lifetime of an access token of the token format, given a proposed one; 0
// proposes the token format's.
func (c *Policy) AccessLife(l *TokenFormat, proposed time.Duration) time.Duration {
	life := cmp.Or(proposed, l.Lifetime, c.Tokens.AccessTTL)
	return min(max(life.Truncate(time.Second), c.Tokens.MinTTL), c.Tokens.MaxTTL, l.Profile.MaxLifetime)
}

// AskCheck calls the token format's Check.
func (l *TokenFormat) AskCheck(c api.Claims, a *api.Attempt) (err error) {
	defer api.Recover("token format", l.Name, &err)
	return l.Check(c, a)
}

// Candidates returns the token formats that a token may have. The claims are not verified yet;
// they only select the keys and rules to try.
func (p *Policy) Candidates(t *token.Token, name string) ([]*TokenFormat, error) {
	if name != "" {
		l, ok := p.TokenFormat(name)
		if !ok {
			return nil, api.E(api.Internal, "", "no such token format")
		}
		return []*TokenFormat{l}, nil
	}
	var found []*TokenFormat
	iss := t.Claims().String("iss")
	_, named := t.Claims().Get("iss")
	for i := range p.TokenFormats {
		l := &p.TokenFormats[i]
		if (slices.Contains(l.Profile.Issuers, iss) || l.NoIssuer && !named) && acceptsType(l.Profile.Types, t.Header().Type) {
			found = append(found, l)
		}
	}
	if found == nil {
		return nil, api.E(api.Unauthenticated, api.ReasonTokenIssuer, "the token is not from an issuer, or not of a type, that is trusted here")
	}
	return found, nil
}

// acceptsType is a first check; the profile's own follows.
func acceptsType(types []string, typ string) bool {
	typ = strings.TrimPrefix(strings.ToLower(typ), "application/") // RFC 7515 section 4.1.9
	return slices.ContainsFunc(types, func(t string) bool { return strings.EqualFold(t, typ) })
}

// External reports whether the identity comes from an external issuer's token.
func (p *Policy) External(id *api.Identity) bool {
	if id.Proof.TokenID == "" {
		return false
	}
	l, ok := p.TokenFormat(id.Proof.TokenFormat)
	return ok && l.Verifying != nil
}

// End returns when the credential of an identity expires, by itself or with its key; zero is
// never. The leeway applies to tokens, whose issuers' clocks may differ, but not to API keys.
func (p *Policy) End(id *api.Identity) time.Time {
	end, last := id.Proof.ExpiresAt, id.Proof.KeyUntil
	if !end.IsZero() && id.Proof.TokenID != "" {
		leeway := p.Tokens.Leeway
		if l, ok := p.TokenFormat(id.Proof.TokenFormat); ok {
			leeway = l.Profile.Leeway
		}
		end = end.Add(leeway)
	}
	if end.IsZero() || !last.IsZero() && last.Before(end) {
		return last
	}
	return end
}
