package manage_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/manage"
)

// TestHandler_credentialInstead: a credential in place of an id or name is refused, and
// its secret part is neither logged nor returned.
func TestHandler_credentialInstead(t *testing.T) {
	o := open(t)
	key, _, token := o.begin()
	id, err := o.engine.Tokens().Identity(t.Context(), "anna")
	o.must(err)
	g, err := o.engine.Tokens().StartSession(t.Context(), core.BeginRequest{Identity: id})
	o.must(err)
	before := o.state()
	secrets := []string{key.Key, g.Refresh.Reveal(), token, key.Key[:40], g.Refresh.Reveal()[:60], "3." + g.Refresh.Reveal()}
	for _, secret := range secrets {
		for _, c := range []struct{ method, path, body string }{
			{"POST", "/apikeys/SECRET/rotate", `{"overlap":0}`},
			{"POST", "/apikeys/SECRET/revoke", ``},
			{"POST", "/apikeys", `{"login":"SECRET"}`},
			{"GET", "/apikeys?user=SECRET", ``},
			{"GET", "/apikeys?prefix=SECRET", ``},
			{"POST", "/sessions/SECRET/revoke", ``},
			{"GET", "/sessions?user=SECRET", ``},
			{"POST", "/users", `{"login":"SECRET"}`},
			{"GET", "/users/SECRET", ``},
			{"PUT", "/users/SECRET/disabled", `{"disabled":true}`},
			{"PUT", "/users/SECRET/password", `{"password":"some other password"}`},
			{"DELETE", "/users/SECRET", ``},
			{"POST", "/users/SECRET/logout", ``},
			{"POST", "/tokens", `{"login":"SECRET"}`},
			{"POST", "/tokens", `{"login":"anna","client":"SECRET"}`},
			{"POST", "/revocations", `{"token_id":"SECRET"}`},
			{"POST", "/revocations", `{"client":"SECRET"}`},
			{"POST", "/revocations", `{"token_id":"x","issuer":"SECRET"}`},
			{"POST", "/keys/SECRET/revoke", ``},
			{"GET", "/keys/export?format=pem&kid=SECRET", ``},
			{"POST", "/assertion-keys/SECRET/revoke", ``},
			{"GET", "/SECRET", ``},
		} {
			o.log.Reset()
			w := httptest.NewRecorder()
			path := strings.ReplaceAll(c.path, "SECRET", url.QueryEscape(secret))
			r := httptest.NewRequest(c.method, path, strings.NewReader(strings.ReplaceAll(c.body, "SECRET", secret)))
			r.Header.Set(manage.ActorHeader, "a")
			o.handler.ServeHTTP(w, r)
			hidden := secret[len(secret)-15:]
			if w.Code < 400 || strings.Contains(w.Body.String(), hidden) || strings.Contains(o.log.String(), hidden) {
				t.Errorf("%s %s with %.6s...: %d %s\nlog %s", c.method, c.path, secret, w.Code, w.Body, o.log.String())
			}
		}
	}
	if after := o.state(); after != before {
		t.Errorf("refused requests changed\n%s\ninto\n%s", before, after)
	}
	for _, secret := range secrets {
		o.log.Reset()
		_, err := o.Revoke(t.Context(), manage.Revocation{Client: "some", Reason: "seen: " + secret})
		o.must(err)
		if strings.Contains(o.log.String(), secret[len(secret)-15:]) {
			t.Errorf("the reason of a revocation is logged with a secret: %s", o.log.String())
		}
	}
}
