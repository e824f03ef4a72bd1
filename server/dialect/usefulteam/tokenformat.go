package usefulteam

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/server/dialect"
)

// TokenFormat implements [dialect.Dialect].
func (d *Dialect) TokenFormat() core.TokenFormat {
	order := []string{"iss", "iat", "nbf", "exp", "data"}
	if d.config.Claims != dialect.Exact {
		order = append(order, "jti", "sid", "gen")
	}
	return core.TokenFormat{
		Name: d.mount.Name, Issuer: d.mount.Issuer,
		Head:  []api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg"}},
		Order: order, Compose: d.compose, Read: read,
		Profile:  token.Profile{Types: []string{"JWT", ""}, Require: []string{"iss"}, Issuers: d.mount.AcceptIssuers, NumberSubject: true, Undated: true},
		Lifetime: cmp.Or(d.config.AccessLife, accessLife), Keys: d.keys,
	}
}

func (d *Dialect) compose(r core.IssueRequest, _ string) api.Claims {
	user := api.NewClaims(
		api.Claim{Name: "id", Value: r.Identity.Number},
		api.Claim{Name: "device", Value: r.Device},
		api.Claim{Name: "pass", Value: d.pass(r.Identity)},
	)
	return api.NewClaims(api.Claim{Name: "data", Value: api.NewClaims(api.Claim{Name: "user", Value: user})})
}

// pass returns a value that changes with the user's generation, as the plugin's does
// with the password. If the mount has no secret, the value can be computed by anyone.
func (d *Dialect) pass(id api.Identity) string {
	mac := hmac.New(sha256.New, []byte(cmp.Or(d.config.Secret.Reveal(), d.mount.Issuer)))
	mac.Write([]byte(id.Subject + "\n" + strconv.FormatInt(id.Gen, 10)))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// read accepts the user's number as an integer, or as a string like other plugins.
// Without an id the user is missing; an invalid id is an unknown user: the plugin has
// different codes for the two.
func read(c api.Claims) (api.Identity, bool, error) {
	data, _ := c.Object("data")
	user, _ := data.Object("user")
	if _, there := user.Get("id"); !there {
		return api.Identity{}, false, api.E(api.Unauthenticated, api.ReasonTokenSubject, "the token names no user")
	}
	number, ok := user.Int("id")
	if text := user.String("id"); text != "" {
		var err error
		number, err = strconv.ParseInt(text, 10, 64)
		ok = err == nil && text == strconv.FormatInt(number, 10)
	}
	if !ok || number <= 0 {
		return api.Identity{}, false, api.E(api.Unauthenticated, api.ReasonUnknownUser, "the token names no user")
	}
	return api.Identity{Number: number}, false, nil
}
