package token

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/cardea-auth/cardea/core/api"
)

// Profile describes which tokens are accepted; token formats declare one. The zero value requires
// the typ of an access token or none, an exp in the future and valid times, and nothing
// else. In every profile, claims must have their registered type (RFC 7519 section 4.1).
type Profile struct {
	Types         []string      // accepted typ, compared as in RFC 7515 section 4.1.9; "" accepts a missing one; nil is JWT, at+jwt and ""
	Issuers       []string      // accepted iss, compared exactly; empty accepts any or none
	Audiences     []string      // one of these must be in aud; empty accepts any or none
	Require       []string      // required claims, neither null nor ""; exp is always required
	NumberSubject bool          // sub may also be an integer, as in some plugins
	MaxLifetime   time.Duration // maximum of exp - iat, which makes iat required; 0 is no limit
	Undated       bool          // without iat the lifetime counts from nbf, as some plugins' tokens; revocations count the token as older than all
	Leeway        time.Duration // maximum clock difference, for exp, nbf and iat
}

// Check reports whether the claims satisfy p at the time now. A token whose exp equals now
// is expired (RFC 7519 section 4.1.4). It checks only typ and claims: call Verify first.
// Errors are [*api.Error] with the code Unauthenticated and one of the reasons token_type,
// token_claims, token_subject, token_issuer, token_audience, token_not_yet, token_expired
// and token_lifetime.
func (t *Token) Check(p Profile, now time.Time) error {
	checks := [...]func(*Token, *Profile) error{
		(*Token).checkType, (*Token).checkRequired, (*Token).checkSubject,
		(*Token).checkTokenID, (*Token).checkIssuer, (*Token).checkAudience,
	}
	for _, check := range checks {
		if err := check(t, &p); err != nil {
			return err
		}
	}
	return t.checkTimes(&p, now)
}

func (t *Token) checkType(p *Profile) error {
	for _, want := range p.types() {
		if want == t.header.Type || want != "" && strings.EqualFold(bareType(want), bareType(t.header.Type)) {
			return nil
		}
	}
	return refuse(api.ReasonTokenType, "token type not accepted", "typ is %.64q", t.header.Type)
}

func (p *Profile) types() []string {
	if p.Types == nil {
		return []string{"JWT", "at+jwt", ""}
	}
	return p.Types
}

// bareType removes the prefix that RFC 7515 section 4.1.9 recommends to omit.
func bareType(typ string) string {
	const prefix = "application/"
	if len(typ) > len(prefix) && strings.EqualFold(typ[:len(prefix)], prefix) && !strings.Contains(typ[len(prefix):], "/") {
		return typ[len(prefix):]
	}
	return typ
}

func (t *Token) checkRequired(p *Profile) error {
	for _, name := range p.Require {
		if v, ok := t.claims.Get(name); !ok || v == nil || v == "" {
			return refuse(requiredReason(name), "token lacks "+name, "claim %s is missing, null or empty", name)
		}
	}
	return nil
}

func requiredReason(name string) string {
	switch name {
	case "sub":
		return api.ReasonTokenSubject
	case "iss":
		return api.ReasonTokenIssuer
	case "aud":
		return api.ReasonTokenAudience
	}
	return api.ReasonTokenClaims
}

func (t *Token) checkSubject(p *Profile) error {
	v, ok := t.claims.Get("sub")
	if !ok {
		return nil
	}
	if _, number := v.(int64); number && p.NumberSubject {
		return nil
	}
	if !cleanText(v) {
		return refuse(api.ReasonTokenSubject, "token subject not accepted", "sub is not a clean, non-empty string")
	}
	return nil
}

// checkTokenID validates jti, since revocation depends on it.
func (t *Token) checkTokenID(*Profile) error {
	if v, ok := t.claims.Get("jti"); ok && !cleanText(v) {
		return refuse(api.ReasonTokenClaims, "token id not accepted", "jti is not a clean, non-empty string")
	}
	return nil
}

func (t *Token) checkIssuer(p *Profile) error {
	v, there := t.claims.Get("iss")
	issuer, ok := v.(string)
	if there && !ok || len(p.Issuers) > 0 && !(ok && slices.Contains(p.Issuers, issuer)) {
		return refuse(api.ReasonTokenIssuer, "token issuer not accepted", "iss is %.128q", issuer)
	}
	return nil
}

func (t *Token) checkAudience(p *Profile) error {
	v, there := t.claims.Get("aud")
	audience, ok := textList(v)
	if there && !ok {
		return refuse(api.ReasonTokenAudience, "token audience not accepted", "aud is neither a string nor an array of strings")
	}
	us := func(name string) bool { return slices.Contains(p.Audiences, name) }
	if len(p.Audiences) > 0 && !slices.ContainsFunc(audience, us) {
		return refuse(api.ReasonTokenAudience, "token audience not accepted", "aud names none of ours")
	}
	return nil
}

// textList reads a string or an array of strings.
func textList(v any) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, true
	case []any:
		list := make([]string, len(v))
		for i, element := range v {
			text, ok := element.(string)
			if !ok {
				return nil, false
			}
			list[i] = text
		}
		return list, true
	}
	return nil, false
}

// cleanText reports whether v is a string that can be a name: not empty, at most 1024
// bytes, without control characters.
func cleanText(v any) bool {
	text, ok := v.(string)
	return ok && text != "" && len(text) <= 1024 && clean(text)
}

func clean(text string) bool { return !strings.ContainsFunc(text, unicode.IsControl) }
