package app

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/logtest"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/dialect"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// TestMount_lifetimes: access_life and refresh_life of a mount set the lifetimes of its
// tokens in every dialect that has them; without them the dialect's lifetimes apply.
func TestMount_lifetimes(t *testing.T) {
	for _, dialect := range names() {
		for _, set := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s %v", dialect, set), func(t *testing.T) {
				const want = 90 * time.Minute
				extra := ""
				if set {
					extra = ", access_life: 90m"
				}
				got, _ := lifeOfToken(t, dialect, extra, "")
				if set != (got == want) {
					t.Errorf("access_life set %v: the token lives %s", set, got)
				}
			})
		}
	}
}

// TestMount_boundedLifetime: a lifetime that the policy limits is logged once.
func TestMount_boundedLifetime(t *testing.T) {
	for _, dialect := range names() {
		got, log := lifeOfToken(t, dialect, ", access_life: 60d", "tokens: {max_ttl: 20d}\n")
		if got != 20*24*time.Hour {
			t.Errorf("%s: the token lives %s", dialect, got)
		}
		if n := strings.Count(log, "bounded by the policy"); n != 1 {
			t.Errorf("%s: logged %d times, want once:\n%s", dialect, n, log)
		}
	}
}

// lifeOfToken logs in twice at a mount and returns the lifetime of the token.
func lifeOfToken(t *testing.T, dialect, extra, top string) (time.Duration, string) {
	t.Helper()
	log := &logtest.Buffer{}
	_, public := shopOf(t, dialect, extra, top, slog.New(slog.NewTextHandler(log, nil)))
	logIn(t, dialect, public)
	return lifeOf(t, logIn(t, dialect, public)), log.String()
}

// shopOf starts a server with one mount and the user anna.
func shopOf(t *testing.T, dialect, extra, top string, log *slog.Logger) (*Server, string) {
	t.Helper()
	text := `data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo"}}
rules: [{name: all, path: /**}]
` + top + fmt.Sprintf("mounts: [{name: shop, dialect: %s%s}]\n", dialect, extra)
	s, public, _ := start(t, load(t, text), log)
	accounts, err := s.Engine().Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Password: password}, "test"); err != nil {
		t.Fatal(err)
	}
	return s, public
}

// logIn returns a token for anna.
func logIn(t *testing.T, name, public string) string {
	t.Helper()
	c, _ := dialect.ClientOf(dialects.Types(), name)
	body, err := json.Marshal(map[string]string{"username": "anna", "password": password})
	if err != nil {
		t.Fatal(err)
	}
	r, err := client.Post(public+c.Login.Path, "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	answer, err := io.ReadAll(r.Body)
	var object map[string]any
	if r.StatusCode != http.StatusOK || err != nil || json.Unmarshal(answer, &object) != nil {
		t.Fatalf("login: %d %s", r.StatusCode, answer)
	}
	return c.TokenIn(dialect.Answer{Object: object})
}

func lifeOf(t *testing.T, token string) time.Duration {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: got %q, want 3 entries", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct{ Iat, Exp int64 }
	if err != nil || json.Unmarshal(text, &claims) != nil {
		t.Fatalf("no claims: %q", text)
	}
	return time.Duration(claims.Exp-claims.Iat) * time.Second
}

// TestMount_refreshLife: an unused session of a mount ends after its refresh_life.
func TestMount_refreshLife(t *testing.T) {
	for _, dialect := range names() {
		if !slices.Contains(settingsOf(reflect.TypeOf(dialects.Types()[dialect])), "refresh_life") {
			continue
		}
		s := logInOnce(t, dialect, ", refresh_life: 3d")
		if got := s.IdleEnd.Sub(s.Created); got != 3*24*time.Hour {
			t.Errorf("%s: the refresh token lives %s", dialect, got)
		}
	}
}

// logInOnce returns the session of a login.
func logInOnce(t *testing.T, dialect, extra string) api.Session {
	t.Helper()
	s, public := shopOf(t, dialect, extra, "", slog.New(slog.DiscardHandler))
	logIn(t, dialect, public)
	id, err := s.Engine().Tokens().Identity(t.Context(), "anna")
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Engine().Admin().LiveSessions(t.Context(), id.Subject)
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: sessions %v, %v", dialect, list, err)
	}
	return list[0]
}
