package token_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/token"
)

// attack is one row of testdata/attacks.jsonl.
type attack struct {
	ID       string
	Category string
	Name     string
	Expect   any    `json:"expect_status"` // 200, 401 or a sentence that starts with one
	Token    string // "" for rows that need a server, or that describe how to build a token
}

func (a attack) expectation() string {
	if text, ok := a.Expect.(string); ok {
		return text
	}
	return map[float64]string{200: "200", 401: "401"}[a.Expect.(float64)]
}

// mustPass and mustFail interpret the expectation; if both are false, either result is
// accepted ("200 as alice (or 401)").
func (a attack) mustPass() bool {
	return strings.HasPrefix(a.expectation(), "200") && !strings.Contains(a.expectation(), "401")
}

func (a attack) mustFail() bool { return strings.HasPrefix(a.expectation(), "401") }

// subject reports whether an accepted token may have this subject.
func (a attack) subject(sub string) bool {
	return (sub == "alice") != strings.Contains(a.expectation(), "different user")
}

func readAttacks(t *testing.T) []attack {
	t.Helper()
	f, err := os.Open("testdata/attacks.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []attack
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var a attack
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

// attackedKeys are the keys that the rows use, all in one verifier, as in a server that
// trusts several.
func attackedKeys(t *testing.T) []api.Key {
	t.Helper()
	data, err := os.ReadFile("testdata/attacks-keys.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Secret string          `json:"hs-1"`
		Public json.RawMessage `json:"jwks_public"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	list, err := keys.ParseSet(doc.Public)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := keys.FromSecret("hs-1", "HS256", api.Secret(doc.Secret))
	if err != nil {
		t.Fatal(err)
	}
	return append(list, secret)
}

func TestAttacks(t *testing.T) {
	verifier := token.NewVerifier(attackedKeys(t)...)
	profile := token.Profile{
		Issuers: []string{"https://issuer.test"}, Audiences: []string{"api.test"}, Require: []string{"sub"},
	}
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	// Rows of these categories have no token: they need a server, and the server's tests
	// use them.
	elsewhere := []string{"oauth", "http", "basic", "api-key", "lifecycle"}
	run := 0
	for _, a := range readAttacks(t) {
		if a.Token == "" {
			if built := []string{"CONF-12", "CONF-19", "KID-22", "CLM-74", "ENC-25", "ENC-26"}; !slices.Contains(elsewhere, a.Category) && !slices.Contains(built, a.ID) {
				t.Errorf("%s (%s) has no token and is tested nowhere", a.ID, a.Category)
			}
			continue
		}
		run++
		t.Run(a.ID, func(t *testing.T) {
			claims, err := decide(verifier, a.Token, profile, now)
			if a.mustPass() && err != nil || a.mustFail() && err == nil {
				t.Errorf("%s: %v, want %s", a.Name, err, a.expectation())
			}
			if err == nil && !a.subject(claims.String("sub")) {
				t.Errorf("%s: passed as %q, want %s", a.Name, claims.String("sub"), a.expectation())
			}
			if err != nil && (api.CodeOf(err) != api.Unauthenticated || !strings.HasPrefix(api.ReasonOf(err), "token_")) {
				t.Errorf("%s: refused with %v, want a reason of this package", a.Name, err)
			}
		})
	}
	if run < 140 {
		t.Errorf("only %d rows were run", run)
	}
}

func decide(v *token.Verifier, text string, p token.Profile, now time.Time) (api.Claims, error) {
	tok, err := token.Parse(text)
	if err != nil {
		return api.Claims{}, err
	}
	if _, err := v.Verify(tok); err != nil {
		return api.Claims{}, err
	}
	return tok.Claims(), tok.Check(p, now)
}

// TestAttacks_built runs the rows that describe how to build a token, with our own keys.
func TestAttacks_built(t *testing.T) {
	rs := mustGenerate(t, "RS256")
	jwks, err := keys.ExportSet([]api.Key{rs})
	if err != nil {
		t.Fatal(err)
	}
	confused := api.Key{ID: rs.ID, Algorithm: "HS256", Private: jwks, Public: jwks}
	pss := rs
	pss.Algorithm = "PS256"
	for _, c := range []struct {
		row    string
		signer api.Key
		want   string
	}{
		{"CONF-12", confused, api.ReasonTokenAlgorithm},
		{"CONF-19", pss, api.ReasonTokenAlgorithm},
		{"KID-22", mustGenerate(t, "RS256"), api.ReasonTokenKey},
	} {
		text := mustSign(t, c.signer, api.NewClaims(api.Claim{Name: "sub", Value: "alice"}))
		tok, err := token.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tok.Verify(rs); api.ReasonOf(err) != c.want {
			t.Errorf("%s: %v, want reason %s", c.row, err, c.want)
		}
	}
}
