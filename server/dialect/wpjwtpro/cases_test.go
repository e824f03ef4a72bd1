package wpjwtpro_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/wpjwtpro"
)

const (
	tokenPath    = "/wp-json/jwt-auth/v1/token"
	validatePath = tokenPath + "/validate"
	refreshPath  = tokenPath + "/refresh"
	revokePath   = tokenPath + "/revoke"
	adminPath    = "/wp-json/jwt-auth/v1/admin/tokens"
	goodLogin    = `{"username":"sub1","password":"sub1-pass"}`
)

func place() dialect.Mount { return dialect.Mount{Name: "pro", Issuer: dialecttest.Issuer} }

func recorded() wpjwtpro.Config {
	return wpjwtpro.Config{Common: dialect.Common{Secret: dialecttest.Secret}}
}

func serve(t testing.TB, change func(*wpjwtpro.Config, *core.Hooks)) *dialecttest.Site {
	return dialecttest.Serve(t, place(), recorded(), change)
}

func login(t testing.TB, s *dialecttest.Site, body string) (access, refresh string) {
	t.Helper()
	a := s.Do(t, "POST", tokenPath, body)
	if a.Status != 200 {
		t.Fatalf("login: got %s, want status 200", a.Text)
	}
	return a.Get("token"), a.Get("refresh_token")
}

// proCase is one expected exchange, from the vendor's documentation and the plugin's
// behaviour.
type proCase struct {
	ID, Name, Method, Path, Setup string
	Headers                       map[string]string
	BodyType                      string `json:"body_type"`
	Body                          map[string]string
	Expect                        struct {
		Status   int
		Code     *string
		Keys     []string `json:"body_keys"`
		Contains string   `json:"message_contains"`
		Headers  map[string]string
	}
}

// others are the cases about routes of WordPress, on which the gateway decides; see
// gate_test.go.
func (c proCase) others() bool { return strings.HasPrefix(c.Path, "/wp-json/wp/") }

func loadCases(t *testing.T) []proCase {
	t.Helper()
	raw, err := os.ReadFile("testdata/pro-cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []proCase
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestCases(t *testing.T) {
	for _, c := range loadCases(t) {
		if c.others() {
			continue
		}
		t.Run(c.ID+" "+c.Name, func(t *testing.T) {
			s := serve(t, func(m *wpjwtpro.Config, _ *core.Hooks) {
				if c.Setup == "unset secret" {
					m.Secret = "unset"
				}
			})
			fill := placeholders(t, s, c)
			c.check(t, s.Do(t, c.Method, c.Path, c.body(fill), c.headers(fill)...))
		})
	}
}

func (c proCase) body(fill *strings.Replacer) string {
	switch c.BodyType {
	case "json":
		raw, _ := json.Marshal(c.Body) // a map of texts always encodes
		return fill.Replace(string(raw))
	case "form":
		return fill.Replace("username=" + c.Body["username"] + "&password=" + c.Body["password"])
	}
	return ""
}

func (c proCase) headers(fill *strings.Replacer) (list []string) {
	for name, value := range c.Headers {
		list = append(list, name, fill.Replace(value))
	}
	return list
}

func (c proCase) check(t *testing.T, a dialecttest.Answer) {
	t.Helper()
	code := ""
	if c.Expect.Code != nil {
		code = *c.Expect.Code
	}
	a.Want(t, c.Expect.Status, "code", code)
	for _, key := range c.Expect.Keys {
		if a.Get(key) == "" {
			t.Errorf("lacks %s: %s", key, a.Text)
		}
	}
	if !strings.Contains(a.Get("message"), c.Expect.Contains) {
		t.Errorf("message %q, want %q in it", a.Get("message"), c.Expect.Contains)
	}
	for name, want := range c.Expect.Headers {
		if got := a.Header.Get(name); got == "" || want != "*" && got != want {
			t.Errorf("header %s: %q, want %q", name, got, want)
		}
	}
}

// placeholders creates the tokens that a case names, and prepares the site as its setup
// says.
func placeholders(t *testing.T, s *dialecttest.Site, c proCase) *strings.Replacer {
	t.Helper()
	pairs := []string{"{{username}}", "sub1", "{{password}}", "sub1-pass"}
	if c.Setup == "unset secret" {
		return strings.NewReplacer(pairs...)
	}
	access, refresh := login(t, s, goodLogin)
	usedAccess, used := login(t, s, goodLogin)
	s.Do(t, "POST", refreshPath, `{"refresh_token":"`+used+`"}`)
	revokedAccess, revoked := login(t, s, goodLogin)
	s.Do(t, "POST", revokePath, "", "Authorization", "Bearer "+revokedAccess)
	pairs = append(pairs,
		"{{token}}", access, "{{refresh_token}}", refresh,
		"{{token_before_refresh}}", usedAccess, "{{refresh_token_used}}", used,
		"{{token_revoked}}", revokedAccess, "{{refresh_token_of_revoked}}", revoked,
		"{{token_bad_signature}}", access[:strings.LastIndex(access, ".")+1]+strings.Repeat("A", 43),
		"{{token_signed_not_stored}}", sign(t, s.Now(), time.Hour), "{{token_expired}}", sign(t, s.Now().Add(-time.Hour), time.Minute),
		"{{refresh_token_expired}}", refresh,
	)
	if strings.Contains(c.Name, "refresh expired") {
		s.Forward(31 * 24 * time.Hour)
	}
	setUp(t, s, c.Setup)
	return strings.NewReplacer(pairs...)
}

func setUp(t *testing.T, s *dialecttest.Site, what string) {
	t.Helper()
	switch what {
	case "61st request in one minute from one IP":
		for range 60 {
			s.Do(t, "POST", tokenPath, `{}`)
		}
	case "password change after login":
		s.Edit(t, "sub1", func(ctx context.Context, a *core.Accounts, u api.User) error {
			return a.SetPassword(ctx, u.Subject, "another-pass", "test")
		})
	case "email change after login":
		s.Edit(t, "sub1", func(ctx context.Context, a *core.Accounts, u api.User) error {
			email := "other@example.test"
			return a.Update(ctx, u.Subject, users.Change{Email: &email}, "test")
		})
	case "role change after login":
		s.Edit(t, "sub1", func(ctx context.Context, a *core.Accounts, u api.User) error {
			return a.SetRoles(ctx, u.Subject, []string{"editor"}, "test")
		})
	case "user deletion after login":
		s.Edit(t, "sub1", func(ctx context.Context, a *core.Accounts, u api.User) error { return a.Delete(ctx, u, "test") })
	case "", "unset secret":
	default:
		t.Fatalf("setup %q: unknown step", what)
	}
}

// sign creates a token as the plugin does.
func sign(t *testing.T, iat time.Time, life time.Duration) string {
	t.Helper()
	keys, err := recorded().Keys("pro")
	if err != nil {
		t.Fatal(err)
	}
	user := api.NewClaims(api.Claim{Name: "id", Value: 3})
	text, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg"}}, api.NewClaims(
		api.Claim{Name: "iss", Value: dialecttest.Issuer},
		api.Claim{Name: "iat", Value: iat.Unix()}, api.Claim{Name: "nbf", Value: iat.Unix()}, api.Claim{Name: "exp", Value: iat.Add(life).Unix()},
		api.Claim{Name: "data", Value: api.NewClaims(api.Claim{Name: "user", Value: user})},
	), keys[0])
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func sid(t *testing.T, access string) string {
	t.Helper()
	parsed, err := token.Parse(access)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Claims().String("sid")
}
