package manage_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/server/manage"
)

// TestHandler_strict: an invalid request is refused in JSON and changes nothing.
func TestHandler_strict(t *testing.T) {
	o := open(t)
	o.begin()
	before := o.state()
	for _, c := range []struct {
		name, method, path, body string
		actor                    string
		status                   int
		says                     string
	}{
		{"no actor", "POST", "/users", `{"login":"x"}`, "", 400, "who makes the change"},
		{"long actor", "POST", "/users", `{"login":"x"}`, strings.Repeat("a", 129), 400, "128"},
		{"actor of two lines", "POST", "/users", `{"login":"x"}`, "a%0Ab", 400, "printable"},
		{"bad escape", "POST", "/users", `{"login":"x"}`, "%zz", 400, "printable"},
		{"unknown field", "POST", "/users", `{"login":"x","admin":true}`, "a", 400, `unknown field \"admin\"`},
		{"other case", "POST", "/users", `{"Login":"x"}`, "a", 400, "unknown field"},
		{"twice", "POST", "/users", `{"login":"x","login":"y"}`, "a", 400, "twice"},
		{"two values", "POST", "/users", `{"login":"x"}{}`, "a", 400, "more than one"},
		{"nothing", "POST", "/users", ``, "a", 400, "complete"},
		{"too much", "POST", "/users", `{"login":"` + strings.Repeat("x", 64<<10) + `"}`, "a", 400, "65536"},
		{"bad role", "POST", "/users", `{"login":"x","roles":[""]}`, "a", 400, "role"},
		{"taken", "POST", "/users", `{"login":"anna"}`, "a", 409, `login \"anna\" is taken`},
		{"page", "GET", "/users?limit=100000", ``, "a", 400, "limit"},
		{"page of none", "GET", "/apikeys?limit=0", ``, "a", 400, "limit"},
		{"after", "GET", "/users?after=x", ``, "a", 400, "after"},
		{"nobody", "PUT", "/users/nobody/disabled", `{"disabled":true}`, "a", 404, "unknown_user"},
		{"nobody's keys", "GET", "/apikeys?user=", ``, "a", 404, "unknown_user"},
		{"negative life", "POST", "/apikeys", `{"login":"anna","seconds":-1}`, "a", 400, "seconds"},
		{"overflowing life", "POST", "/apikeys", `{"login":"anna","seconds":9223372036854775807}`, "a", 400, "seconds"},
		{"spared of one client", "POST", "/revocations", `{"client":"x","spare_api_keys":true}`, "a", 400, "spare_api_keys"},
		{"issuer of a client", "POST", "/revocations", `{"client":"x","issuer":"y"}`, "a", 400, "issuer"},
		{"two at once", "POST", "/revocations", `{"client":"x","everything":true}`, "a", 400, "must be one"},
		{"none", "POST", "/revocations", `{}`, "a", 400, "must be one"},
		{"long reason", "POST", "/revocations", `{"everything":true,"reason":"` + strings.Repeat("x", 501) + `"}`, "a", 400, "reason"},
		{"no token", "POST", "/tokens/revoke", `{"token":""}`, "a", 400, "no token"},
		{"no token format", "POST", "/tokens", `{"login":"anna","token_format":"none"}`, "a", 404, "unknown_token_format"},
		{"signing key at once", "POST", "/keys/rotate", `{"now":true}`, "a", 400, "time"},
		{"no next key", "POST", "/assertion-keys/rotate", `{"now":true}`, "a", 404, "no next key"},
		{"format", "GET", "/keys/export?format=exe", ``, "a", 400, "jwk, jwks, pem or cert"},
		{"unknown signing key", "POST", "/keys/none/revoke", `{}`, "a", 404, `no signing key has the id \"none\"`},
		{"unknown assertion key", "POST", "/assertion-keys/none/revoke", `{}`, "a", 404, `no assertion key has the id \"none\"`},
		{"unknown API key", "POST", "/apikeys/none/revoke", `{}`, "a", 404, `no API key has the id \"none\"`},
		{"unknown session", "POST", "/sessions/none/revoke", `{}`, "a", 404, "session"},
		{"unknown token", "POST", "/tokens/revoke", `{"token":"none"}`, "a", 404, "nothing was revoked"},
		{"unknown user's all", "POST", "/users/nobody/logout", `{}`, "a", 404, "unknown_user"},
		{"unknown user deleted", "DELETE", "/users/nobody", ``, "a", 404, "unknown_user"},
		{"unknown user's password", "PUT", "/users/nobody/password", `{"password":"correct-horse-battery"}`, "a", 404, "unknown_user"},
		{"method", "PATCH", "/users", `{}`, "a", 404, "no_route"},
		{"route", "GET", "/nothing", ``, "a", 404, "no_route"},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		r.Header.Set(manage.ActorHeader, c.actor)
		o.handler.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(body, c.says) || !strings.HasPrefix(body, `{"code":"`) {
			t.Errorf("%s: %d %s; want %d and %q", c.name, w.Code, body, c.status, c.says)
		}
	}
	if after := o.state(); after != before {
		t.Errorf("refused requests changed\n%s\ninto\n%s", before, after)
	}
}
