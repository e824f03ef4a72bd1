package miniorange_test

import (
	"context"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/miniorange"
)

const (
	tokenPath    = "/wp-json/api/v1/token"
	validatePath = "/wp-json/api/v1/token-validate"
	refreshPath  = "/wp-json/api/v1/refresh-token"
	revokePath   = "/wp-json/api/v1/revoke-token"
	goodLogin    = `{"username":"sub1","password":"sub1-pass"}`
)

func serve(t testing.TB, change func(*miniorange.Config, *core.Hooks)) *dialecttest.Site {
	return dialecttest.Serve(t, place(), recorded(), change)
}

func premium(m *miniorange.Config, _ *core.Hooks) {
	m.AccessLife, m.RefreshLife = time.Hour, 14*24*time.Hour
}

func validate(t testing.TB, s *dialecttest.Site, access string, status int, path, value string) {
	t.Helper()
	s.Do(t, "GET", validatePath, "", "Authorization", "Bearer "+access).Want(t, status, path, value)
}

func refresh(t testing.TB, s *dialecttest.Site, text string) dialecttest.Answer {
	t.Helper()
	return s.Do(t, "POST", refreshPath, `{"refresh_token":"`+text+`"}`)
}

func TestFree_expires(t *testing.T) {
	s := serve(t, nil)
	a := s.Do(t, "POST", tokenPath, goodLogin)
	a.Want(t, 200, "refresh_token", "")
	validate(t, s, a.Get("jwt_token"), 200, "message", "VALID_TOKEN")
	s.Forward(30 * 24 * time.Hour)
	validate(t, s, a.Get("jwt_token"), 401, "error", "TOKEN_EXPIRED")
	s.Do(t, "POST", refreshPath, `{}`).Want(t, 404, "code", "rest_no_route")
}

func TestPremium(t *testing.T) {
	s := serve(t, premium)
	a := s.Do(t, "POST", tokenPath, `{"username":"sub1@example.test","password":"sub1-pass"}`)
	b := refresh(t, s, a.Get("refresh_token"))
	b.Want(t, 200, "token_type", "Bearer")
	validate(t, s, a.Get("jwt_token"), 401, "error", "TOKEN_REVOKED")
	validate(t, s, b.Get("jwt_token"), 200, "message", "VALID_TOKEN")
	refresh(t, s, a.Get("refresh_token")).Want(t, 401, "error", "INVALID_REFRESH_TOKEN")
	s.Do(t, "POST", revokePath, `{"token":"`+b.Get("refresh_token")+`"}`).Want(t, 200, "message", "TOKEN_REVOKED")
	validate(t, s, b.Get("jwt_token"), 401, "error", "TOKEN_REVOKED")
	s.Do(t, "POST", revokePath, `{"token":"unknown"}`).Want(t, 200, "message", "TOKEN_REVOKED")
}

func TestPremium_lifetimes(t *testing.T) {
	s := serve(t, premium)
	a := s.Do(t, "POST", tokenPath, goodLogin)
	s.Forward(time.Hour)
	validate(t, s, a.Get("jwt_token"), 401, "error", "TOKEN_EXPIRED")
	s.Forward(14 * 24 * time.Hour)
	refresh(t, s, a.Get("refresh_token")).Want(t, 401, "error", "REFRESH_TOKEN_EXPIRED")
}

func TestPremium_engineKeys(t *testing.T) {
	s := serve(t, func(m *miniorange.Config, h *core.Hooks) { premium(m, h); m.Secret = "" })
	a := s.Do(t, "POST", tokenPath, goodLogin)
	validate(t, s, a.Get("jwt_token"), 200, "message", "VALID_TOKEN")
}

func TestRestriction_atLogin(t *testing.T) {
	s := serve(t, func(_ *miniorange.Config, h *core.Hooks) {
		err := h.LoginAfter.Bind("roles", func(_ context.Context, l core.LoginResult) (core.LoginResult, error) {
			if l.Identity.HasRole("subscriber") {
				return l, core.Deny("role", "Your role may not log in here.")
			}
			return l, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	s.Do(t, "POST", tokenPath, goodLogin).Want(t, 403, "error", "ROLE")
	s.Do(t, "POST", tokenPath, `{"username":"admin","password":"admin-pass-123"}`).Want(t, 200, "token_type", "Bearer")
}

func TestSwitches(t *testing.T) {
	s := serve(t, nil)
	s.Do(t, "GET", validatePath+"?mo_rest_api_test_config=basic_auth", "").Want(t, 401, "error", "MISSING_AUTHORIZATION_HEADER")
	a := s.Do(t, "OPTIONS", tokenPath, "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST")
	a.Want(t, 200, "message", "Preflight request accepted")
	if got := a.Header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("any origin is allowed: %q", got)
	}
}

func TestFailures(t *testing.T) {
	s := serve(t, nil)
	for range 5 {
		s.Do(t, "POST", tokenPath, `{"username":"sub1","password":"x"}`).Want(t, 400, "error", "INVALID_CREDENTIALS")
	}
	a := s.Do(t, "POST", tokenPath, goodLogin)
	a.Want(t, 429, "error", "TOO_MANY_REQUESTS")
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.Forward(time.Minute)
	s.Do(t, "POST", tokenPath, goodLogin).Want(t, 200, "token_type", "Bearer")
}

func TestDisabled(t *testing.T) {
	s := serve(t, nil)
	access := s.Do(t, "POST", tokenPath, goodLogin).Get("jwt_token")
	s.Edit(t, "sub1", func(ctx context.Context, a *core.Accounts, u api.User) error {
		return a.SetDisabled(ctx, u.Subject, true, "test")
	})
	validate(t, s, access, 401, "status", "error")
}
