package app

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/check"
)

// claimsOf decodes the claims of a token.
func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: got %q, want 3 entries", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims map[string]any
	if err != nil || json.Unmarshal(text, &claims) != nil {
		t.Fatalf("no claims: %q", text)
	}
	return claims
}

// TestMount_userClaims: in every dialect a mount copies the named fields of the user into
// its tokens, which stay valid.
func TestMount_userClaims(t *testing.T) {
	for _, dialect := range names() {
		s, public := shopOf(t, dialect, ", claims: {email: user.email, shown: user.display, rank: user.roles}", "", slog.New(slog.DiscardHandler))
		accounts, err := s.Engine().Admin().Accounts()
		if err != nil {
			t.Fatal(err)
		}
		anna, err := accounts.ByLogin(t.Context(), "anna")
		if err == nil {
			email, display := "anna@shop.example", "Anna A."
			err = accounts.Update(t.Context(), anna.Subject, users.Change{Email: &email, Display: &display}, "test")
		}
		if err == nil {
			err = accounts.SetRoles(t.Context(), anna.Subject, []string{"customer"}, "test")
		}
		if err != nil {
			t.Fatal(err)
		}
		token := logIn(t, dialect, public)
		claims := claimsOf(t, token)
		if claims["email"] != "anna@shop.example" || claims["shown"] != "Anna A." || fmt.Sprint(claims["rank"]) != "[customer]" {
			t.Errorf("%s: claims %v", dialect, claims)
		}
		if id, err := s.Engine().Verify(t.Context(), core.VerifyRequest{Token: token}); err != nil || id.Login != "anna" {
			t.Errorf("%s: the token is %v's, %v", dialect, id.Login, err)
		}
	}
}

// TestCheck_userClaims: claims that decide, belong to the format or name an unknown field
// are refused with their place.
func TestCheck_userClaims(t *testing.T) {
	for _, dialect := range names() {
		for claims, want := range map[string]string{
			"{email: user.email}":   "",
			"{sub: user.login}":     "belongs to the format",
			"{scope: user.roles}":   "choose another name",
			"{roles: user.display}": "",
			"{email: user.hash}":    "not a field that tokens may have",
			"{email: user.display}": "may hold user.email only",
			"{jti: user.login}":     "belongs to the format",
		} {
			if strings.HasPrefix(claims, "{roles") {
				want = "may hold user.roles only"
				if dialect == "native" {
					want = "belongs to the format"
				}
			}
			cfg, err := tryLoad(t, fmt.Sprintf("mounts: [{name: a, dialect: %s, claims: %s}]\n", dialect, claims))
			if err == nil {
				err = check.Check(cfg)
			}
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "mounts[0]")) {
				t.Errorf("%s %s: got %v, want %q", dialect, claims, err, want)
			}
		}
	}
}
