package miniorange_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/methods/apikey"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/miniorange"
)

const (
	mePath  = "/wp-json/wp/v2/users/me"
	keyPath = "/wp-json/api/v1/public-key"
)

// serveGateway serves a mount together with all methods of the gateway.
func serveGateway(t testing.TB, change func(*miniorange.Config)) *dialecttest.Site {
	m := recorded()
	change(&m)
	return dialecttest.ServeGateway(t, place(), m, []core.NamedMethod{
		{Name: "basic", Opener: basic.Config{}}, {Name: "apikey", Opener: apikey.Config{}}, {Name: "jwt", Opener: jwt.Config{}},
	}, []route.Rule{
		{Name: "rest", Path: "/wp-json/**"}, {Name: "page", Path: "/page"},
	}, nil)
}

func newKey(t testing.TB, s *dialecttest.Site) (text string) {
	t.Helper()
	s.Edit(t, "sub1", func(ctx context.Context, a *core.Accounts, u api.User) error {
		secret, _, err := a.CreateAPIKey(ctx, core.NewAPIKey{Subject: u.Subject}, "test")
		text = secret.Reveal()
		return err
	})
	return text
}

// altered returns a key with another last letter.
func altered(key string) string {
	last := "a"
	if strings.HasSuffix(key, last) {
		last = "b"
	}
	return key[:len(key)-1] + last
}

// TestModes: on the routes that a mount protects, one kind of credential is accepted, in
// the header forms and with the messages of the plugin.
func TestModes(t *testing.T) {
	const (
		wrongType = "INVALID_AUTHORIZATION_HEADER_TOKEN_TYPE"
		good      = "c3ViMTpzdWIxLXBhc3M=" // sub1:sub1-pass
	)
	for _, mode := range []string{"", dialect.JWT, dialect.Basic, dialect.APIKey} {
		s := serveGateway(t, func(m *miniorange.Config) { m.Mode = mode })
		access := s.Do(t, "POST", tokenPath, goodLogin).Get("jwt_token") // issued in every mode
		key := newKey(t, s)
		s.Do(t, "GET", validatePath, "", "Authorization", "Bearer "+access).Want(t, map[bool]int{true: 200, false: 401}[mode == "" || mode == dialect.JWT],
			"error", map[string]string{dialect.Basic: wrongType, dialect.APIKey: "INVALID_API_KEY"}[mode])
		for _, c := range []struct {
			auth                  string
			any, jwt, basic, keys string // a user, or an error
		}{
			{"", "MISSING_AUTHORIZATION_HEADER", "MISSING_AUTHORIZATION_HEADER", "MISSING_AUTHORIZATION_HEADER", "MISSING_AUTHORIZATION_HEADER"},
			{"Bearer " + access, "sub1", "sub1", wrongType, "INVALID_API_KEY"},
			{"bearer  " + access, "sub1", "sub1", wrongType, "INVALID_API_KEY"},
			{"Bearer a.b.c", "SEGMENT_FAULT", "SEGMENT_FAULT", wrongType, "INVALID_API_KEY"},
			{"Bearer " + key, "sub1", wrongType, wrongType, "sub1"},
			{"Bearer " + key + "!", "SEGMENT_FAULT", "SEGMENT_FAULT", wrongType, "INVALID_API_KEY"}, // not in the form of a key
			{"Bearer " + altered(key), "INVALID_API_KEY", wrongType, wrongType, "INVALID_API_KEY"},
			{"Basic " + good, "sub1", wrongType, "sub1", wrongType},
			{"Basic c3ViMTpubw==", "INVALID_PASSWORD", wrongType, "INVALID_PASSWORD", wrongType},
			{"Basic bm9ib2R5Om5v", "INVALID_USERNAME", wrongType, "INVALID_USERNAME", wrongType},
			{"Basic c3ViMQ==", wrongType, wrongType, "INVALID_TOKEN_FORMAT", wrongType}, // no colon
			{"Basic ", wrongType, wrongType, wrongType, wrongType},
			{"Token abc", wrongType, wrongType, wrongType, wrongType},
		} {
			want := map[string]string{"": c.any, dialect.JWT: c.jwt, dialect.Basic: c.basic, dialect.APIKey: c.keys}[mode]
			var headers []string
			if c.auth != "" {
				headers = []string{"Authorization", c.auth}
			}
			a := s.Do(t, "GET", mePath, "", headers...)
			if got := a.Get("user") + a.Get("error"); got != want {
				t.Errorf("mode %q, %.24q: got %d %s, want %s", mode, c.auth, a.Status, a.Text, want)
			}
			if a.Status != http.StatusOK && a.Get("status") != "error" {
				t.Errorf("mode %q, %.24q: not the plugin's envelope: %s", mode, c.auth, a.Text)
			}
		}
		s.Do(t, "GET", mePath, "", "X-API-Key", key).Want(t, map[bool]int{true: 200, false: 401}[mode == "" || mode == dialect.APIKey], "user",
			map[bool]string{true: "sub1"}[mode == "" || mode == dialect.APIKey])
		s.Do(t, "GET", "/page", "", "Authorization", "Bearer "+access).Want(t, 200, "user", "sub1") // not a route of the plugin
	}
}

func TestModes_unknown(t *testing.T) {
	m := recorded()
	m.Mode = "oauth"
	if _, err := m.Open(place()); err == nil || !strings.Contains(err.Error(), "oauth") {
		t.Errorf("got %v, want an error that names the mode", err)
	}
}

func TestModes_uniform(t *testing.T) {
	s := serveGateway(t, func(m *miniorange.Config) { m.Mode, m.LoginErrors = dialect.Basic, dialect.Uniform })
	for _, auth := range []string{"Basic c3ViMTpubw==", "Basic bm9ib2R5Om5v"} {
		s.Do(t, "GET", mePath, "", "Authorization", auth).Want(t, 400, "error", "INVALID_CREDENTIALS")
	}
}

// TestRefusal_beyond: the rules that the dialect asks for refuse the routes of others in the
// plugin's words, whatever the credential.
func TestRefusal_beyond(t *testing.T) {
	m := recorded()
	d, err := m.Open(place())
	if err != nil {
		t.Fatal(err)
	}
	var rules []route.Rule
	for _, r := range d.(dialect.Protector).Protection().Rules {
		rules = append(rules, r.Rule)
	}
	for _, life := range []time.Duration{0, time.Hour} {
		m.RefreshLife = life
		s := dialecttest.ServeGateway(t, place(), m, []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}}, rules, nil)
		good := "Bearer " + s.Do(t, "POST", tokenPath, goodLogin).Get("jwt_token")
		for _, target := range []string{"/wp-json/", "/wp-json/shop/v1", "/wp-json/oembed/1.0/embed", "/index.php/wp-json/shop/v1"} {
			for _, auth := range []string{"", good, "Bearer a.b.c", "Basic c3ViMTpubw==", "Token abc"} {
				var headers []string
				if auth != "" {
					headers = []string{"Authorization", auth}
				}
				if a := s.Do(t, "GET", target, "", headers...); a.Status != 403 || a.Get("error") != "Restricted" || a.Get("code") != "" {
					t.Errorf("GET %s with %.20q: got %d %s, want 403 Restricted", target, auth, a.Status, a.Text)
				}
			}
		}
		s.Do(t, "GET", mePath, "").Want(t, 401, "error", "MISSING_AUTHORIZATION_HEADER")
	}
}

func TestGateway_restricted(t *testing.T) {
	s := dialecttest.ServeGateway(t, place(), recorded(), []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}},
		[]route.Rule{{Name: "wp", Path: "/wp-json/wp/v2/**"}}, nil)
	a := s.Do(t, "GET", "/wp-json/shop/v1", "")
	a.Want(t, 403, "error", "Restricted")
	a.Want(t, 403, "code", "")
	a = s.Do(t, "OPTIONS", mePath, "", "Origin", "https://app.example", "Access-Control-Request-Method", "GET")
	a.Want(t, 200, "message", "Preflight request accepted")
	if a.Get("user") != "" || a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("a preflight went through, or allows an origin: %s %v", a.Text, a.Header)
	}
}

// TestGateway_failuresCount: after bad tokens on other routes, an address is refused on the
// plugin's own for a minute.
func TestGateway_failuresCount(t *testing.T) {
	s := serveGateway(t, func(*miniorange.Config) {})
	for range 5 {
		s.Do(t, "GET", mePath, "", "Authorization", "Bearer a.b.c").Want(t, 401, "error", "SEGMENT_FAULT")
		s.Do(t, "GET", mePath, "").Want(t, 401, "error", "MISSING_AUTHORIZATION_HEADER") // nothing presented, nothing counted
	}
	s.Do(t, "POST", tokenPath, goodLogin).Want(t, 429, "error", "TOO_MANY_REQUESTS")
	s.Forward(time.Minute)
	s.Do(t, "POST", tokenPath, goodLogin).Want(t, 200, "token_type", "Bearer")
}

// rsaPEM returns a new private key.
func rsaPEM(t testing.TB) api.Secret {
	t.Helper()
	key, err := keys.Generate("RS256", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := keys.ExportPEM(key, true)
	if err != nil {
		t.Fatal(err)
	}
	return api.Secret(text)
}

// TestRS256 does over HTTP what a client does: log in, fetch the public key, verify the
// token with it and with the certificate, call a route, refresh, revoke.
func TestRS256(t *testing.T) {
	private := rsaPEM(t)
	site := serveGateway(t, func(m *miniorange.Config) {
		m.Secret, m.AccessLife, m.RefreshLife = private, time.Hour, 14*24*time.Hour
	})
	server := httptest.NewServer(site)
	defer server.Close()
	call := func(method, path, body, auth string) (out map[string]any) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if auth != "" {
			r.Header.Set("Authorization", auth)
		}
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err == nil {
			err = json.Unmarshal(text, &out)
		}
		if err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
		return out
	}
	pair := call("POST", tokenPath, goodLogin, "")
	access := pair["jwt_token"].(string)
	shown := call("GET", keyPath, "", "")
	verifies(t, access, []byte(shown["public_key"].(string)), shown["x5c"].([]any)[0].(string))
	if shown["algorithm"] != "RS256" {
		t.Errorf("algorithm %v", shown["algorithm"])
	}
	if got := call("GET", mePath, "", "Bearer "+access)["user"]; got != "sub1" {
		t.Errorf("users/me: got %v, want \"sub1\"", got)
	}
	next := call("POST", refreshPath, `{"refresh_token":"`+pair["refresh_token"].(string)+`"}`, "")
	if got := call("GET", mePath, "", "Bearer "+access)["error"]; got != "TOKEN_REVOKED" {
		t.Errorf("the token before the refresh: got %v, want \"TOKEN_REVOKED\"", got)
	}
	access = next["jwt_token"].(string)
	call("POST", revokePath, `{"token":"`+access+`"}`, "")
	if got := call("GET", validatePath, "", "Bearer "+access)["error"]; got != "TOKEN_REVOKED" {
		t.Errorf("a revoked token: got %v, want \"TOKEN_REVOKED\"", got)
	}
}

// TestRefresh_atOnce: whatever the timing, one of many calls succeeds and the rest are
// refused; with refresh_grace all get the same successor.
func TestRefresh_atOnce(t *testing.T) {
	begin := func(grace time.Duration) (s *dialecttest.Site, again func() dialecttest.Answer) {
		s = serve(t, func(m *miniorange.Config, _ *core.Hooks) {
			m.RefreshLife, m.RefreshGrace, m.RateLimit = 14*24*time.Hour, grace, -1
		})
		old := s.Do(t, "POST", tokenPath, goodLogin).Get("refresh_token")
		return s, func() dialecttest.Answer { return s.Do(t, "POST", refreshPath, `{"refresh_token":"`+old+`"}`) }
	}
	s, again := begin(0)
	validate(t, s, s.RefreshesOnce(t, 1, again, 401, "error", "INVALID_REFRESH_TOKEN").Get("jwt_token"), 200, "message", "VALID_TOKEN")

	s, again = begin(40 * time.Second)
	next := func(a dialecttest.Answer) string { return a.Get("refresh_token") }
	lost := s.RefreshesAlike(t, 1, again, next)
	s.Forward(30 * time.Second)
	a := again()
	a.Want(t, 200, "refresh_token", lost)
	validate(t, s, a.Get("jwt_token"), 200, "message", "VALID_TOKEN")
	s.Forward(time.Minute)
	again().Want(t, 401, "error", "INVALID_REFRESH_TOKEN")
}

// verifies checks an RS256 token with the public key only.
func verifies(t *testing.T, access string, key []byte, x5c string) {
	t.Helper()
	block, _ := pem.Decode(key)
	if block == nil {
		t.Fatalf("no PEM: %s", key)
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	der, err := base64.StdEncoding.DecodeString(x5c)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	text, signature, _ := cutLast(access)
	digest := sha256.Sum256([]byte(text))
	for name, k := range map[string]any{"public key": public, "certificate": certificate.PublicKey} {
		if err := rsa.VerifyPKCS1v15(k.(*rsa.PublicKey), crypto.SHA256, digest[:], signature); err != nil {
			t.Errorf("%s: VerifyPKCS1v15: %v", name, err)
		}
	}
}

func cutLast(access string) (text string, signature []byte, err error) {
	i := strings.LastIndexByte(access, '.')
	signature, err = base64.RawURLEncoding.DecodeString(access[i+1:])
	return access[:i], signature, err
}

// TestRS256_keyForms: a public key signs nothing, its text is not an HMAC secret, and a
// shared secret is not published.
func TestRS256_keyForms(t *testing.T) {
	private := rsaPEM(t)
	key, err := keys.ParsePEM("", "", []byte(private))
	if err != nil {
		t.Fatal(err)
	}
	public, err := keys.ExportPEM(key, false)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(m *miniorange.Config, _ *core.Hooks) { m.Secret = api.Secret(public) })
	s.Do(t, "POST", tokenPath, goodLogin).Want(t, 401, "error", "BAD_REQUEST")
	s.Do(t, "GET", keyPath, "").Want(t, 404, "code", "rest_no_route")
	forged := signed(t, bytes.TrimSpace(public))
	validate(t, s, forged, 401, "status", "error")

	s = serve(t, func(m *miniorange.Config, _ *core.Hooks) { m.Secret = private })
	validate(t, s, signed(t, bytes.TrimSpace(public)), 401, "status", "error")
	validate(t, s, s.Do(t, "POST", tokenPath, goodLogin).Get("jwt_token"), 200, "message", "VALID_TOKEN")

	serve(t, nil).Do(t, "GET", keyPath, "").Want(t, 404, "code", "rest_no_route") // HS256
}

// signed returns a token for sub1, signed with a text as HMAC secret.
func signed(t testing.TB, secret []byte) string {
	t.Helper()
	head := []api.Claim{{Name: "alg"}, {Name: "typ", Value: "JWT"}}
	claims := api.NewClaims(api.Claim{Name: "sub", Value: 3}, api.Claim{Name: "name", Value: "sub1"},
		api.Claim{Name: "iat", Value: 1795283400}, api.Claim{Name: "exp", Value: 1795287000})
	text, err := token.Sign(head, claims, api.Key{Algorithm: "HS256", Private: secret, Public: secret})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestGateway_query: a route in the query is treated like that route, also in error texts; the
// free edition, which reads none there, has one text for all.
func TestGateway_query(t *testing.T) {
	methods := []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}}
	rules := []route.Rule{{Name: "wp", Path: "/wp-json/wp/v2/**"}}
	for life, want := range map[time.Duration]string{0: "Restricted", time.Hour: "MISSING_AUTHORIZATION_HEADER"} {
		m := recorded()
		m.RefreshLife = life
		s := dialecttest.ServeGateway(t, place(), m, methods, rules, nil)
		if a := s.Do(t, "GET", "/?rest_route=/wp/v2/users/me", ""); a.Get("error") != want {
			t.Errorf("refresh life %s: got %s, want %s", life, a.Text, want)
		}
	}
}
