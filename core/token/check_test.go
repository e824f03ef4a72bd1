package token_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

func TestCheck(t *testing.T) {
	const now = 1_800_000_000
	const exp = `"exp":1800000060`
	capped := token.Profile{MaxLifetime: time.Hour}
	skewed := token.Profile{Leeway: time.Minute}
	for _, c := range []struct {
		name, payload string
		profile       token.Profile
		reason        string
	}{
		{"zero profile asks for exp alone", `{` + exp + `}`, token.Profile{}, ""},
		{"no exp", `{"sub":"a"}`, token.Profile{}, api.ReasonTokenClaims},
		{"exp is now", `{"exp":1800000000}`, token.Profile{}, api.ReasonTokenExpired},
		{"exp a fraction after now", `{"exp":1800000000.5}`, token.Profile{}, ""},
		{"exp as string", `{"exp":"1900000000"}`, token.Profile{}, api.ReasonTokenClaims},
		{"exp null", `{"exp":null}`, token.Profile{}, api.ReasonTokenClaims},
		{"exp true", `{"exp":true}`, token.Profile{}, api.ReasonTokenClaims},
		{"exp in milliseconds", `{"exp":1800000060000}`, token.Profile{}, api.ReasonTokenClaims},
		{"exp at the end of year 9999", `{"exp":253402300799}`, token.Profile{}, ""},
		{"exp past it by a fraction", `{"exp":253402300799.5}`, token.Profile{}, api.ReasonTokenClaims},
		{"exp past it", `{"exp":253402300800}`, token.Profile{}, api.ReasonTokenClaims},
		{"exp minus zero", `{"exp":-0}`, token.Profile{}, api.ReasonTokenExpired},
		{"leeway reaches past exp", `{"exp":1799999941}`, skewed, ""},
		{"leeway ends", `{"exp":1799999940}`, skewed, api.ReasonTokenExpired},
		{"nbf is now", `{"nbf":1800000000,` + exp + `}`, token.Profile{}, ""},
		{"nbf ahead", `{"nbf":1800000001,` + exp + `}`, token.Profile{}, api.ReasonTokenNotYet},
		{"nbf ahead within leeway", `{"nbf":1800000060,` + exp + `}`, skewed, ""},
		{"nbf null", `{"nbf":null,` + exp + `}`, token.Profile{}, api.ReasonTokenClaims},
		{"iat ahead", `{"iat":1800000001,` + exp + `}`, token.Profile{}, api.ReasonTokenNotYet},
		{"iat as string", `{"iat":"1",` + exp + `}`, token.Profile{}, api.ReasonTokenClaims},
		{"nbf ahead and expired: nbf is told first", `{"nbf":1800000001,"exp":1}`, token.Profile{}, api.ReasonTokenNotYet},
		{"as long as allowed", `{"iat":1799996460,` + exp + `}`, capped, ""},
		{"a second longer", `{"iat":1799996459,` + exp + `}`, capped, api.ReasonTokenLifetime},
		{"capped without iat", `{` + exp + `}`, capped, api.ReasonTokenLifetime},
		{"typ case and prefix", `{` + exp + `}`, token.Profile{Types: []string{"application/jwt"}}, ""},
		{"typ not accepted", `{` + exp + `}`, token.Profile{Types: []string{"at+jwt", ""}}, api.ReasonTokenType},
		{"no type accepted", `{` + exp + `}`, token.Profile{Types: []string{}}, api.ReasonTokenType},
		{"issuer missing", `{` + exp + `}`, token.Profile{Issuers: []string{"a"}}, api.ReasonTokenIssuer},
		{"issuer number", `{"iss":1,` + exp + `}`, token.Profile{}, api.ReasonTokenIssuer},
		{"one of the issuers", `{"iss":"b",` + exp + `}`, token.Profile{Issuers: []string{"a", "b"}}, ""},
		{"empty issuer is not any", `{"iss":"",` + exp + `}`, token.Profile{Issuers: []string{"a"}}, api.ReasonTokenIssuer},
		{"audience null", `{"aud":null,` + exp + `}`, token.Profile{}, api.ReasonTokenAudience},
		{"audience empty array", `{"aud":[],` + exp + `}`, token.Profile{Audiences: []string{"a"}}, api.ReasonTokenAudience},
		{"audience not asked for", `{"aud":"z",` + exp + `}`, token.Profile{}, ""},
		{"required and there", `{"sub":"a","jti":"j",` + exp + `}`, token.Profile{Require: []string{"sub", "jti"}}, ""},
		{"required and null", `{"gen":null,` + exp + `}`, token.Profile{Require: []string{"gen"}}, api.ReasonTokenClaims},
		{"required in another case", `{"SUB":"a",` + exp + `}`, token.Profile{Require: []string{"sub"}}, api.ReasonTokenSubject},
		{"subject with DEL", `{"sub":"a\u007f",` + exp + `}`, token.Profile{}, api.ReasonTokenSubject},
		{"subject null", `{"sub":null,` + exp + `}`, token.Profile{}, api.ReasonTokenSubject},
		{"subject number", `{"sub":7,` + exp + `}`, token.Profile{}, api.ReasonTokenSubject},
		{"subject number where plugins write it", `{"sub":7,` + exp + `}`, token.Profile{NumberSubject: true}, ""},
		{"subject fraction even there", `{"sub":7.5,` + exp + `}`, token.Profile{NumberSubject: true}, api.ReasonTokenSubject},
		{"jti number", `{"jti":7,` + exp + `}`, token.Profile{}, api.ReasonTokenClaims},
	} {
		t.Run(c.name, func(t *testing.T) {
			tok, err := token.Parse(raw(plainHeader, c.payload))
			if err != nil {
				t.Fatal(err)
			}
			if err := tok.Check(c.profile, time.Unix(now, 0)); api.ReasonOf(err) != c.reason {
				t.Errorf("%v, want reason %q", err, c.reason)
			}
		})
	}
}

func TestCheck_types(t *testing.T) {
	for _, c := range []struct {
		header string
		types  []string
		want   bool
	}{
		{`{"alg":"HS256"}`, nil, true},
		{`{"alg":"HS256","typ":"jwt"}`, nil, true},
		{`{"alg":"HS256","typ":"application/at+JWT"}`, nil, true},
		{`{"alg":"HS256","typ":"application/x/jwt"}`, nil, false},
		{`{"alg":"HS256","typ":"application/"}`, nil, false},
		{`{"alg":"HS256","typ":"refresh+jwt"}`, nil, false},
		{`{"alg":"HS256"}`, []string{"JWT"}, false},
		{`{"alg":"HS256","typ":""}`, []string{"JWT"}, false},
	} {
		tok, err := token.Parse(raw(c.header, `{"exp":4102444800}`))
		if err != nil {
			t.Fatal(err)
		}
		err = tok.Check(token.Profile{Types: c.types}, time.Unix(1_800_000_000, 0))
		if (err == nil) != c.want {
			t.Errorf("%s for %q: %v, want accepted %v", c.header, c.types, err, c.want)
		}
	}
}

func TestToken_moments(t *testing.T) {
	tok, err := token.Parse(raw(plainHeader, `{"exp":1800000000.25,"iat":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tok.Expires(), time.Unix(1_800_000_000, 250_000_000); !got.Equal(want) {
		t.Errorf("expires %s, want %s", got, want)
	}
	if got := tok.Issued(); !got.Equal(time.Unix(1, 0)) {
		t.Errorf("issued %s", got)
	}
}

func ExampleParse() {
	secret := []byte("an example secret of 32 bytes or more")
	key := api.Key{ID: "site", Algorithm: "HS256", Private: secret, Public: secret}
	text, err := token.Sign(nil, api.NewClaims(
		api.Claim{Name: "sub", Value: "alice"},
		api.Claim{Name: "exp", Value: int64(1_800_000_000)},
	), key)
	if err != nil {
		fmt.Println(err)
		return
	}
	tok, err := token.Parse(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	signer, err := tok.Verify(key)
	fmt.Println(signer, err)
	profile := token.Profile{Require: []string{"sub"}}
	fmt.Println(tok.Check(profile, time.Unix(1_799_999_999, 0)))
	fmt.Println(tok.Check(profile, time.Unix(1_800_000_000, 0)))
	// Output:
	// HS256 key site <nil>
	// <nil>
	// unauthenticated (token_expired): token expired: expired at 2027-01-15T08:00:00Z
}
