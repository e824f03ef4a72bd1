package cocart_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/cocart"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

const (
	loginPath    = "/wp-json/cocart/v2/login"
	logoutPath   = "/wp-json/cocart/v2/logout"
	validatePath = "/wp-json/cocart/jwt/validate-token"
	refreshPath  = "/wp-json/cocart/jwt/refresh-token"
	goodLogin    = `{"username":"sub1","password":"sub1-pass"}`
)

func serve(t testing.TB, change func(*cocart.Config, *core.Hooks)) *dialecttest.Site {
	m := recorded()
	m.BindPeer = false
	return dialecttest.Serve(t, place(), m, change)
}

func login(t testing.TB, s *dialecttest.Site, headers ...string) (access, refresh string) {
	t.Helper()
	a := s.Do(t, "POST", loginPath, goodLogin, headers...)
	a.Want(t, 200, "user_id", "3")
	return a.Get("extras.jwt_token"), a.Get("extras.jwt_refresh")
}

func validate(t testing.TB, s *dialecttest.Site, access string, status int, headers ...string) {
	t.Helper()
	a := s.Do(t, "POST", validatePath, "", append(headers, "Authorization", "Bearer "+access)...)
	if a.Status != status {
		t.Errorf("validate: got %s, want %d", a.Text, status)
	}
}

func exchange(t testing.TB, s *dialecttest.Site, refresh string) dialecttest.Answer {
	t.Helper()
	return s.Do(t, "POST", refreshPath, `{"refresh_token":"`+refresh+`"}`)
}

func TestRefresh_endsThePair(t *testing.T) {
	s := serve(t, nil)
	first, refresh := login(t, s)
	a := exchange(t, s, refresh)
	a.Want(t, 200, "code", "")
	validate(t, s, first, 403)
	validate(t, s, a.Get("token"), 200)
	b := exchange(t, s, a.Get("refresh_token"))
	validate(t, s, a.Get("token"), 403)
	validate(t, s, b.Get("token"), 200)
}

func TestRefresh_reuse(t *testing.T) {
	s := serve(t, nil)
	_, old := login(t, s)
	a := exchange(t, s, old)
	exchange(t, s, old).Want(t, 403, "message", "Invalid refresh token.")
	validate(t, s, a.Get("token"), 200)
	s.Forward(time.Minute)
	exchange(t, s, old).Want(t, 403, "message", "Invalid refresh token.")
	validate(t, s, a.Get("token"), 403)
}

// TestRefresh_atOnce: whatever the timing, one of many calls succeeds and the rest are
// refused as recorded; with refresh_grace all get the same successor.
func TestRefresh_atOnce(t *testing.T) {
	s := serve(t, nil)
	_, old := login(t, s)
	a := s.RefreshesOnce(t, 1, func() dialecttest.Answer { return exchange(t, s, old) }, 403, "message", "Invalid refresh token.")
	validate(t, s, a.Get("token"), 200)
	exchange(t, s, a.Get("refresh_token")).Want(t, 200, "code", "")

	s = serve(t, func(m *cocart.Config, _ *core.Hooks) { m.RefreshGrace = 40 * time.Second })
	_, old = login(t, s)
	next := func(a dialecttest.Answer) string { return a.Get("refresh_token") }
	lost := s.RefreshesAlike(t, 1, func() dialecttest.Answer { return exchange(t, s, old) }, next)
	s.Forward(30 * time.Second)
	a = exchange(t, s, old)
	a.Want(t, 200, "refresh_token", lost)
	validate(t, s, a.Get("token"), 200)
	s.Forward(time.Minute)
	exchange(t, s, old).Want(t, 403, "message", "Invalid refresh token.")
	exchange(t, s, lost).Want(t, 403, "message", "Invalid refresh token.")
}

func TestLogout_endsAllHere(t *testing.T) {
	s := serve(t, nil)
	one, _ := login(t, s)
	two, refresh := login(t, s)
	if a := s.Do(t, "POST", logoutPath, "", "Authorization", "Bearer "+one); a.Text != "true" {
		t.Fatalf("logout: got %s, want Text \"true\"", a.Text)
	}
	validate(t, s, one, 403)
	validate(t, s, two, 403)
	exchange(t, s, refresh).Want(t, 403, "code", "cocart_authentication_error")
}

func TestBindPeer(t *testing.T) {
	for name, c := range map[string]struct {
		bind         bool
		agent, later string
		want         int
	}{
		"off, another device": {false, "One/1", "Two/2", 200},
		"on, the same device": {true, "One/1", "One/1", 200},
		"on, another device":  {true, "One/1", "Two/2", 403},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(m *cocart.Config, _ *core.Hooks) { m.BindPeer = c.bind })
			access, _ := login(t, s, "User-Agent", c.agent)
			validate(t, s, access, c.want, "User-Agent", c.later)
		})
	}
}

func TestPat_forged(t *testing.T) {
	s := serve(t, nil)
	key, err := recorded().Keys("shop")
	if err != nil {
		t.Fatal(err)
	}
	access, _ := login(t, s)
	parsed, err := token.Parse(access)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := parsed.Claims().Object("data")
	user, _ := data.Object("user")
	for pat, want := range map[string]int{user.String("pat"): 200, "pat_000000000000000000000000": 403, "": 403} {
		c := parsed.Claims().With("data", data.With("user", user.With("pat", pat)))
		text, err := token.Sign([]api.Claim{{Name: "alg"}, {Name: "typ", Value: "JWT"}}, c, key[0])
		if err != nil {
			t.Fatal(err)
		}
		validate(t, s, text, want)
	}
}

func TestLogin_secondFactor(t *testing.T) {
	s := serve(t, func(_ *cocart.Config, h *core.Hooks) {
		err := h.LoginBefore.Bind("2fa", func(_ context.Context, l core.LoginAttempt) (core.LoginAttempt, error) {
			if l.Answers["2fa_code"] != "123456" || l.Answers["2fa_provider"] != "totp" {
				l.Challenge = &core.Challenge{Kind: "2fa_required", Public: "Two-factor authentication is required.", Fields: map[string]string{
					"available_providers": "totp, email", "default_provider": "totp", "email_sent": "false",
				}}
			}
			return l, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	a := s.Do(t, "POST", loginPath, goodLogin)
	a.Want(t, 401, "code", "cocart_2fa_required")
	for path, want := range map[string]string{
		"data.2fa_required": "true", "data.available_providers": "[totp email]",
		"data.default_provider": "totp", "data.email_sent": "false",
	} {
		if got := a.Get(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	with := strings.Replace(goodLogin, "}", `,"2fa_code":"123456","2fa_provider":"totp"}`, 1)
	s.Do(t, "POST", loginPath, with).Want(t, 200, "user_id", "3")
}

func TestLogin_uniform(t *testing.T) {
	s := serve(t, func(m *cocart.Config, _ *core.Hooks) { m.LoginErrors = dialect.Uniform })
	unknown := s.Do(t, "POST", loginPath, `{"username":"nobody","password":"x"}`)
	wrong := s.Do(t, "POST", loginPath, `{"username":"sub1","password":"x"}`)
	if unknown.Text != wrong.Text {
		t.Errorf("uniform login errors differ between %s and %s", unknown.Text, wrong.Text)
	}
}

func TestGone(t *testing.T) {
	for name, change := range map[string]func(context.Context, *core.Accounts, api.User) error{
		"disabled": func(ctx context.Context, a *core.Accounts, u api.User) error {
			return a.SetDisabled(ctx, u.Subject, true, "test")
		},
		"deleted": func(ctx context.Context, a *core.Accounts, u api.User) error { return a.Delete(ctx, u, "test") },
		"demoted": func(ctx context.Context, a *core.Accounts, u api.User) error {
			return a.SetRoles(ctx, u.Subject, nil, "test")
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, nil)
			access, refresh := login(t, s)
			s.Edit(t, "sub1", change)
			validate(t, s, access, 403)
			exchange(t, s, refresh).Want(t, 403, "code", "cocart_authentication_error")
		})
	}
}

func TestShared_cartIsNotOurs(t *testing.T) {
	d, err := recorded().Open(place())
	if err != nil {
		t.Fatal(err)
	}
	e := dialecttest.NewEngine(t, time.Now, nil, d)
	for _, endpoint := range d.Endpoints(e) {
		if strings.HasSuffix(endpoint.Path, "/cart") || strings.HasSuffix(endpoint.Path, "/cocart/v2") {
			t.Errorf("the dialect takes %s", endpoint.Path)
		}
	}
}

func TestFirst(t *testing.T) {
	s := dialecttest.Serve(t, place(), first(), nil)
	a := s.Do(t, "POST", loginPath, goodLogin)
	a.Want(t, 200, "extras.jwt_refresh", "")
	access := a.Get("extras.jwt_token")
	parsed, err := token.Parse(access)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := parsed.Claims().Object("data")
	user, _ := data.Object("user")
	if _, there := user.Get("pat"); there || parsed.Expires().Sub(parsed.Issued()) != 48*time.Hour {
		t.Errorf("claims %v: want no pat and two days", parsed.Claims())
	}
	s.Do(t, "POST", loginPath, "", "Authorization", "Bearer "+access).Want(t, 200, "user_id", "3")
	for auth, code := range map[string]string{
		"Bearer x":     "cocart_jwt_auth_bad_auth_header",
		"Bearer a.b.c": "cocart_jwt_auth_not_valid",
		"Bearer " + access[:len(access)-3] + "AAA": "cocart_jwt_auth_not_valid",
	} {
		s.Do(t, "POST", loginPath, "", "Authorization", auth).Want(t, 401, "code", code)
	}
	if a := s.Do(t, "POST", logoutPath, "", "Authorization", "Bearer "+access); a.Text != "true" {
		t.Errorf("logout: got %s, want Text \"true\"", a.Text)
	}
	s.Do(t, "POST", loginPath, "", "Authorization", "Bearer "+access).Want(t, 401, "code", "cocart_jwt_auth_not_valid")
}

// TestGateway_oddHeaders: on the shop's other routes, 3.x treats a value that does not look
// like a token as no credential, and 1.0 as a malformed header.
func TestGateway_oddHeaders(t *testing.T) {
	methods := []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}}
	rules := []route.Rule{{Name: "cart", Path: "/wp-json/cocart/**", Access: route.Optional}}
	third := dialecttest.ServeGateway(t, place(), recorded(), methods, rules, nil)
	older := dialecttest.ServeGateway(t, place(), first(), methods, rules, nil)
	for auth, want := range map[string]struct{ third, first string }{
		"Token abc":    {"", ""},
		"Bearer abc":   {"", "cocart_jwt_auth_bad_auth_header"},
		"Bearer  abc":  {"", "cocart_jwt_auth_bad_auth_header"},
		"bearer a b":   {"", "cocart_jwt_auth_bad_auth_header"},
		"Bearer a.b.c": {"cocart_authentication_error", "cocart_jwt_auth_not_valid"},
		"bearer a.b.c": {"cocart_authentication_error", "cocart_jwt_auth_not_valid"},
	} {
		for _, c := range []struct {
			name string
			site *dialecttest.Site
			want string
		}{{"3.x", third, want.third}, {"1.0", older, want.first}} {
			a := c.site.Do(t, "GET", "/wp-json/cocart/v2/cart", "", "Authorization", auth)
			if got := a.Get("code"); got != c.want || a.Get("user") != "" {
				t.Errorf("%s, %q: got %d %s, want %q", c.name, auth, a.Status, a.Text, c.want)
			}
		}
	}
}

// TestBindPeer_hooks: hooks cannot change the claims that bind a token to its device.
func TestBindPeer_hooks(t *testing.T) {
	for name, row := range map[string]struct {
		change func(user api.Claims) api.Claims
		status int
	}{
		"gone":    {func(user api.Claims) api.Claims { return user.Without("device") }, 401},
		"another": {func(user api.Claims) api.Claims { return user.With("device", "Two/2") }, 401},
		"kept":    {func(user api.Claims) api.Claims { return user.With("plan", "gold") }, 200},
	} {
		s := serve(t, func(m *cocart.Config, h *core.Hooks) {
			m.BindPeer = true
			err := h.TokenClaims.Bind("x", func(_ context.Context, v core.TokenClaims) (core.TokenClaims, error) {
				data, _ := v.Claims.Object("data")
				user, _ := data.Object("user")
				v.Claims = v.Claims.With("data", data.With("user", row.change(user)))
				return v, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
		if a := s.Do(t, "POST", loginPath, goodLogin, "User-Agent", "One/1"); a.Status != row.status {
			t.Errorf("%s: status %d, want %d", name, a.Status, row.status)
		}
	}
}
