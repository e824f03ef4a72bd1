package app

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/cardea-auth/cardea/core/users"
)

// TestLogins_mustWait: every dialect that delays logins says until when, with a code in
// its own style, and also has a code for an unavailable service.
func TestLogins_mustWait(t *testing.T) {
	for _, c := range []struct{ dialect, path, member, tooMany, away string }{
		{"wpjwt", "/wp-json/jwt-auth/v1/token", "code", "jwt_auth_rate_limited", "jwt_auth_unavailable"},
		{"wpjwtpro", "/wp-json/jwt-auth/v1/token", "code", "jwt_auth_rate_limited", "jwt_auth_unavailable"},
		{"usefulteam", "/wp-json/jwt-auth/v1/token", "code", "jwt_auth_rate_limited", "jwt_auth_unavailable"},
		{"cocart", "/wp-json/cocart/v2/login", "code", "cocart_rate_limited", "cocart_unavailable"},
		{"cocart1", "/wp-json/cocart/v2/login", "code", "cocart_rate_limited", "cocart_unavailable"},
		{"miniorange", "/wp-json/api/v1/token", "error", "TOO_MANY_REQUESTS", "SERVICE_UNAVAILABLE"},
	} {
		t.Run(c.dialect, func(t *testing.T) {
			own := ""
			if c.dialect == "wpjwtpro" || c.dialect == "miniorange" {
				own = ", rate_limit: 1000"
			}
			mount := "mounts: [{name: m, dialect: " + c.dialect + own + "}]\nupstreams: {app: {url: \"builtin:demo\"}}\n"
			got := loginsUntil(t, ownConfig+mount+"limits: {login_failures: 1}\n", c.path, 429)
			wait, err := strconv.Atoi(got.header.Get("Retry-After"))
			if err != nil || wait < 1 || got.member(c.member) != c.tooMany {
				t.Errorf("429 with Retry-After %q: %s", got.header.Get("Retry-After"), got.body)
			}
			if got := loginsOfAnna(t, ownConfig+mount+"limits: {logins: 1}\n", c.path); got.status != 429 || got.header.Get("Retry-After") == "" || got.member(c.member) != c.tooMany {
				t.Errorf("the second login with the right password: %d %s", got.status, got.body)
			}
			dead := "users: [{type: wordpress, dsn: \"ro:x@tcp(127.0.0.1:1)/wordpress\"}]\n"
			if got := loginsUntil(t, ownConfig+mount+dead, c.path, 503); got.member(c.member) != c.away {
				t.Errorf("503 with %s, want %v", got.body, c.away)
			}
		})
	}
}

// loginsOfAnna logs in twice with the correct password and returns the second response.
func loginsOfAnna(t *testing.T, text, path string) answer {
	t.Helper()
	s, public, _ := start(t, load(t, text), nil)
	g := &testServer{Server: s, t: t, public: public[len("http://"):]}
	accounts, err := s.Engine().Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Password: "correct horse battery"}, "test"); err != nil {
		t.Fatal(err)
	}
	right := map[string]string{"username": "anna", "password": "correct horse battery"}
	if got := g.post(path, right); got.status != 200 {
		t.Fatalf("the first login is %d %s", got.status, got.body)
	}
	return g.post(path, right)
}

// loginsUntil logs in with wrong passwords until the status appears.
func loginsUntil(t *testing.T, text, path string, status int) answer {
	t.Helper()
	s, public, _ := start(t, load(t, text), nil)
	g := &testServer{Server: s, t: t, public: public[len("http://"):]}
	var got answer
	for range 20 {
		if got = g.post(path, map[string]string{"username": "alice", "password": "wrong"}); got.status == status {
			return got
		}
	}
	t.Fatalf("no %d: the last answer is %d %s", status, got.status, got.body)
	return got
}

func (a answer) member(name string) string {
	var body map[string]any
	if json.Unmarshal(a.body, &body) != nil {
		return ""
	}
	text, _ := body[name].(string)
	return text
}
