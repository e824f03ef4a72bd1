package assertion

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// narrowedMember is the header member that tells the site to grant only the listed roles.
const narrowedMember = "narrowed"

// Header, typ and lifetime of an assertion.
const (
	AssertionHeader = "X-Cardea-Assertion"
	AssertionType   = "cardea-assertion+jwt"
	AssertionLife   = 30 * time.Second

	// assertionPast is how far iat lies back, for sites whose clock is behind. Together
	// with AssertionLife it is what cardea.php takes at most.
	assertionPast = 30 * time.Second
)

// AssertionConfig configures an [Assertion]. Issuer, Audience and Key are required.
type AssertionConfig struct {
	Site     Site
	Issuer   string         // name of this gateway: the site's CARDEA_ISSUER
	Audience string         // the site's home URL, or its CARDEA_AUDIENCE
	Key      func() api.Key // the active Ed25519 signing key
	Now      func() time.Time
	Rand     io.Reader // nil: crypto/rand
}

// Assertion signs a token for each request, bound to its method, path and query. The
// format is described in examples/wordpress/README.md. Safe for concurrent use.
type Assertion struct{ cfg AssertionConfig }

// NewAssertion returns an Assertion. The error says which setting is missing.
func NewAssertion(c AssertionConfig) (*Assertion, error) {
	if c.Issuer == "" || c.Audience == "" || c.Key == nil {
		return nil, errors.New("assertion: issuer, audience and key are required")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	return &Assertion{c}, nil
}

// Credentials returns the assertion for one request. Anonymous requests get one too, so
// that the site knows that they passed the gateway.
func (v *Assertion) Credentials(_ context.Context, a *api.Attempt, d *core.Decision) (api.Header, error) {
	who, err := v.cfg.Site.userOf(d)
	if err != nil {
		return nil, err
	}
	claims, err := v.claims(a, d, who)
	if err != nil {
		return nil, err
	}
	key := v.cfg.Key()
	text, err := token.Sign(head(d, key), api.NewClaims(claims...), key)
	if err != nil {
		return nil, fmt.Errorf("sign assertion: %w", err)
	}
	return api.Header{AssertionHeader: {text}}, nil
}

// head marks a narrowed identity as critical (RFC 7515 section 4.1.11), so that a plugin
// that does not support it rejects the assertion.
func head(d *core.Decision, key api.Key) []api.Claim {
	list := []api.Claim{{Name: "typ", Value: AssertionType}, {Name: "alg"}, {Name: "kid", Value: key.ID}}
	if !d.Anonymous() && d.Identity.IsNarrowed() {
		list = append(list, api.Claim{Name: "crit", Value: []any{narrowedMember}}, api.Claim{Name: narrowedMember, Value: true})
	}
	return list
}

func (v *Assertion) claims(a *api.Attempt, d *core.Decision, who user) ([]api.Claim, error) {
	method, err := methodOf(a)
	if err != nil {
		return nil, err
	}
	id, err := randomID(v.cfg.Rand)
	if err != nil {
		return nil, err
	}
	now, query := v.cfg.Now().Unix(), sha256.Sum256([]byte(a.Query))
	list := []api.Claim{
		{Name: "iss", Value: v.cfg.Issuer},
		{Name: "aud", Value: v.cfg.Audience},
		{Name: "iat", Value: now - int64(assertionPast/time.Second)},
		{Name: "exp", Value: now + int64(AssertionLife/time.Second)},
		{Name: "jti", Value: id},
		{Name: "htm", Value: method},
		{Name: "htu", Value: route.EscapePath(a.Path)},
		{Name: "htq", Value: base64.RawURLEncoding.EncodeToString(query[:])},
	}
	if names := readAs(d); names != nil {
		list = append(list, api.Claim{Name: "rest", Value: names})
	}
	if d.Anonymous() {
		return list, nil
	}
	list = append(list, api.Claim{Name: "sub", Value: d.Identity.Subject})
	if who.number != 0 {
		list = append(list, api.Claim{Name: "wp_id", Value: who.number})
	}
	if who.login != "" {
		list = append(list, api.Claim{Name: "login", Value: who.login})
	}
	if who.application != "" {
		list = append(list, api.Claim{Name: "app", Value: who.application})
	}
	return append(list, limits(&d.Identity)...), nil
}

// methodOf returns the method that the site will use. cardea.php does not treat pages
// differently.
func methodOf(a *api.Attempt) (string, error) {
	named, err := wordpress.Override(a.Query, a.Header)
	if err != nil || named != "" {
		return named, err
	}
	return wordpress.Method(a.Method, a.Query)
}

// limits lists the roles and scopes of a narrowed identity, the most that the site may
// grant.
func limits(id *api.Identity) []api.Claim {
	if !id.IsNarrowed() {
		return nil
	}
	return []api.Claim{{Name: "roles", Value: texts(id.Roles)}, {Name: "scopes", Value: texts(id.Scopes)}}
}

// texts returns a list that encodes as [] in JSON when it is empty.
func texts(list []string) []string { return append([]string{}, list...) }

// readAs lists the interpretations that the gateway decided on: the REST routes that the
// site may find in the request, and "page" for none.
func readAs(d *core.Decision) []string {
	var names []string
	for m := range d.Reading.All() {
		if name := m.Name(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// randomID returns 128 random bits.
func randomID(r io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return "", fmt.Errorf("read randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}
