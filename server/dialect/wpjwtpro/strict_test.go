package wpjwtpro_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/wpjwtpro"
)

func refresh(t testing.TB, s *dialecttest.Site, text string) dialecttest.Answer {
	t.Helper()
	return s.Do(t, "POST", refreshPath, `{"refresh_token":"`+text+`"}`)
}

func validate(t testing.TB, s *dialecttest.Site, access string) dialecttest.Answer {
	t.Helper()
	return s.Do(t, "POST", validatePath, "", "Authorization", "Bearer "+access)
}

func TestRefresh_reuseEndsTheFamily(t *testing.T) {
	s := serve(t, nil)
	_, old := login(t, s, goodLogin)
	a := refresh(t, s, old)
	a.Want(t, 200, "token_type", "Bearer")
	a.Want(t, 200, "expires_in", "604800")
	refresh(t, s, old).Want(t, 403, "code", "jwt_auth_invalid_refresh_token")
	validate(t, s, a.Get("access_token")).Want(t, 200, "code", "jwt_auth_valid_token")
	s.Forward(time.Minute)
	refresh(t, s, old).Want(t, 403, "code", "jwt_auth_invalid_refresh_token")
	validate(t, s, a.Get("access_token")).Want(t, 403, "code", "jwt_auth_revoked_token")
	refresh(t, s, a.Get("refresh_token")).Want(t, 403, "code", "jwt_auth_invalid_refresh_token")
}

// TestRefresh_atOnce: whatever the timing, one of many calls succeeds and the rest are
// refused as recorded; with refresh_grace all get the same successor.
func TestRefresh_atOnce(t *testing.T) {
	s := serve(t, nil)
	_, old := login(t, s, goodLogin)
	a := s.RefreshesOnce(t, 1, func() dialecttest.Answer { return refresh(t, s, old) }, 403, "code", "jwt_auth_invalid_refresh_token")
	validate(t, s, a.Get("access_token")).Want(t, 200, "code", "jwt_auth_valid_token")
	refresh(t, s, a.Get("refresh_token")).Want(t, 200, "token_type", "Bearer")

	s = serve(t, func(m *wpjwtpro.Config, _ *core.Hooks) { m.RefreshGrace = 40 * time.Second })
	_, old = login(t, s, goodLogin)
	next := func(a dialecttest.Answer) string { return a.Get("refresh_token") }
	lost := s.RefreshesAlike(t, 1, func() dialecttest.Answer { return refresh(t, s, old) }, next)
	s.Forward(30 * time.Second)
	a = refresh(t, s, old)
	a.Want(t, 200, "refresh_token", lost)
	validate(t, s, a.Get("access_token")).Want(t, 200, "code", "jwt_auth_valid_token")
	s.Forward(time.Minute)
	refresh(t, s, old).Want(t, 403, "code", "jwt_auth_invalid_refresh_token")
	refresh(t, s, lost).Want(t, 403, "code", "jwt_auth_invalid_refresh_token")
}

func TestForeign(t *testing.T) {
	for foreign, code := range map[bool]string{false: "jwt_auth_revoked_token", true: "jwt_auth_valid_token"} {
		s := serve(t, func(m *wpjwtpro.Config, _ *core.Hooks) { m.ForeignTokens = foreign })
		if got := validate(t, s, sign(t, s.Now(), time.Hour)).Get("code"); got != code {
			t.Errorf("foreign %v: got %s, want %s", foreign, got, code)
		}
	}
}

func TestValidate_header(t *testing.T) {
	s := serve(t, nil)
	access, _ := login(t, s, goodLogin)
	for auth, code := range map[string]string{
		"Bearer " + access:        "jwt_auth_valid_token",
		access:                    "jwt_auth_valid_token",
		"Bearer ":                 "jwt_auth_bad_auth_header",
		"Basic eHg6eXk=":          "jwt_auth_invalid_token",
		"Bearer " + access + "=":  "jwt_auth_invalid_token",
		"Bearer " + access + " x": "jwt_auth_invalid_token",
	} {
		if got := s.Do(t, "POST", validatePath, "", "Authorization", auth).Get("code"); got != code {
			t.Errorf("%.20q: got %s, want %s", auth, got, code)
		}
	}
}

func TestDocumentedCodes(t *testing.T) {
	s := serve(t, func(m *wpjwtpro.Config, _ *core.Hooks) { m.ErrorCodes, m.ForeignTokens = dialect.Documented, true })
	validate(t, s, sign(t, s.Now().Add(-time.Hour), time.Minute)).Want(t, 403, "code", "jwt_auth_expired_token")
	_, old := login(t, s, goodLogin)
	s.Forward(31 * 24 * time.Hour)
	refresh(t, s, old).Want(t, 403, "code", "jwt_auth_expired_refresh_token")
}

func TestRateLimit(t *testing.T) {
	s := serve(t, func(m *wpjwtpro.Config, h *core.Hooks) {
		m.RateLimit = 2
		err := h.RateLimit.Bind("x", func(_ context.Context, l core.RateLimit) (core.RateLimit, error) {
			if l.Route == "/token/revoke" {
				return l, errors.New("boom")
			}
			return l, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	for _, left := range []string{"1", "0"} {
		if got := s.Do(t, "POST", tokenPath, goodLogin).Header.Get("X-RateLimit-Remaining"); got != left {
			t.Errorf("X-RateLimit-Remaining %q, want %q", got, left)
		}
	}
	a := s.Do(t, "POST", tokenPath, goodLogin)
	a.Want(t, 429, "code", "jwt_auth_rate_limited")
	a.Want(t, 429, "data.retry_after", a.Header.Get("Retry-After"))
	s.Forward(time.Minute)
	s.Do(t, "POST", tokenPath, goodLogin).Want(t, 200, "user_id", "3")
	s.Do(t, "POST", revokePath, "").Want(t, 403, "code", "hook_failed")
}

// TestRateLimit_source: the addresses of one IPv6 /64 are one caller's.
func TestRateLimit_source(t *testing.T) {
	m, c := place(), recorded()
	var from string
	m.Peer = func(*http.Request) netip.Addr { return netip.MustParseAddr(from) }
	c.RateLimit = 2
	s := dialecttest.Serve(t, m, c, nil)
	for _, tc := range []struct {
		from   string
		status int
	}{
		{"2001:db8:0:1::1", 200}, {"2001:db8:0:1::2", 200}, {"2001:db8:0:1::3", 429}, {"2001:db8:0:1:ffff::1", 429}, {"2001:db8:0:2::1", 200},
		{"192.0.2.1", 200}, {"::ffff:192.0.2.1", 200}, {"192.0.2.1", 429}, {"192.0.2.2", 200},
	} {
		from = tc.from
		if a := s.Do(t, "POST", tokenPath, goodLogin); a.Status != tc.status {
			t.Errorf("from %s: got %d %s, want %d", tc.from, a.Status, a.Text, tc.status)
		}
	}
}

func TestAdmin_access(t *testing.T) {
	s := serve(t, nil)
	sub, _ := login(t, s, goodLogin)
	s.Do(t, "GET", adminPath, "").Want(t, 401, "code", "rest_forbidden")
	s.Do(t, "GET", adminPath, "", "Authorization", "Bearer a.b.c").Want(t, 401, "code", "rest_forbidden")
	s.Do(t, "GET", adminPath, "", "Authorization", "Bearer "+sub).Want(t, 403, "code", "rest_forbidden")
}

func TestAdmin_list(t *testing.T) {
	s := serve(t, nil)
	admin, _ := login(t, s, `{"username":"admin","password":"admin-pass-123"}`)
	access, _ := login(t, s, goodLogin)
	s.Forward(24 * time.Hour)
	login(t, s, goodLogin)
	get := func(path string) dialecttest.Answer {
		return s.Do(t, "GET", path, "", "Authorization", "Bearer "+admin)
	}
	for query, total := range map[string]string{
		"": "3", "?user_id=3": "2", "?username=admin": "1", "?user_id=99": "0", "?username=nobody": "0",
		"?status=active": "3", "?status=revoked": "0", "?created_at=2026-11-21": "2", "?created_at=2026-11-22": "1",
	} {
		get(adminPath+query).Want(t, 200, "data.pagination.total", total)
	}
	page := get(adminPath + "?per_page=2&page=2")
	page.Want(t, 200, "data.pagination.total_pages", "2")
	if strings.Count(page.Text, `"token_family"`) != 1 {
		t.Errorf("the second page of two holds %s", page.Text)
	}
	get(adminPath+"?status=dead").Want(t, 400, "code", "jwt_auth_invalid_status")
	get(adminPath+"?created_at=yesterday").Want(t, 400, "code", "jwt_auth_invalid_date")

	id := sid(t, access)
	get(adminPath+"/"+id).Want(t, 200, "data.user_id", "3")
	get(adminPath+"/"+id+"/related").Want(t, 200, "success", "true")
	get(adminPath+"/nosuch").Want(t, 404, "code", "jwt_auth_token_not_found")
	s.Do(t, "PUT", adminPath+"/"+id, "", "Authorization", "Bearer "+admin).Want(t, 200, "data.status", "revoked")
	validate(t, s, access).Want(t, 403, "code", "jwt_auth_revoked_token")
	get(adminPath+"/metrics").Want(t, 200, "data.revoked", "1")
	get("/wp-json/jwt-auth/v1/analytics/summary?period=1d").Want(t, 200, "data.total", "3")
	get("/wp-json/jwt-auth/v1/analytics/summary?period=x").Want(t, 400, "code", "rest_invalid_param")
	s.Do(t, "POST", adminPath+"/bulk", `{"action":"revoke","ids":["nosuch","`+sid(t, admin)+`"]}`, "Authorization", "Bearer "+admin).
		Want(t, 200, "data.processed", "1")
	get(adminPath).Want(t, 401, "code", "rest_forbidden")
}

func TestAdmin_history(t *testing.T) {
	s := serve(t, nil)
	admin, _ := login(t, s, `{"username":"admin","password":"admin-pass-123"}`)
	access, old := login(t, s, goodLogin)
	get := func(path string) dialecttest.Answer {
		return s.Do(t, "GET", "/wp-json/jwt-auth/v1"+path, "", "Authorization", "Bearer "+admin)
	}
	id := "/admin/tokens/" + sid(t, access)
	if got := strings.Count(get(id+"/usage-history").Text, `"event_type"`); got != 1 {
		t.Errorf("after a login: %d events, want 1", got)
	}
	s.Forward(24 * time.Hour)
	refresh(t, s, old).Want(t, 200, "token_type", "Bearer")
	s.Do(t, "DELETE", "/wp-json/jwt-auth/v1"+id, "", "Authorization", "Bearer "+admin).Want(t, 200, "data.status", "revoked")
	events := get(id + "/usage-history")
	events.Want(t, 200, "success", "true")
	for _, event := range []string{"token_generation", "token_refresh", "token_revocation", "revoked by an administrator"} {
		if strings.Count(events.Text, event) != 1 {
			t.Errorf("usage-history: want %s once in %s", event, events.Text)
		}
	}
	get("/admin/tokens/nosuch/usage-history").Want(t, 404, "code", "jwt_auth_token_not_found")

	days := get("/analytics/historical?period=2d")
	days.Want(t, 200, "data.period", "2d")
	for _, day := range []string{
		`{"date":"2026-11-21","generated":2,"refreshed":0,"revoked":0,"expired":0}`,
		`{"date":"2026-11-22","generated":0,"refreshed":1,"revoked":1,"expired":0}`,
	} {
		if !strings.Contains(days.Text, day) {
			t.Errorf("historical: want %s in %s", day, days.Text)
		}
	}
	for _, period := range []string{"0d", "367d", "7", "d", "x"} {
		get("/analytics/historical?period="+period).Want(t, 400, "code", "rest_invalid_param")
	}
}

func TestAdmin_settings(t *testing.T) {
	s := serve(t, func(m *wpjwtpro.Config, _ *core.Hooks) { m.RateLimit, m.AccessLife = -1, time.Hour })
	admin, _ := login(t, s, `{"username":"admin","password":"admin-pass-123"}`)
	get := func(path string) dialecttest.Answer {
		return s.Do(t, "GET", "/wp-json/jwt-auth/v1/admin/"+path, "", "Authorization", "Bearer "+admin)
	}
	options := get("settings/options")
	for path, want := range map[string]string{
		"data.token_settings.jwt_expiration": "3600", "data.token_settings.refresh_token_expiration": "2.592e+06",
		"data.token_settings.signing_algorithm": "HS256", "data.rate_limit_settings.enabled": "false",
		"data.user_settings.revoke_tokens_on_role_change": "true",
	} {
		options.Want(t, 200, path, want)
	}
	get("system/info").Want(t, 200, "data.secret_key_configured", "true")
	if strings.Contains(get("system/info").Text, string(dialecttest.Secret)) {
		t.Error("system/info contains the secret")
	}
	for _, path := range []string{"settings/options", "system/info", "tokens/x/usage-history", "../analytics/historical"} {
		sub, _ := login(t, s, goodLogin)
		at := strings.ReplaceAll("/wp-json/jwt-auth/v1/admin/"+path, "admin/../", "")
		s.Do(t, "GET", at, "", "Authorization", "Bearer "+sub).Want(t, 403, "code", "rest_forbidden")
		s.Do(t, "GET", at, "").Want(t, 401, "code", "rest_forbidden")
	}
	s.Do(t, "POST", "/wp-json/jwt-auth/v1/admin/settings/options", `{}`, "Authorization", "Bearer "+admin).Want(t, 404, "code", "rest_no_route")
}

func TestLogin_uniform(t *testing.T) {
	s := serve(t, func(m *wpjwtpro.Config, _ *core.Hooks) { m.LoginErrors = dialect.Uniform })
	unknown := s.Do(t, "POST", tokenPath, `{"username":"nobody","password":"x"}`)
	wrong := s.Do(t, "POST", tokenPath, `{"username":"sub1","password":"x"}`)
	if unknown.Text != wrong.Text {
		t.Errorf("uniform login errors differ between %s and %s", unknown.Text, wrong.Text)
	}
}
