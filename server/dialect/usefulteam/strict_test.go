package usefulteam_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/usefulteam"
)

const (
	tokenPath    = "/wp-json/jwt-auth/v1/token"
	validatePath = tokenPath + "/validate"
	refreshPath  = tokenPath + "/refresh"
	goodLogin    = `{"username":"sub1","password":"sub1-pass"}`
)

func serve(t testing.TB, change func(*usefulteam.Config, *core.Hooks)) *dialecttest.Site {
	return dialecttest.Serve(t, place(), recorded(), change)
}

// login returns an access token and what a client sends as Cookie afterwards.
func login(t testing.TB, s *dialecttest.Site, body string) (access, cookie string) {
	t.Helper()
	a := s.Do(t, "POST", tokenPath, body)
	a.Want(t, 200, "code", "jwt_auth_valid_credential")
	return a.Get("data.token"), cookieOf(a)
}

func cookieOf(a dialecttest.Answer) string {
	cookie, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
	return cookie
}

func TestCookie_form(t *testing.T) {
	s := serve(t, func(m *usefulteam.Config, _ *core.Hooks) { m.Issuer = "https://shop.example" })
	set := s.Do(t, "POST", tokenPath, goodLogin).Header.Get("Set-Cookie")
	for _, part := range []string{"refresh_token=3.cdr_", "Path=/;", "Max-Age=2592000", "HttpOnly", "Secure", "Expires="} {
		if !strings.Contains(set, part) {
			t.Errorf("Set-Cookie %q lacks %q", set, part)
		}
	}
}

func TestCookie_otherUser(t *testing.T) {
	s := serve(t, nil)
	_, cookie := login(t, s, goodLogin)
	for _, number := range []string{"1", "03", "3x"} {
		forged := strings.Replace(cookie, "=3.", "="+number+".", 1)
		if a := s.Do(t, "POST", tokenPath, "", "Cookie", forged); a.Status != 401 || a.Get("data.token") != "" {
			t.Errorf("%s: got %s, want 401 without a token", number, a.Text)
		}
	}
	s.Do(t, "POST", tokenPath, "", "Cookie", cookie).Want(t, 200, "data.id", "3")
}

func TestRefresh_reuse(t *testing.T) {
	s := serve(t, nil)
	access, old := login(t, s, goodLogin)
	next := cookieOf(s.Do(t, "POST", refreshPath, "", "Cookie", old))
	s.Do(t, "POST", refreshPath, "", "Cookie", old).Want(t, 401, "code", "jwt_auth_obsolete_refresh_token")
	s.Do(t, "POST", tokenPath, "", "Cookie", next).Want(t, 200, "code", "jwt_auth_valid_credential")
	s.Forward(time.Minute)
	s.Do(t, "POST", refreshPath, "", "Cookie", old).Want(t, 401, "code", "jwt_auth_obsolete_refresh_token")
	s.Do(t, "POST", refreshPath, "", "Cookie", next).Want(t, 401, "code", "jwt_auth_obsolete_refresh_token")
	s.Do(t, "POST", validatePath, "", "Authorization", "Bearer "+access).Want(t, 401, "code", "jwt_auth_invalid_token")
}

// TestCookie_settings tests the Set-Cookie header of each setting. A browser drops a cookie
// that is SameSite=None or Partitioned and not Secure.
func TestCookie_settings(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*usefulteam.Config)
		has, lack []string
	}{
		"as the plugin": {func(*usefulteam.Config) {}, nil, []string{"SameSite", "Secure", "Partitioned"}},
		"unset":         {func(m *usefulteam.Config) { m.CookieSameSite = "unset" }, nil, []string{"SameSite", "Secure"}},
		"lax":           {func(m *usefulteam.Config) { m.CookieSameSite = "lax" }, []string{"; SameSite=Lax"}, []string{"Secure"}},
		"strict":        {func(m *usefulteam.Config) { m.CookieSameSite = "strict" }, []string{"; SameSite=Strict"}, []string{"Secure"}},
		"none":          {func(m *usefulteam.Config) { m.CookieSameSite = "none" }, []string{"; SameSite=None", "; Secure"}, []string{"Partitioned"}},
		"secure":        {func(m *usefulteam.Config) { m.CookieSecure = true }, []string{"; Secure"}, []string{"SameSite", "Partitioned"}},
		"partitioned":   {func(m *usefulteam.Config) { m.CookiePartitioned = true }, []string{"; Secure", "; Partitioned"}, []string{"SameSite"}},
		"all":           {func(m *usefulteam.Config) { m.CookieSameSite, m.CookieSecure, m.CookiePartitioned = "none", true, true }, []string{"; SameSite=None", "; Secure", "; Partitioned", "; HttpOnly"}, nil},
	} {
		s := serve(t, func(m *usefulteam.Config, _ *core.Hooks) { c.change(m) })
		a := s.Do(t, "POST", tokenPath, goodLogin)
		next := s.Do(t, "POST", refreshPath, "", "Cookie", cookieOf(a))
		for _, set := range []string{a.Header.Get("Set-Cookie"), next.Header.Get("Set-Cookie")} {
			for _, part := range c.has {
				if !strings.Contains(set, part) {
					t.Errorf("%s: %q lacks %q", name, set, part)
				}
			}
			for _, part := range c.lack {
				if strings.Contains(set, part) {
					t.Errorf("%s: %q has %q", name, set, part)
				}
			}
		}
	}
	m := recorded()
	m.CookieSameSite = "None"
	if _, err := m.Open(place()); err == nil {
		t.Error("a SameSite of capitals is accepted")
	}
}

// TestRefresh_atOnce: whatever the timing, one of many calls succeeds and the rest are
// refused as recorded; with refresh_grace all get the same successor.
func TestRefresh_atOnce(t *testing.T) {
	s := serve(t, nil)
	_, old := login(t, s, goodLogin)
	again := func() dialecttest.Answer { return s.Do(t, "POST", refreshPath, "", "Cookie", old) }
	next := cookieOf(s.RefreshesOnce(t, 2, again, 401, "code", "jwt_auth_obsolete_refresh_token"))
	s.Do(t, "POST", tokenPath, "", "Cookie", next).Want(t, 200, "code", "jwt_auth_valid_credential")

	s = serve(t, func(m *usefulteam.Config, _ *core.Hooks) { m.RefreshGrace = 40 * time.Second })
	_, old = login(t, s, goodLogin)
	next = s.RefreshesAlike(t, 2, again, cookieOf)
	s.Forward(30 * time.Second)
	if got := cookieOf(again()); got != next {
		t.Errorf("the lost answer again: got %s, want %s", got, next)
	}
	s.Do(t, "POST", tokenPath, "", "Cookie", next).Want(t, 200, "code", "jwt_auth_valid_credential")
	s.Forward(time.Minute)
	again().Want(t, 401, "code", "jwt_auth_obsolete_refresh_token")
	s.Do(t, "POST", refreshPath, "", "Cookie", next).Want(t, 401, "code", "jwt_auth_obsolete_refresh_token")
}

func TestDevices(t *testing.T) {
	s := serve(t, nil)
	on := func(device string) string { return strings.Replace(goodLogin, "}", `,"device":"`+device+`"}`, 1) }
	phoneToken, phone := login(t, s, on("phone"))
	_, laptop := login(t, s, on("laptop"))
	_, again := login(t, s, on("phone"))
	s.Do(t, "POST", refreshPath, `{"device":"phone"}`, "Cookie", phone).Want(t, 401, "code", "jwt_auth_obsolete_refresh_token")
	s.Do(t, "POST", refreshPath, `{"device":"phone"}`, "Cookie", again).Want(t, 200, "code", "jwt_auth_valid_token")
	s.Do(t, "POST", refreshPath, `{"device":"laptop"}`, "Cookie", laptop).Want(t, 200, "code", "jwt_auth_valid_token")
	s.Do(t, "POST", validatePath, "", "Authorization", "Bearer "+phoneToken).Want(t, 200, "code", "jwt_auth_valid_token")
	s.Do(t, "POST", refreshPath, "", "Cookie", laptop).Want(t, 401, "code", "jwt_auth_obsolete_refresh_token")
}

// TestDevices_long: only the beginning of a long device name is used, everywhere.
func TestDevices_long(t *testing.T) {
	s := serve(t, nil)
	device := strings.Repeat("x", 100_000)
	body := strings.Replace(goodLogin, "}", `,"device":"`+device+`"}`, 1)
	_, first := login(t, s, body)
	access, second := login(t, s, body)
	if len(access) > 4096 {
		t.Errorf("the token has %d bytes", len(access))
	}
	s.Do(t, "POST", refreshPath, `{"device":"`+device+`"}`, "Cookie", first).Want(t, 401, "code", "jwt_auth_obsolete_refresh_token")
	s.Do(t, "POST", refreshPath, `{"device":"`+device+`"}`, "Cookie", second).Want(t, 200, "code", "jwt_auth_valid_token")
}

func TestPass_followsGeneration(t *testing.T) {
	s := serve(t, nil)
	pass := func() string {
		access, _ := login(t, s, goodLogin)
		parsed, err := token.Parse(access)
		if err != nil {
			t.Fatal(err)
		}
		data, _ := parsed.Claims().Object("data")
		user, _ := data.Object("user")
		return user.String("pass")
	}
	first := pass()
	if len(first) != 32 || pass() != first {
		t.Errorf("pass %q: want 32 hexadecimal digits, the same at each login", first)
	}
	s.Edit(t, "sub1", func(ctx context.Context, a *core.Accounts, u api.User) error {
		return a.SetPassword(ctx, u.Subject, "sub1-pass", "test")
	})
	if pass() == first {
		t.Error("pass did not change with the password")
	}
}

func TestDisabled(t *testing.T) {
	s := serve(t, nil)
	access, cookie := login(t, s, goodLogin)
	s.Edit(t, "sub1", func(ctx context.Context, a *core.Accounts, u api.User) error {
		return a.SetDisabled(ctx, u.Subject, true, "test")
	})
	s.Do(t, "POST", validatePath, "", "Authorization", "Bearer "+access).Want(t, 401, "code", "jwt_auth_invalid_token")
	s.Do(t, "POST", refreshPath, "", "Cookie", cookie).Want(t, 401, "success", "false")
	s.Do(t, "POST", tokenPath, "", "Cookie", cookie).Want(t, 401, "success", "false")
	s.Do(t, "POST", tokenPath, goodLogin).Want(t, 401, "code", "authentication_failed")
}

func TestSettings(t *testing.T) {
	s := serve(t, func(m *usefulteam.Config, _ *core.Hooks) {
		m.LoginErrors, m.ErrorCodes, m.Claims = dialect.Uniform, dialect.Documented, dialect.Exact
		m.AccessLife, m.RefreshLife = time.Minute, time.Hour
	})
	unknown := s.Do(t, "POST", tokenPath, `{"username":"nobody","password":"x"}`)
	wrong := s.Do(t, "POST", tokenPath, `{"username":"sub1","password":"x"}`)
	if unknown.Text != wrong.Text {
		t.Errorf("uniform login errors differ between %s and %s", unknown.Text, wrong.Text)
	}
	a := s.Do(t, "POST", tokenPath, goodLogin)
	if !strings.Contains(a.Header.Get("Set-Cookie"), "Max-Age=3600") {
		t.Errorf("refresh_life of an hour: %q", a.Header.Get("Set-Cookie"))
	}
	parsed, err := token.Parse(a.Get("data.token"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range parsed.Claims().All {
		names = append(names, name)
	}
	if got := strings.Join(names, " "); got != "iss iat nbf exp data" || parsed.Expires().Sub(parsed.Issued()) != time.Minute {
		t.Errorf("claims %s for %s", got, parsed.Expires().Sub(parsed.Issued()))
	}
	s.Forward(time.Minute)
	s.Do(t, "POST", validatePath, "", "Authorization", "Bearer "+a.Get("data.token")).Want(t, 401, "code", "jwt_auth_expired_token")
	s.Forward(time.Hour)
	s.Do(t, "POST", refreshPath, "", "Cookie", cookieOf(a)).Want(t, 401, "code", "jwt_auth_expired_refresh_token")
}

func TestTokenResponse_protected(t *testing.T) {
	s := serve(t, func(_ *usefulteam.Config, h *core.Hooks) {
		err := h.TokenResponse.Bind("x", func(_ context.Context, r core.TokenResponse) (core.TokenResponse, error) {
			r.Fields = r.Fields.With("token", "forged").With("tenant", "acme")
			return r, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	a := s.Do(t, "POST", tokenPath, goodLogin)
	a.Want(t, 200, "data.tenant", "acme")
	if strings.Count(a.Get("data.token"), ".") != 2 {
		t.Errorf("a hook replaced the token: %s", a.Text)
	}
}

func TestTokenResponse_refuses(t *testing.T) {
	s := serve(t, func(_ *usefulteam.Config, h *core.Hooks) {
		err := h.TokenResponse.Bind("x", func(context.Context, core.TokenResponse) (core.TokenResponse, error) {
			return core.TokenResponse{}, core.Deny("outside_hours", "come back <later>")
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	a := s.Do(t, "POST", tokenPath, goodLogin)
	a.Want(t, 401, "code", "outside_hours")
	if a.Header.Get("Set-Cookie") != "" {
		t.Error("a refused login sets a cookie")
	}
}
