package cocart

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
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
	l := core.TokenFormat{
		Name: d.mount.Name, Issuer: d.mount.Issuer,
		Head:  []api.Claim{{Name: "alg"}, {Name: "typ", Value: "JWT"}},
		Order: order, Compose: d.compose, Read: d.read,
		Profile:  token.Profile{Types: []string{"JWT"}, Require: []string{"iss"}, Issuers: d.mount.AcceptIssuers, NumberSubject: true, Undated: true},
		Lifetime: cmp.Or(d.config.AccessLife, accessLife), Keys: d.keys,
		EscapeSlashes: true, Paired: true,
	}
	if d.first {
		l.Lifetime = cmp.Or(d.config.AccessLife, firstLife)
	}
	if d.config.BindPeer {
		l.Check, l.Bound = bound, tied
	}
	return l
}

func (d *Dialect) compose(r core.IssueRequest, jti string) api.Claims {
	user := api.NewClaims(
		api.Claim{Name: "id", Value: r.Identity.Number},
		api.Claim{Name: "username", Value: r.Identity.Login},
		api.Claim{Name: "ip", Value: address(r.Peer)},
		api.Claim{Name: "device", Value: r.Peer.UserAgent},
	)
	if !d.first {
		user = user.With("pat", pat(jti))
	}
	return api.NewClaims(api.Claim{Name: "data", Value: api.NewClaims(api.Claim{Name: "user", Value: user})})
}

func address(p api.Peer) string {
	if !p.Addr.IsValid() {
		return ""
	}
	return p.Addr.String()
}

// pat returns the ID that the plugin would give a token. Here it is derived from the
// jti.
func pat(jti string) string {
	sum := sha256.Sum256([]byte(jti))
	return "pat_" + hex.EncodeToString(sum[:12])
}

var patForm = regexp.MustCompile(`^pat_[0-9a-f]{24}$`)

// read accepts the user's number as an integer or a string. A pat is required; in
// tokens issued by Cardea, which have a sid, it must match the jti.
func (d *Dialect) read(c api.Claims) (api.Identity, bool, error) {
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
	if !d.first && !patFits(c, user.String("pat")) {
		return api.Identity{}, false, api.E(api.Unauthenticated, api.ReasonTokenClaims, "the token's pat is not its own")
	}
	return api.Identity{Number: number}, false, nil
}

func patFits(c api.Claims, named string) bool {
	return patForm.MatchString(named) && (c.String("sid") == "" || named == pat(c.String("jti")))
}

// holder returns the claims about the user and client of the token.
func holder(c api.Claims) api.Claims {
	data, _ := c.Object("data")
	user, _ := data.Object("user")
	return user
}

// tied returns the claims that bound compares.
func tied(c api.Claims) string {
	user := holder(c)
	return user.String("ip") + " " + user.String("device")
}

// bound rejects a token from another address or user agent than it was issued to; a
// missing User-Agent header is accepted.
func bound(c api.Claims, a *api.Attempt) error {
	if a == nil {
		return nil
	}
	user := holder(c)
	agent := a.Header.Get("User-Agent")
	if user.String("ip") != address(api.Peer{Addr: a.Peer}) || agent != "" && user.String("device") != agent {
		return api.E(api.Unauthenticated, "token_peer", "the token was given to another address or device")
	}
	return nil
}
