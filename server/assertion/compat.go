package assertion

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// CompatLife is the lifetime of a token in a plugin's format. A token is reused for half
// of it, so that it is still valid when it arrives.
const CompatLife = time.Minute

// compatPast is how far iat and nbf lie in the past: most plugins reject a token that begins
// even a second after the time of their own clock.
const compatPast = time.Minute

// compatEntries bounds the cache; at the limit it is cleared.
const compatEntries = 10_000

// CompatConfig configures a [Compat]. TokenFormat is required and needs a signing key of its
// own.
type CompatConfig struct {
	Site        Site
	TokenFormat core.TokenFormat // the mount's
	Now         func() time.Time
	Rand        io.Reader // nil: crypto/rand
}

// Compat signs tokens for the authenticated user in the format and with the secret of the
// site's JWT plugin. One token is reused for all requests with one credential for half
// its lifetime. Safe for concurrent use.
type Compat struct {
	cfg CompatConfig

	mu    sync.Mutex
	known map[compatKey]compatToken
}

// compatKey holds the credential and everything that the token depends on.
type compatKey struct {
	subject, login, credential string
	number, gen                int64
}

type compatToken struct {
	value []string // header values
	until time.Time
}

// NewCompat returns a Compat. The error says what the token format lacks.
func NewCompat(c CompatConfig) (*Compat, error) {
	if len(c.TokenFormat.Keys) == 0 {
		return nil, errors.New("plugin-compat: the mount has no secret: give it the plugin's, as wp-config.php or its settings say")
	}
	if key := c.TokenFormat.Keys[0]; key.Weak || !key.CanSign() {
		return nil, errors.New("plugin-compat: the mount's secret is too weak to sign with: give the plugin and the mount a longer one, or choose identity: assertion")
	}
	if c.Site.Subject == "" {
		return nil, errors.New("plugin-compat: the site's users are in no directory of type wordpress, so their numbers are not WordPress's: add one under users, or choose identity: assertion")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	return &Compat{cfg: c, known: map[compatKey]compatToken{}}, nil
}

// Credentials returns an Authorization header with a token of the plugin, and nothing for
// anonymous requests. The plugin grants the token all rights of the user, so a narrowed
// identity is refused.
func (v *Compat) Credentials(_ context.Context, _ *api.Attempt, d *core.Decision) (api.Header, error) {
	if d.Anonymous() {
		return nil, nil
	}
	who, err := v.cfg.Site.userOf(d)
	if err != nil {
		return nil, err
	}
	if err := unnarrowed(d, "plugin-compat"); err != nil {
		return nil, err
	}
	id, now := d.Identity, v.cfg.Now()
	id.Number = who.number // the site's number, from the subject
	key := compatKey{id.Subject, id.Login, id.Proof.TokenID + " " + id.Proof.APIKey, id.Number, id.Gen}
	v.mu.Lock()
	hit := v.known[key]
	v.mu.Unlock()
	if now.Before(hit.until) {
		return api.Header{"Authorization": hit.value}, nil
	}
	text, err := v.sign(id, now)
	if err != nil {
		return nil, fmt.Errorf("sign for the plugin: %w", err)
	}
	made := compatToken{[]string{"Bearer " + text}, now.Add(CompatLife / 2)}
	v.keep(key, made)
	return api.Header{"Authorization": made.value}, nil
}

func (v *Compat) keep(key compatKey, t compatToken) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.known) >= compatEntries {
		clear(v.known)
	}
	v.known[key] = t
}

// sign builds the claims as the plugin does, without a session: the token is for the
// site, not for the client.
func (v *Compat) sign(id api.Identity, now time.Time) (string, error) {
	jti, err := randomID(v.cfg.Rand)
	if err != nil {
		return "", err
	}
	l := v.cfg.TokenFormat
	var own api.Claims
	switch {
	case l.Compose != nil:
		own = l.Compose(core.IssueRequest{Identity: id, TokenFormat: l.Name}, jti)
	case l.Base != nil:
		own = l.Base(id)
	}
	begin := now.Add(-compatPast).Unix()
	stamped := map[string]any{
		"iss": l.Issuer, "iat": begin, "nbf": begin, "exp": now.Add(CompatLife).Unix(),
		"jti": jti, "gen": id.Gen, "sub": subject(id, l.Profile.NumberSubject),
	}
	var list []api.Claim
	for _, name := range l.Order {
		value, ok := stamped[name]
		if !ok {
			value, ok = own.Get(name)
		}
		if ok {
			list = append(list, api.Claim{Name: name, Value: value})
		}
	}
	var opts []token.Option
	if l.EscapeSlashes {
		opts = append(opts, token.EscapeSlashes())
	}
	return token.Sign(withoutKeyID(l.Head), api.NewClaims(list...), l.Keys[0], opts...)
}

func subject(id api.Identity, asNumber bool) any {
	if asNumber && id.Number != 0 {
		return id.Number
	}
	return id.Subject
}

// withoutKeyID removes the kid: a shared secret has none.
func withoutKeyID(head []api.Claim) []api.Claim {
	var out []api.Claim
	for _, m := range head {
		if m.Name != "kid" {
			out = append(out, m)
		}
	}
	return out
}
