package all_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

const replacing api.Secret = "another-secret-key-9876543210-zyxwvutsrqponmlkjihgfedcba-HGFEDCBA"

// TestPreviousSecret: in each dialect with a secret, what the replaced secret signed is
// accepted by the gateway and the mount until its end and no longer. Logins and refreshes,
// also of sessions from before, give tokens that the new one signs.
func TestPreviousSecret(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(all.Types())) {
		o := all.Types()[name]
		if _, ok := dialect.CommonOf(o); !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			o = dialecttest.With(o, "AccessLife", 2*time.Hour)
			if name == "miniorange" { // which has no refresh tokens otherwise
				o = dialecttest.With(o, "RefreshLife", 48*time.Hour)
			}
			replaceSecret(t, name, o)
		})
	}
}

func replaceSecret(t *testing.T, name string, o dialect.Opener) {
	client, _ := dialect.ClientOf(all.Types(), name)
	mount := dialect.Mount{Name: "site", Issuer: dialecttest.Issuer}
	o = dialecttest.With(o, "Secret", dialecttest.Secret)
	s := &rotated{t: t, client: client}
	s.Site = dialecttest.ServeGateway(t, mount, o, []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}},
		[]route.Rule{{Name: "all", Path: "/**", Access: route.Required}}, nil)
	old, _ := s.logIn("")
	_, refresh := s.logIn(kept)
	s.signedBy("the first login", old, dialecttest.Secret)

	o = dialecttest.With(o, "Secret", replacing)
	o = dialecttest.With(o, "SecretPrevious", dialecttest.Secret)
	o = dialecttest.With(o, "SecretPreviousUntil", api.Moment{Time: s.Now().Add(time.Hour)})
	d, err := o.Open(mount)
	if err != nil {
		t.Fatal(err)
	}
	policy := s.Engine.Admin().Policy()
	policy.TokenFormats = []core.TokenFormat{d.TokenFormat()}
	if err := s.Engine.Reload(t.Context(), policy); err != nil {
		t.Fatal(err)
	}
	s.Handler = dialect.Mux(d.Endpoints(s.Engine), s.Handler)
	for _, step := range []struct {
		name string
		wait time.Duration
		good bool
	}{{"at once", 0, true}, {"before the end", time.Hour - time.Second, true}, {"at the end", time.Second, false}} {
		s.Forward(step.wait)
		s.passes(step.name+", the old token", old, step.good)
		fresh, _ := s.logIn("")
		s.signedBy(step.name+", a login", fresh, replacing)
		s.passes(step.name+", the token of a login", fresh, true)
		if refresh == "" {
			continue
		}
		fresh, refresh = s.refresh(refresh)
		s.signedBy(step.name+", a refresh", fresh, replacing)
		s.passes(step.name+", the token of a refresh", fresh, true)
	}
}

// rotated is a client of a site whose secret is replaced.
type rotated struct {
	*dialecttest.Site
	t      *testing.T
	client dialect.NamedClient
}

var (
	accessForm  = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`)
	refreshForm = regexp.MustCompile(`(refresh_token=\d+\.)?cdr_\w+`) // or the cookie with it
)

// kept is the device of the session that is refreshed: at usefulteam a login ends the
// session before it on the same device.
const kept = "kept"

func (s *rotated) logIn(device string) (access, refresh string) {
	s.t.Helper()
	a := s.Do(s.t, s.client.Login.Method, s.client.Login.Path, `{"username":"sub1","password":"sub1-pass","device":"`+device+`"}`)
	access = a.Get(strings.Join(s.client.Token, "."))
	if access == "" {
		s.t.Fatalf("a login is answered %d %s", a.Status, a.Text)
	}
	return access, refreshForm.FindString(a.Header.Get("Set-Cookie") + a.Text)
}

// refresh exchanges a refresh token. A refresh at usefulteam gives no access token: the
// cookie logs in.
func (s *rotated) refresh(old string) (access, refresh string) {
	s.t.Helper()
	path := map[string]string{
		"cocart": "/wp-json/cocart/jwt/refresh-token", "miniorange": "/wp-json/api/v1/refresh-token",
		"usefulteam": "/wp-json/jwt-auth/v1/token/refresh", "wpjwtpro": "/wp-json/jwt-auth/v1/token/refresh",
	}[s.client.Dialect]
	a := s.Do(s.t, http.MethodPost, path, `{"refresh_token":"`+old+`","device":"`+kept+`"}`, "Cookie", old)
	refresh = refreshForm.FindString(a.Header.Get("Set-Cookie") + a.Text)
	if a.Status != http.StatusOK || refresh == "" {
		s.t.Fatalf("a refresh is answered %d %s", a.Status, a.Text)
	}
	if s.client.Dialect == "usefulteam" {
		a = s.Do(s.t, s.client.Login.Method, s.client.Login.Path, `{"device":"`+kept+`"}`, "Cookie", refresh)
	}
	return accessForm.FindString(a.Text), refresh
}

// passes checks what the mount and the gateway say of a token.
func (s *rotated) passes(what, text string, good bool) {
	s.t.Helper()
	for where, c := range map[string]dialect.Call{"validate": s.client.Validate, "the gateway": s.client.Try} {
		if c.Path == "" {
			continue
		}
		a := s.Do(s.t, c.Method, c.Path, "", "Authorization", "Bearer "+text)
		if (a.Status == http.StatusOK) != good {
			s.t.Errorf("%s: %s says %d %s", what, where, a.Status, a.Text)
		}
	}
}

func (s *rotated) signedBy(what, text string, secret api.Secret) {
	s.t.Helper()
	parsed, err := token.Parse(text)
	if err == nil {
		_, err = parsed.Verify(api.Key{Algorithm: "HS256", Public: []byte(secret)})
	}
	if err != nil {
		s.t.Errorf("%s: the token %q is not signed as expected: %v", what, text, err)
	}
}
