package all_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/methods/basic"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
)

// TestPeculiarities: what clients of each plugin send besides the usual, and the words in
// which it refuses, one row each.
func TestPeculiarities(t *testing.T) {
	const good, wrong, unknown = "sub1:sub1-pass", "sub1:nope", "nobody:nope"
	const login, twice = `{"username":"sub1","password":"sub1-pass"}`, "application/json, application/json"
	const byPhone = `{"username":"` + dialecttest.Phone + `","password":"sub1-pass"}`
	const cart, me = "/wp-json/cocart/v2/cart", "/wp-json/wp/v2/users/me"
	const notCorrect, notValid = "The password you entered is incorrect.", "Authentication is invalid. Please check your login details are correct and try again."
	for _, c := range []struct {
		name, dialect, method, path, body string
		headers                           []string
		status                            int
		member, value                     string
	}{
		{"JSON twice", "wpjwt", "POST", "/wp-json/jwt-auth/v1/token", login, []string{"Content-Type", twice}, 200, "user_nicename", "sub1"},
		{"JSON twice", "wpjwtpro", "POST", "/wp-json/jwt-auth/v1/token", login, []string{"Content-Type", twice}, 200, "user_nicename", "sub1"},
		{"JSON twice", "usefulteam", "POST", "/wp-json/jwt-auth/v1/token", login, []string{"Content-Type", twice}, 200, "success", "true"},
		{"JSON twice", "cocart", "POST", "/wp-json/cocart/v2/login", login, []string{"Content-Type", twice}, 200, "user_id", "3"},
		{"JSON twice", "miniorange", "POST", "/wp-json/api/v1/token", login, []string{"Content-Type", twice}, 200, "token_type", "Bearer"},
		{"a phone number", "cocart", "POST", "/wp-json/cocart/v2/login", byPhone, nil, 200, "user_id", "3"},
		{"a phone number", "cocart1", "POST", "/wp-json/cocart/v2/login", byPhone, nil, 200, "user_id", "3"},
		{"a phone number", "wpjwt", "POST", "/wp-json/jwt-auth/v1/token", byPhone, nil, 403, "code", "[jwt_auth] invalid_username"},
		{"another phone number", "cocart", "POST", "/wp-json/cocart/v2/login", strings.Replace(byPhone, "0100", "0101", 1), nil, 401, "message", notValid},
		{"a tab", "wpjwt", "POST", "/wp-json/jwt-auth/v1/token/validate", "", bearer("Bearer\t", tokenOf("wpjwt", "iat", "nbf")), 200, "code", "jwt_auth_valid_token"},
		{"a tab", "wpjwt", "GET", me, "", bearer("Bearer\t", tokenOf("wpjwt", "iat", "nbf")), 200, "user", "sub1"},
		{"a tab", "usefulteam", "POST", "/wp-json/jwt-auth/v1/token/validate", "", bearer("Bearer\t", tokenOf("usefulteam", "iat", "nbf")), 200, "code", "jwt_auth_valid_token"},
		{"a tab", "usefulteam", "GET", me, "", bearer("Bearer\t", tokenOf("usefulteam", "iat", "nbf")), 200, "user", "sub1"},
		{"a tab", "wpjwtpro", "POST", "/wp-json/jwt-auth/v1/token/validate", "", bearer("Bearer\t", tokenOf("wpjwtpro", "iat", "nbf")), 200, "code", "jwt_auth_valid_token"},
		{"a tab", "cocart", "POST", "/wp-json/cocart/jwt/validate-token", "", bearer("Bearer\t", tokenOf("cocart", "iat", "nbf")), 200, "message", "Token is valid."},
		{"a tab", "cocart", "GET", cart, "", bearer("Bearer\t", tokenOf("cocart", "iat", "nbf")), 200, "user", "sub1"},
		{"a tab", "miniorange", "GET", "/wp-json/api/v1/token-validate", "", bearer("bearer\t", tokenOf("miniorange", "iat")), 200, "status", "TRUE"},
		{"a tab and blanks", "miniorange", "GET", me, "", bearer("Bearer \t ", tokenOf("miniorange", "iat")), 200, "user", "sub1"},
		{"a tab", "miniorange", "GET", me, "", bearer("Bearer\t", tokenOf("miniorange", "iat")), 200, "user", "sub1"},
		{"a tab, and a bad token", "miniorange", "GET", me, "", bearer("Bearer\t", "bad.tok.en"), 401, "error", "SEGMENT_FAULT"},
		{"no iat", "wpjwt", "POST", "/wp-json/jwt-auth/v1/token/validate", "", bearer("Bearer ", tokenOf("wpjwt", "nbf")), 200, "code", "jwt_auth_valid_token"},
		{"no iat", "wpjwt", "GET", me, "", bearer("Bearer ", tokenOf("wpjwt", "nbf")), 200, "user", "sub1"},
		{"no iat", "usefulteam", "GET", me, "", bearer("Bearer ", tokenOf("usefulteam", "nbf")), 200, "user", "sub1"},
		{"no iat", "wpjwtpro", "GET", me, "", bearer("Bearer ", tokenOf("wpjwtpro", "nbf")), 200, "user", "sub1"},
		{"no iat", "cocart", "GET", cart, "", bearer("Bearer ", tokenOf("cocart", "nbf")), 200, "user", "sub1"},
		{"neither iat nor nbf", "wpjwt", "GET", me, "", bearer("Bearer ", tokenOf("wpjwt")), 403, "code", "jwt_auth_invalid_token"},
		{"alg none", "miniorange", "GET", "/wp-json/api/v1/token-validate", "", bearer("Bearer ", unsignedToken("none")), 401, "error_description", "Incorrect JWT Format."},
		{"alg none", "miniorange", "GET", me, "", bearer("Bearer ", unsignedToken("none")), 401, "error_description", "Sorry, you are not allowed to access REST API."},
		{"alg None", "miniorange", "GET", "/wp-json/api/v1/token-validate", "", bearer("Bearer ", unsignedToken("None")), 401, "error", "UNAUTHORIZED"},
		{"no signature", "miniorange", "GET", "/wp-json/api/v1/token-validate", "", bearer("Bearer ", unsignedToken("HS256")), 401, "error", "INVALID_SIGNATURE"},
		{"Basic", "cocart", "GET", cart, "", asBasic(good), 200, "user", "sub1"},
		{"Basic, wrong", "cocart", "GET", cart, "", asBasic(wrong), 401, "message", notCorrect},
		{"Basic, unknown", "cocart", "GET", cart, "", asBasic(unknown), 401, "message", notValid},
		{"Basic, empty", "cocart", "GET", cart, "", asBasic("sub1:"), 401, "message", "Authentication invalid!"},
		{"Basic, wrong", "cocart", "GET", cart, "", asBasic(wrong), 401, "code", "cocart_authentication_error"},
	} {
		t.Run(c.dialect+" "+c.path+" "+c.name, func(t *testing.T) {
			o := dialecttest.With(all.Types()[c.dialect], "Secret", dialecttest.Secret)
			if c.dialect == "wpjwtpro" {
				o = dialecttest.With(o, "ForeignTokens", true)
			}
			methods := []core.NamedMethod{{Name: "jwt", Opener: jwt.Config{}}, {Name: "basic", Opener: basic.Config{}}}
			s := dialecttest.ServeGateway(t, dialect.Mount{Name: "site", Issuer: dialecttest.Issuer}, o, methods, dialecttest.Everything(), nil)
			s.Do(t, c.method, c.path, c.body, c.headers...).Want(t, c.status, c.member, c.value)
		})
	}
}

func bearer(scheme, text string) []string { return []string{"Authorization", scheme + text} }

func asBasic(pair string) []string {
	return []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))}
}

// tokenOf returns a token of sub1 as a plugin with the recorded secret signs it, with the
// times that are named, and valid at the time of the test's clock.
func tokenOf(name string, times ...string) string {
	now := time.Unix(1795283400, 0).Add(-time.Minute).Unix()
	list := []api.Claim{{Name: "iss", Value: dialecttest.Issuer}, {Name: "exp", Value: now + 3600}}
	for _, claim := range times {
		list = append(list, api.Claim{Name: claim, Value: now})
	}
	if name == "miniorange" {
		list = append(list[1:], api.Claim{Name: "sub", Value: int64(3)}, api.Claim{Name: "name", Value: "sub1"})
	}
	user := api.NewClaims(api.Claim{Name: "id", Value: int64(3)})
	if name == "cocart" {
		user = user.With("pat", "pat_0123456789abcdef01234567")
	}
	list = append(list, api.Claim{Name: "data", Value: api.NewClaims(api.Claim{Name: "user", Value: user})})
	text, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg"}}, api.NewClaims(list...), api.Key{Algorithm: "HS256", Private: []byte(dialecttest.Secret), Public: []byte(dialecttest.Secret)})
	if err != nil {
		panic(err)
	}
	return text
}

// unsignedToken returns a token of miniOrange's form without a signature.
func unsignedToken(algorithm string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"typ":"JWT","alg":"`+algorithm+`"}`)) + "." + encode([]byte(`{"sub":3,"name":"sub1","iat":1795283340,"exp":1795286940}`)) + "."
}
