package token_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

func hs256() api.Key {
	secret := []byte("an example secret of 32 bytes or more")
	return api.Key{ID: "k1", Algorithm: "HS256", Private: secret, Public: secret}
}

func TestSign_parsesBack(t *testing.T) {
	claims := api.NewClaims(
		api.Claim{Name: "iss", Value: "http://site.test/wp"},
		api.Claim{Name: "n", Value: int64(-7)},
		api.Claim{Name: "data", Value: api.NewClaims(api.Claim{Name: "user", Value: api.NewClaims(api.Claim{Name: "id", Value: "1"})})},
		api.Claim{Name: "list", Value: []any{"a", true, nil, "\"\\\n\u00e9\U0001F600"}},
	)
	text, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg", Value: ""}, {Name: "kid", Value: "k1"}}, claims, hs256())
	if err != nil {
		t.Fatal(err)
	}
	tok, err := token.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tok.Verify(hs256()); err != nil {
		t.Fatal(err)
	}
	got, _ := tok.Claims().MarshalJSON()
	want, _ := claims.MarshalJSON()
	if string(got) != string(want) {
		t.Errorf("claims\ngot  %s\nwant %s", got, want)
	}
	if got, want := tok.Header(), (token.Header{Algorithm: "HS256", Type: "JWT", KeyID: "k1"}); got != want {
		t.Errorf("header %+v, want %+v", got, want)
	}
}

func TestSign_headOrderAndSlashes(t *testing.T) {
	claims := api.NewClaims(api.Claim{Name: "iss", Value: "http://a/b"})
	for _, c := range []struct {
		name string
		head []api.Claim
		opts []token.Option
		want string // of the unsigned part, decoded
	}{
		{"alg first when not placed", []api.Claim{{Name: "typ", Value: "JWT"}}, nil, `{"alg":"HS256","typ":"JWT"}{"iss":"http://a/b"}`},
		{"alg where it was placed", []api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg", Value: "none"}}, nil, `{"typ":"JWT","alg":"HS256"}{"iss":"http://a/b"}`},
		{"slashes as PHP writes them", nil, []token.Option{token.EscapeSlashes()}, `{"alg":"HS256"}{"iss":"http:\/\/a\/b"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, err := token.Sign(c.head, claims, hs256(), c.opts...)
			if err != nil {
				t.Fatal(err)
			}
			if got := decodedParts(t, text); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestSign_refused(t *testing.T) {
	verifyOnly := hs256()
	verifyOnly.Private = nil
	weak := hs256()
	weak.Weak = true
	short := api.Key{Algorithm: "HS256", Private: []byte("short"), Public: []byte("short")}
	ok := api.NewClaims(api.Claim{Name: "sub", Value: "alice"})
	for _, c := range []struct {
		name   string
		key    api.Key
		claims api.Claims
		want   string
	}{
		{"no private part", verifyOnly, ok, "verifying only"},
		{"weak secret", weak, ok, "verifying only"},
		{"short secret", short, ok, "of this size"},
		{"unknown algorithm", api.Key{Algorithm: "none", Private: []byte{}}, ok, "not offered"},
		{"invalid UTF-8", hs256(), api.NewClaims(api.Claim{Name: "sub", Value: "al\xffice"}), "UTF-8"},
		{"no claim value", hs256(), api.NewClaims(api.Claim{Name: "at", Value: time.Time{}}), "not a claim value"},
		{"too large", hs256(), api.NewClaims(api.Claim{Name: "x", Value: strings.Repeat("x", token.MaxSize)}), "too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := token.Sign(nil, c.claims, c.key); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %q", err, c.want)
			}
		})
	}
}
