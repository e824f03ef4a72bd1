package issuerkeys_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/keys/issuerkeys"
	"github.com/cardea-auth/cardea/core/logtest"
)

// TestRemote_tells: the reason of a failed fetch is logged with the address.
func TestRemote_tells(t *testing.T) {
	text := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(s)) }
	}
	for _, tc := range []struct {
		name, want string
		discover   bool
		answer     http.HandlerFunc
	}{
		{"not found", "/jwks answered 404 Not Found", false, http.NotFound},
		{"another success", "/jwks answered 202 Accepted", false, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }},
		{"no JSON", "/jwks: not a JSON object", false, text("<html>")},
		{"no set", `/jwks: no array \"keys\"`, false, text("{}")},
		{"too large", "/jwks: more than 524288 bytes", false, text(`{"keys":[{}]` + strings.Repeat(" ", 512<<10-12) + `}`)},
		{"cut off", "unexpected EOF", false, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			w.Write([]byte("{"))
		}},
		{"redirect", "redirects are not followed", false, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusFound) }},
		{"keys of others alone", "/jwks: no key for [ES256 RS256]", false, text(`{"keys":[{"kid":"a","kty":"OKP","alg":"EdDSA","crv":"Ed25519","x":"O1aytoutg5iqKaq6ohUbEqxddDyHvVU8an2XghFcFZ4"}]}`)},
		{"unfit keys alone", "a key of an external issuer is passed over", false, text(`{"keys":[{"kty":"EC"}]}`)},
		{"withdrawn", "an external issuer has withdrawn all its keys", false, text(`{"keys":[]}`)},
		{"no discovery", "/.well-known/openid-configuration answered 404", true, http.NotFound},
		{"discovery is not JSON", "/.well-known/openid-configuration: not a JSON object", true, text("x")},
		{"discovery of another", `/.well-known/openid-configuration: it describes issuer \"https://evil.test\"`, true, text(`{"issuer":"https://evil.test"}`)},
		{"discovery of nobody", `it describes issuer \"\"`, true, text(`{"issuer":7}`)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			is, log := newIssuer(t), &logtest.Buffer{}
			is.serve(tc.answer)
			r := is.remote(t, func(c *issuerkeys.Config) {
				c.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				if tc.discover {
					c.URL = ""
				}
			})
			list, err := r.Verifying(t.Context(), "k", "ES256")
			if withdrawn := tc.name == "withdrawn"; len(list) > 0 || (err == nil) != withdrawn || err != nil && api.CodeOf(err) != api.Unavailable {
				t.Errorf("got %v, %v; want no keys, and code %s unless they were withdrawn", list, err, api.Unavailable)
			}
			if !strings.Contains(log.String(), tc.want) || !strings.Contains(log.String(), "issuer="+is.URL) {
				t.Errorf("the log lacks %q:\n%s", tc.want, log)
			}
		})
	}
}

// TestRemote_asks tests the headers of a fetch, and the size limit of its response.
func TestRemote_asks(t *testing.T) {
	is := newIssuer(t)
	set, err := keys.ExportSet([]api.Key{is.present})
	if err != nil {
		t.Fatal(err)
	}
	set = append(set[:len(set)-1], strings.Repeat(" ", 512<<10-len(set))+"}"...)
	is.serve(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.Header.Get("Accept") != "application/json, application/jwk-set+json" {
			t.Errorf("%s, accepts %q", r.Method, r.Header.Get("Accept"))
		}
		w.Write(set)
	})
	if !finds(t, is.remote(t, nil), is.present) {
		t.Error("the largest set is not read")
	}
}

// TestRemote_times tests just before and after each default and configured time.
func TestRemote_times(t *testing.T) {
	for _, tc := range []struct {
		name        string
		c           issuerkeys.Config
		each, cools time.Duration
	}{
		{"defaults", issuerkeys.Config{}, 10 * time.Minute, 30 * time.Second},
		{"configured", issuerkeys.Config{RefreshEvery: time.Hour, CoolDown: time.Minute}, time.Hour, time.Minute},
		{"below zero", issuerkeys.Config{RefreshEvery: -1, CoolDown: -1}, 10 * time.Minute, 30 * time.Second},
	} {
		is := newIssuer(t)
		r := is.remote(t, func(c *issuerkeys.Config) { c.RefreshEvery, c.CoolDown = tc.c.RefreshEvery, tc.c.CoolDown })
		unknown := api.Key{ID: "x", Algorithm: "ES256"}
		for _, at := range []struct {
			after time.Duration
			key   api.Key
			hits  int64
		}{{0, is.present, 1}, {tc.each - 1, is.present, 1}, {tc.each, is.present, 2}, {tc.each + tc.cools - 1, unknown, 2}, {tc.each + tc.cools, unknown, 3}} {
			is.clock.now = start.Add(at.after)
			finds(t, r, at.key)
			if got := is.hits.Load(); got != at.hits {
				t.Errorf("%s: %d fetches after %v, want %d", tc.name, got, at.after, at.hits)
			}
		}
	}
	for _, algorithm := range []string{"HS256", "none", "", "RS257"} {
		if _, err := issuerkeys.Open(issuerkeys.Config{Issuer: "https://a.test", Algorithms: []string{"ES256", algorithm}}); err == nil || !strings.Contains(err.Error(), "keys of issuer https://a.test: algorithm") {
			t.Errorf("%q: Open: got %v, want an error with %q", algorithm, err, "keys of issuer https://a.test: algorithm")
		}
	}
	if _, err := issuerkeys.Open(issuerkeys.Config{Issuer: "https://a.test", Algorithms: keys.Algorithms()[3:]}); err != nil {
		t.Errorf("all but secrets: %v", err)
	}
}
