package assertion_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/assertion"
	"github.com/cardea-auth/cardea/server/wordpress"
)

var moment = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// as is a decision with an identity; the zero identity is anonymous.
func as(id api.Identity) *core.Decision {
	if id.Subject != "" {
		id.Method = "jwt"
	}
	return &core.Decision{Outcome: core.Allowed, Identity: id}
}

func edna() api.Identity {
	return api.Identity{Subject: "wp:2", Number: 2, Login: "editor1", Gen: 3, Proof: api.Proof{TokenID: "t1"}}
}

func byApplication(id api.Identity) api.Identity {
	id.Proof.Application = "a-uuid"
	return id
}

func ring(t *testing.T) *keys.Ring {
	t.Helper()
	r, err := keys.Open(t.Context(), keys.Config{Algorithm: "EdDSA"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// part decodes one part of a compact JWS.
func part(t *testing.T, text string, i int) map[string]any {
	t.Helper()
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is not a compact JWS", text)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[i])
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func newAssertion(t *testing.T, r *keys.Ring, subject string) *assertion.Assertion {
	t.Helper()
	v, err := assertion.NewAssertion(assertion.AssertionConfig{
		Site: assertion.Site{Subject: subject}, Issuer: "https://gate.example", Audience: "https://site.example",
		Key: r.Active, Now: func() time.Time { return moment },
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAssertion_Credentials(t *testing.T) {
	r := ring(t)
	v := newAssertion(t, r, "wp")
	a := &api.Attempt{Method: "POST", Path: "/wp-json/wp/v2/pösts", Query: "_method=put&a=b"}
	seen := map[any]bool{}
	for name, tc := range map[string]struct {
		who  api.Identity
		want map[string]any
	}{
		"somebody":                   {edna(), map[string]any{"sub": "wp:2", "wp_id": 2.0, "login": "editor1"}},
		"nobody":                     {api.Identity{}, nil},
		"by an application password": {byApplication(edna()), map[string]any{"sub": "wp:2", "wp_id": 2.0, "login": "editor1", "app": "a-uuid"}},
	} {
		h, err := v.Credentials(t.Context(), a, as(tc.who))
		if err != nil {
			t.Fatal(err)
		}
		text := h.Get(assertion.AssertionHeader)
		if _, _, err := keys.VerifyJWS([]byte(text), assertion.AssertionType, []api.Key{r.Active()}); err != nil {
			t.Errorf("%s: VerifyJWS: %v", name, err)
		}
		if got, want := fmt.Sprint(part(t, text, 0)), fmt.Sprint(map[string]any{"alg": "EdDSA", "kid": r.Active().ID, "typ": assertion.AssertionType}); got != want {
			t.Errorf("%s: header %s, want %s", name, got, want)
		}
		claims := part(t, text, 1)
		if claims["jti"] == "" || seen[claims["jti"]] {
			t.Errorf("%s: jti %v, want one that is new", name, claims["jti"])
		}
		seen[claims["jti"]] = true
		delete(claims, "jti")
		want := map[string]any{
			"iss": "https://gate.example", "aud": "https://site.example", "iat": float64(moment.Unix() - 30), "exp": float64(moment.Unix() + 30),
			"htm": "PUT", "htu": "/wp-json/wp/v2/p%C3%B6sts", "htq": claims["htq"], // see TestAssertion_query
		}
		maps.Copy(want, tc.want)
		if fmt.Sprint(claims) != fmt.Sprint(want) {
			t.Errorf("%s: claims %v, want %v", name, claims, want)
		}
	}
}

// TestAssertion_query compares with digests computed by sha256sum.
func TestAssertion_query(t *testing.T) {
	v := newAssertion(t, ring(t), "wp")
	for query, want := range map[string]string{
		"":    "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
		"abc": "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0",
	} {
		h, err := v.Credentials(t.Context(), &api.Attempt{Method: "GET", Path: "/", Query: query}, as(api.Identity{}))
		if err != nil {
			t.Fatal(err)
		}
		if got := part(t, h.Get(assertion.AssertionHeader), 1)["htq"]; got != want {
			t.Errorf("query %q: htq %v, want %s", query, got, want)
		}
	}
}

// TestAssertion_rest: the assertion contains the route that was decided on.
func TestAssertion_rest(t *testing.T) {
	v := newAssertion(t, ring(t), "wp")
	for target, want := range map[string]string{
		"/about/": "[page]", "/wp-json/wp/v2/Users/": "[/wp/v2/Users]", "/?rest_route=/": "[/]", "/wp-json": "[/]",
		"/de/wp-json/a": "[page /a]", "/x/wp-json/y/wp-json/a": "[page /y/wp-json/a /a]",
	} {
		path, query, err := route.Canonical(target)
		if err != nil {
			t.Fatal(err)
		}
		read, err := wordpress.Reader{}.Read("GET", path, query)
		if err != nil {
			t.Fatal(err)
		}
		d := as(api.Identity{})
		d.Reading = &read
		h, err := v.Credentials(t.Context(), &api.Attempt{Method: "GET", Path: path, Query: query}, d)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(part(t, h.Get(assertion.AssertionHeader), 1)["rest"]); got != want {
			t.Errorf("%s: rest %s, want %s", target, got, want)
		}
	}
}

// TestCredentials_strangers: a user of another directory is not a user of the site,
// whatever the login name.
func TestCredentials_strangers(t *testing.T) {
	others := []api.Identity{
		{Subject: "u-1", Number: 2, Login: "editor1"}, {Subject: "wp2:2", Login: "editor1"}, {Subject: "wp:", Login: "editor1"},
		{Subject: "wp:0", Login: "editor1"}, {Subject: "wp:-1", Login: "editor1"}, {Subject: "wp:x", Login: "editor1"},
	}
	password, err := assertion.NewApplicationPassword(assertion.PasswordConfig{Site: assertion.Site{Subject: "wp"}, Each: map[string]api.Secret{"editor1": "p"}})
	if err != nil {
		t.Fatal(err)
	}
	type credentials interface {
		Credentials(context.Context, *api.Attempt, *core.Decision) (api.Header, error)
	}
	for name, v := range map[string]credentials{"assertion": newAssertion(t, ring(t), "wp"), "compat": newCompat(t, "wp"), "password": password} {
		for _, id := range others {
			h, err := v.Credentials(t.Context(), &api.Attempt{Method: "GET", Path: "/"}, as(id))
			if api.CodeOf(err) != api.Denied || h != nil {
				t.Errorf("%s: subject %s: got %v, %v; want nil and code %s", name, id.Subject, h, err, api.Denied)
			}
		}
	}
	if h, err := newAssertion(t, ring(t), "").Credentials(t.Context(), &api.Attempt{Method: "GET", Path: "/"}, as(others[0])); err != nil {
		t.Errorf("without a directory: %v", err)
	} else if c := part(t, h.Get(assertion.AssertionHeader), 1); c["login"] != "editor1" || c["wp_id"] != nil {
		t.Errorf("without a directory: claims %v, want the login alone", c)
	}
}

// TestAssertion_methodHeader: htm is the method that the site uses.
func TestAssertion_methodHeader(t *testing.T) {
	v := newAssertion(t, ring(t), "wp")
	for _, tc := range []struct{ query, header, want string }{
		{"", "", "POST"}, {"", "delete", "DELETE"}, {"_method=put", "DELETE", "PUT"}, {"a=b", "PATCH", "PATCH"},
	} {
		a := &api.Attempt{Method: "POST", Path: "/wp-json/wp/v2/posts/5", Query: tc.query, Header: api.Header{}}
		if tc.header != "" {
			a.Header["X-Http-Method-Override"] = []string{tc.header}
		}
		h, err := v.Credentials(t.Context(), a, as(edna()))
		if err != nil {
			t.Fatal(err)
		}
		if got := part(t, h.Get(assertion.AssertionHeader), 1)["htm"]; got != tc.want {
			t.Errorf("%+v: htm %v, want %s", tc, got, tc.want)
		}
	}
	a := &api.Attempt{Method: "POST", Path: "/", Header: api.Header{"X-Http-Method-Override": {"A", "B"}}}
	if _, err := v.Credentials(t.Context(), a, as(edna())); api.ReasonOf(err) != api.ReasonMethodOverride {
		t.Errorf("two methods: got %v, want reason %q", err, api.ReasonMethodOverride)
	}
}

func TestAssertion_ambiguousMethod(t *testing.T) {
	_, err := newAssertion(t, ring(t), "wp").Credentials(t.Context(), &api.Attempt{Method: "GET", Path: "/", Query: "_method=PUT&_method=GET"}, as(edna()))
	if api.CodeOf(err) != api.Invalid {
		t.Errorf("got %v, want invalid", err)
	}
}

func tokenFormat(key api.Key) core.TokenFormat {
	return core.TokenFormat{
		Name: "shop", Issuer: "https://site.example", Head: []api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg"}, {Name: "kid"}},
		Order: []string{"iss", "iat", "nbf", "exp", "data", "jti", "sid", "gen"}, Keys: []api.Key{key},
		Base: func(id api.Identity) api.Claims { return api.NewClaims(api.Claim{Name: "data", Value: id.Login}) },
	}
}

var now = moment

func newCompat(t *testing.T, subject string) *assertion.Compat {
	t.Helper()
	key, err := keys.FromSecret("", "HS256", "0123456789abcdefghijklmnopqrstuv-nothing-common")
	if err != nil {
		t.Fatal(err)
	}
	v, err := assertion.NewCompat(assertion.CompatConfig{Site: assertion.Site{Subject: subject}, TokenFormat: tokenFormat(key), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCompat_Credentials(t *testing.T) {
	v := newCompat(t, "wp")
	ask := func(id api.Identity) string {
		t.Helper()
		h, err := v.Credentials(t.Context(), nil, as(id))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimPrefix(h.Get("Authorization"), "Bearer ")
	}
	defer func() { now = moment }()
	first := ask(edna())
	claims := part(t, first, 1)
	if claims["iss"] != "https://site.example" || claims["data"] != "editor1" || claims["gen"] != 3.0 || claims["sid"] != nil {
		t.Errorf("claims %v", claims)
	}
	if life := claims["exp"].(float64) - claims["iat"].(float64); life != 120 {
		t.Errorf("lives %v s, want 60 back and 60 ahead", life)
	}
	if head := part(t, first, 0); fmt.Sprint(head) != "map[alg:HS256 typ:JWT]" {
		t.Errorf("header %v", head)
	}
	if ask(edna()) != first {
		t.Error("the same credential got another token")
	}
	for name, change := range map[string]func(*api.Identity){
		"credential": func(id *api.Identity) { id.Proof.TokenID = "t2" },
		"generation": func(id *api.Identity) { id.Gen++ },
		"user":       func(id *api.Identity) { id.Subject, id.Number, id.Login = "wp:3", 3, "author1" },
	} {
		id := edna()
		change(&id)
		if ask(id) == first {
			t.Errorf("another %s got the same token", name)
		}
	}
	now = moment.Add(31 * time.Second)
	if ask(edna()) == first {
		t.Error("the token is used beyond half its life")
	}
	if h, err := v.Credentials(t.Context(), nil, as(api.Identity{})); h != nil || err != nil {
		t.Errorf("nobody: got %v, %v; want nil", h, err)
	}
}

func TestNewCompat_bad(t *testing.T) {
	weak, err := keys.VerifyOnly("", "HS256", "short")
	if err != nil {
		t.Fatal(err)
	}
	good, err := keys.FromSecret("", "HS256", "0123456789abcdefghijklmnopqrstuv-nothing-common")
	if err != nil {
		t.Fatal(err)
	}
	for want, l := range map[string]core.TokenFormat{"no secret": {}, "too weak": tokenFormat(weak), "numbers are not WordPress's": tokenFormat(good)} {
		if _, err := assertion.NewCompat(assertion.CompatConfig{TokenFormat: l}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestApplicationPassword_Credentials(t *testing.T) {
	one, err := assertion.NewApplicationPassword(assertion.PasswordConfig{Login: "service", Password: "abcd efgh\n"})
	if err != nil {
		t.Fatal(err)
	}
	each, err := assertion.NewApplicationPassword(assertion.PasswordConfig{Site: assertion.Site{Subject: "wp"}, Each: map[string]api.Secret{"Editor1": "abcd efgh", "sam": "sam's", "Ångström": "her own"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		v    *assertion.ApplicationPassword
		id   api.Identity
		want string
		code api.Code
	}{
		"one for all":         {one, api.Identity{Subject: "x", Login: "x"}, "service:abcd efgh", ""},
		"one for all, nobody": {one, api.Identity{}, "", ""},
		"of one's own":        {each, edna(), "Editor1:abcd efgh", ""},
		"none":                {each, api.Identity{Subject: "wp:3", Login: "author1"}, "", api.Denied},
		"nobody":              {each, api.Identity{}, "", ""},
		"other capitals":      {each, api.Identity{Subject: "wp:4", Login: "SAM"}, "sam:sam's", ""},
		"of other letters":    {each, api.Identity{Subject: "wp:5", Login: "Ångström"}, "Ångström:her own", ""},
		"a long s":            {each, api.Identity{Subject: "wp:6", Login: "\u017fam"}, "", api.Denied},
		"a dotless i":         {each, api.Identity{Subject: "wp:7", Login: "ed\u0131tor1"}, "", api.Denied},
		"with a blank":        {each, api.Identity{Subject: "wp:8", Login: "sam "}, "", api.Denied},
		"with a wide blank":   {each, api.Identity{Subject: "wp:9", Login: "sam\u00a0"}, "", api.Denied},
	} {
		h, err := tc.v.Credentials(t.Context(), nil, as(tc.id))
		got, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(h.Get("Authorization"), "Basic "))
		if string(got) != tc.want || api.CodeOf(err) != tc.code {
			t.Errorf("%s: got %q, %v; want %q, %q", name, got, err, tc.want, tc.code)
		}
	}
	for _, bad := range []assertion.PasswordConfig{
		{}, {Login: "a"}, {Password: "a"}, {Login: "a:b", Password: "p"},
		{Login: "a", Password: "p", Each: map[string]api.Secret{"b": "p"}},
		{Each: map[string]api.Secret{"A": "p", "a": "q"}}, {Each: map[string]api.Secret{"a\n": "p"}},
	} {
		if v, err := assertion.NewApplicationPassword(bad); err == nil {
			t.Errorf("NewApplicationPassword(%v) = %v, want an error", bad, v)
		}
	}
}

func TestReadPasswords(t *testing.T) {
	got, err := assertion.ReadPasswords("# ours\n\neditor1: abcd efgh \nb:c:d\n")
	if err != nil || len(got) != 2 || got["editor1"] != "abcd efgh" || got["b"] != "c:d" {
		t.Errorf("got %d entries, %v", len(got), err)
	}
	for text, want := range map[string]string{"a:b\nhunter2\n": "line 2", "a:\n": "line 1", ":b\n": "line 1", "a:b\na:c\n": "line 2"} {
		if _, err := assertion.ReadPasswords(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func ExampleNewAssertion() {
	ring, _ := keys.Open(context.Background(), keys.Config{Algorithm: "EdDSA"})
	v, _ := assertion.NewAssertion(assertion.AssertionConfig{Issuer: "https://gate.example", Audience: "https://site.example", Key: ring.Active})
	h, _ := v.Credentials(context.Background(), &api.Attempt{Method: "GET", Path: "/"}, &core.Decision{Outcome: core.Allowed})
	fmt.Println(strings.Count(h.Get(assertion.AssertionHeader), "."))
	// Output: 2
}

// TestCredentials_narrowed: a credential with fewer rights than its user is marked as
// such, or refused if that is not possible.
func TestCredentials_narrowed(t *testing.T) {
	password := func(c assertion.PasswordConfig) *assertion.ApplicationPassword {
		c.Site = assertion.Site{Subject: "wp"}
		v, err := assertion.NewApplicationPassword(c)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	type credentials interface {
		Credentials(context.Context, *api.Attempt, *core.Decision) (api.Header, error)
	}
	modes := map[string]struct {
		v    credentials
		told bool // else refused
	}{
		"assertion":            {newAssertion(t, ring(t), "wp"), true},
		"assertion, no users":  {newAssertion(t, ring(t), ""), true},
		"plugin-compat":        {newCompat(t, "wp"), false},
		"application-password": {password(assertion.PasswordConfig{Each: map[string]api.Secret{"editor1": "p"}}), false},
	}
	restricted := func(r api.Restriction) api.Proof { return api.Proof{APIKey: "k", Restriction: &r} }
	for name, proof := range map[string]api.Proof{
		"roles": restricted(api.Restriction{Roles: []string{}}), "scopes": restricted(api.Restriction{Scopes: []string{"read"}}),
		"by a hook": {TokenID: "t1", Narrowed: true},
	} {
		id := edna()
		id.Proof = proof
		for mode, m := range modes {
			if !m.told { // the cached assertion of the whole user must not be used
				if _, err := m.v.Credentials(t.Context(), nil, as(edna())); err != nil {
					t.Fatal(err)
				}
			}
			h, err := m.v.Credentials(t.Context(), &api.Attempt{Method: "GET", Path: "/"}, as(id))
			switch {
			case !m.told && (api.ReasonOf(err) != api.ReasonNarrowed || h != nil):
				t.Errorf("%s, %s: got %v, %v; want reason %q", mode, name, h, err, api.ReasonNarrowed)
			case m.told && err != nil:
				t.Errorf("%s, %s: %v", mode, name, err)
			case m.told:
				head, claims := part(t, h.Get(assertion.AssertionHeader), 0), part(t, h.Get(assertion.AssertionHeader), 1)
				if fmt.Sprint(head["crit"]) != "[narrowed]" || head["narrowed"] != true || fmt.Sprint(claims["roles"]) != "[]" {
					t.Errorf("%s, %s: header %v, claims %v", mode, name, head, claims)
				}
			}
		}
	}
}
