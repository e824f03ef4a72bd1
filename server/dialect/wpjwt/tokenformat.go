package wpjwt

import (
	"cmp"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/server/dialect"
)

// lifetime is the lifetime of the plugin's tokens, before auth-expire.
const lifetime = 7 * 24 * time.Hour

// TokenFormat implements [dialect.Dialect].
func (d *Dialect) TokenFormat() core.TokenFormat {
	order := []string{"iss", "iat", "nbf", "exp", "data"}
	if d.config.Claims != dialect.Exact {
		order = append(order, "jti", "sid", "gen")
	}
	return core.TokenFormat{
		Name: d.mount.Name, Issuer: d.mount.Issuer,
		Head:  []api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg"}},
		Order: order, Base: base, Read: read,
		// The plugin's tokens have no sub; if another plugin wrote one, it is ignored.
		Profile:  token.Profile{Types: []string{"JWT", ""}, Require: []string{"iss"}, Issuers: d.mount.AcceptIssuers, NumberSubject: true, Undated: true},
		Lifetime: cmp.Or(d.config.AccessLife, lifetime), Keys: d.keys,
	}
}

// base writes the user's number as a string, as the plugin does.
func base(id api.Identity) api.Claims {
	number := api.NewClaims(api.Claim{Name: "id", Value: strconv.FormatInt(id.Number, 10)})
	user := api.NewClaims(api.Claim{Name: "user", Value: number})
	return api.NewClaims(api.Claim{Name: "data", Value: user})
}

// read accepts the user's number as a string or an integer. Other values are rejected:
// the plugin passes them to WordPress, which treats a string as a login name.
func read(c api.Claims) (api.Identity, bool, error) {
	data, _ := c.Object("data")
	user, _ := data.Object("user")
	number, ok := user.Int("id")
	if text := user.String("id"); text != "" {
		var err error
		number, err = strconv.ParseInt(text, 10, 64)
		ok = err == nil && text == strconv.FormatInt(number, 10)
	}
	if !ok || number <= 0 {
		return api.Identity{}, false, api.E(api.Unauthenticated, api.ReasonTokenSubject, "the token names no user")
	}
	return api.Identity{Number: number}, false, nil
}
