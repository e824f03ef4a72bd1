package jwt_test

import (
	"context"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/methods/methodtest"
)

func verify(_ context.Context, text string) (api.Identity, error) {
	if text != "good" {
		return api.Identity{}, api.E(api.Unauthenticated, api.ReasonTokenMalformed, "no token of ours")
	}
	return api.Identity{Subject: "u1"}, nil
}

func open(t *testing.T) core.Method {
	t.Helper()
	m, err := jwt.Config{}.Open("jwt", core.Deps{VerifyToken: verify})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestContract(t *testing.T) {
	methodtest.Run(t, methodtest.Case{
		Open: open,
		Good: api.Credential{Kind: api.Bearer, Text: "good"}, Want: "u1",
		Bad:     []api.Credential{{Kind: api.Bearer, Text: "bad"}, {Kind: api.Bearer}, {Kind: api.Bearer, Text: "cdk_broken"}},
		Foreign: []api.Credential{{Kind: api.Basic}, {Kind: api.APIKeyKind, Text: "good"}},
	})
}

func TestChallenge(t *testing.T) {
	const plain = `Bearer realm="cardea"`
	c, _ := core.Capability[core.Challenger](open(t))
	tests := []struct {
		name  string
		cause *core.Error
		want  string
	}{
		{"no cause", nil, plain},
		{"no credential", api.E(api.Unauthenticated, api.ReasonNoCredential, "x"), plain},
		{"another method's", api.E(api.Unauthenticated, api.ReasonAPIKey, "x"), plain},
		{"expired", api.E(api.Unauthenticated, api.ReasonTokenExpired, "token expired"), plain + `, error="invalid_token", error_description="token expired"`},
		{"unquotable", api.E(api.Unauthenticated, api.ReasonTokenIssuer, "a\"b\\c\r\nd\u00e9"), plain + `, error="invalid_token", error_description="abcd"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.Challenge(tt.cause); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
