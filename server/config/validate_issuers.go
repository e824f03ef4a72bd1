package config

import (
	"reflect"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/server/config/internal/form"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// issuerChecker checks external issuers.
type issuerChecker struct{ *checker }

func (k issuerChecker) issuers(list []Issuer, own []string) {
	seen := map[string]string{}
	for i, x := range list {
		key := tree.Item("issuers", i)
		k.name(key+".name", x.Name, seen)
		k.text(key+".issuer", x.Issuer)
		k.complain(key+".issuer", form.BadIssuer(x.Issuer))
		if x.Issuer != "" && slices.Contains(own, x.Issuer) {
			k.add(key+".issuer", "%s is an issuer of our own: another's tokens must name another", tree.Quote(x.Issuer))
		}
		k.keySource(key, x)
		k.pins(key, x)
		if x.RolesClaim == "" && len(x.Roles) > 0 {
			k.add(key+".roles", "has no effect without roles_claim: name the claim that holds the roles")
		}
		for _, theirs := range namesOf(x.Roles) {
			k.text(tree.Join(key+".roles", theirs), x.Roles[theirs])
		}
	}
}

// keySource checks that there is exactly one source of keys and that its URL is allowed.
func (k issuerChecker) keySource(key string, x Issuer) {
	places := 0
	for _, set := range [...]bool{x.JWKSURL != "", x.Discovery, x.JWKSFile != ""} {
		if set {
			places++
		}
	}
	if places != 1 {
		k.add(key, "must have exactly one of jwks_url, discovery and jwks_file")
	}
	address := x.JWKSURL
	if x.Discovery {
		address = x.Issuer
	}
	if address == "" {
		return
	}
	if !strings.HasPrefix(address, "https://") && !(x.AllowPrivate && strings.HasPrefix(address, "http://")) {
		k.add(key, "keys are fetched from https:// addresses; http:// needs allow_private: true")
	}
}

// pins requires audience and algorithms: a token for another audience, or signed with an
// algorithm that was not chosen, must not be accepted.
func (k issuerChecker) pins(key string, x Issuer) {
	if len(x.Audience) == 0 {
		k.add(key+".audience", "is empty: name who the tokens must be meant for")
	}
	for i, a := range x.Audience {
		k.complain(tree.Item(key+".audience", i), form.BadAudience(a))
	}
	if len(x.Algorithms) == 0 {
		k.add(key+".algorithms", "is empty: name what the issuer signs with, such as RS256")
	}
	f, _ := tree.FieldOf(reflect.TypeFor[Keys](), "algorithm")
	for i, a := range x.Algorithms {
		switch {
		case !slices.Contains(f.Enum, a):
			k.add(tree.Item(key+".algorithms", i), "%s", tree.NotOneOf(a, f.Enum))
		case strings.HasPrefix(a, "HS") && x.JWKSFile == "":
			k.add(tree.Item(key+".algorithms", i), "%s needs a shared secret, which no public set holds: use jwks_file", a)
		}
	}
}

// ownIssuers returns the iss claims of Cardea's own tokens.
func ownIssuers(c Config) []string {
	own := []string{c.Tokens.Issuer}
	if c.Tokens.Issuer == "" {
		own = append(own, c.Server.PublicURL, "http://"+c.Server.Listen)
	}
	for _, m := range c.Mounts {
		own = append(own, m.Common().Issuer)
		own = append(own, m.Common().AcceptIssuers...)
	}
	return own
}
