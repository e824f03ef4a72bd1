package credential

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestExtract_accepts(t *testing.T) {
	key, _, _ := newKey(t)
	for _, tc := range []struct {
		name string
		h    api.Header
		spec Spec
		want api.Credential
	}{
		{"nothing", api.Header{"Accept": {"x"}}, Spec{}, api.Credential{}},
		{"no values", api.Header{Authorization: {}}, Spec{}, api.Credential{}},
		{"bearer", api.Header{Authorization: {"Bearer a.b.c"}}, Spec{}, api.Credential{Kind: api.Bearer, Text: "a.b.c", Header: Authorization}},
		{"scheme in any case", api.Header{Authorization: {"bEARER x"}}, Spec{}, api.Credential{Kind: api.Bearer, Text: "x", Header: Authorization}},
		{"more spaces", api.Header{Authorization: {"Bearer   x=="}}, Spec{}, api.Credential{Kind: api.Bearer, Text: "x==", Header: Authorization}},
		{"bearer that is a key", api.Header{Authorization: {"Bearer " + key}}, Spec{}, api.Credential{Kind: api.APIKeyKind, Text: key, Header: Authorization}},
		{"bearer that is almost a key", api.Header{Authorization: {"Bearer " + key[1:]}}, Spec{}, api.Credential{Kind: api.Bearer, Text: key[1:], Header: Authorization}},
		{"key scheme", api.Header{Authorization: {"apikey " + key}}, Spec{}, api.Credential{Kind: api.APIKeyKind, Text: key, Header: Authorization}},
		{"key header", api.Header{XAPIKey: {"anything'%"}}, Spec{}, api.Credential{Kind: api.APIKeyKind, Text: "anything'%", Header: XAPIKey}},
		{"basic", api.Header{Authorization: {"Basic " + b64("alice:a:b ")}}, Spec{}, api.Credential{Kind: api.Basic, Text: b64("alice:a:b "), User: "alice", Password: "a:b ", Header: Authorization}},
		{"basic in UTF-8", api.Header{Authorization: {"basic " + b64("zoë:pässword")}}, Spec{}, api.Credential{Kind: api.Basic, Text: b64("zoë:pässword"), User: "zoë", Password: "pässword", Header: Authorization}},
		{"custom", api.Header{"X-Token": {"a.b.c"}}, Spec{Header: "X-Token"}, api.Credential{Kind: api.Bearer, Text: "a.b.c", Header: "X-Token"}},
		{"custom key", api.Header{"X-Token": {key}}, Spec{Header: "X-Token"}, api.Credential{Kind: api.APIKeyKind, Text: key, Header: "X-Token"}},
		{"custom prefix", api.Header{"X-Token": {"jwt a.b.c"}}, Spec{Header: "X-Token", Prefix: "JWT"}, api.Credential{Kind: api.Bearer, Text: "a.b.c", Header: "X-Token"}},
		{"custom basic", api.Header{"X-Token": {"Basic " + b64("a:b")}}, Spec{Header: "X-Token", Prefix: "Basic"}, api.Credential{Kind: api.Basic, Text: b64("a:b"), User: "a", Password: "b", Header: "X-Token"}},
		{"custom and standard allowed", api.Header{Authorization: {"Bearer x"}}, Spec{Header: "X-Token"}, api.Credential{Kind: api.Bearer, Text: "x", Header: Authorization}},
		{"another scheme", api.Header{Authorization: {"JWT x"}}, Spec{Prefix: "JWT"}, api.Credential{Kind: api.Bearer, Text: "x", Header: Authorization}},
		{"standard named as custom", api.Header{Authorization: {"Bearer x"}}, Spec{Header: Authorization, RefuseStandard: true}, api.Credential{Kind: api.Bearer, Text: "x", Header: Authorization}},
		{"underscore twin is not read", api.Header{"X_token": {"x"}}, Spec{Header: "X-Token"}, api.Credential{}},
	} {
		if got, err := Extract(tc.h, tc.spec); err != nil || got != tc.want {
			t.Errorf("%s: got %+v, %v; want %+v", tc.name, got, err, tc.want)
		}
	}
}

func TestExtract_refuses(t *testing.T) {
	one := func(v string) api.Header { return api.Header{Authorization: {v}} }
	for _, tc := range []struct {
		name   string
		h      api.Header
		spec   Spec
		reason string
	}{
		{"two values", api.Header{Authorization: {"Bearer a", "Bearer b"}}, Spec{}, api.ReasonManyCredentials},
		{"two equal values", api.Header{XAPIKey: {"a", "a"}}, Spec{}, api.ReasonManyCredentials},
		{"two kinds", api.Header{Authorization: {"Bearer a"}, XAPIKey: {"b"}}, Spec{}, api.ReasonManyCredentials},
		{"a bad one and a good one", api.Header{Authorization: {""}, XAPIKey: {"b"}}, Spec{}, api.ReasonManyCredentials},
		{"custom and standard", api.Header{Authorization: {"Bearer a"}, "X-Token": {"b"}}, Spec{Header: "X-Token"}, api.ReasonManyCredentials},
		{"custom and refused standard", api.Header{Authorization: {"Bearer a"}, "X-Token": {"b"}}, Spec{Header: "X-Token", RefuseStandard: true}, api.ReasonManyCredentials},
		{"standard refused", one("Bearer a"), Spec{Header: "X-Token", RefuseStandard: true}, api.ReasonBadCredential},
		{"standard key refused", api.Header{XAPIKey: {"a"}}, Spec{Header: "X-Token", RefuseStandard: true}, api.ReasonBadCredential},
		{"empty", one(""), Spec{}, api.ReasonBadCredential},
		{"scheme alone", one("Bearer"), Spec{}, api.ReasonBadCredential},
		{"scheme and space", one("Bearer "), Spec{}, api.ReasonBadCredential},
		{"leading space", one(" Bearer x"), Spec{}, api.ReasonBadCredential},
		{"trailing space", one("Bearer x "), Spec{}, api.ReasonBadCredential},
		{"tab", one("Bearer\tx"), Spec{}, api.ReasonBadCredential},
		{"glued", one("Bearerx"), Spec{}, api.ReasonBadCredential},
		{"twice", one("Bearer Bearer x"), Spec{}, api.ReasonBadCredential},
		{"list", one("Bearer x, Bearer y"), Spec{}, api.ReasonBadCredential},
		{"unknown scheme", one("Digest x"), Spec{}, api.ReasonBadCredential},
		{"padding alone", one("Bearer =="), Spec{}, api.ReasonBadCredential},
		{"padding inside", one("Bearer a=b"), Spec{}, api.ReasonBadCredential},
		{"not ASCII", one("Bearer é"), Spec{}, api.ReasonBadCredential},
		{"line break", one("Bearer a\nb"), Spec{}, api.ReasonBadCredential},
		{"huge token", one("Bearer " + strings.Repeat("a", MaxToken+1)), Spec{}, api.ReasonBadCredential},
		{"huge key", api.Header{XAPIKey: {strings.Repeat("a", MaxKey+1)}}, Spec{}, api.ReasonBadCredential},
		{"empty key", api.Header{XAPIKey: {""}}, Spec{}, api.ReasonBadCredential},
		{"key with spaces", api.Header{XAPIKey: {"' OR 1=1 --"}}, Spec{}, api.ReasonBadCredential},
		{"custom without its prefix", api.Header{"X-Token": {"a.b.c"}}, Spec{Header: "X-Token", Prefix: "JWT"}, api.ReasonBadCredential},
		{"custom with another prefix", api.Header{"X-Token": {"Bearer a"}}, Spec{Header: "X-Token", Prefix: "JWT"}, api.ReasonBadCredential},
		{"no colon", one("Basic YWxpY2U="), Spec{}, api.ReasonBadCredential},
		{"no padding", one("Basic YWxpY2U6cHc"), Spec{}, api.ReasonBadCredential},
		{"url alphabet", one("Basic YWxpY2U6_-8="), Spec{}, api.ReasonBadCredential},
		{"newline in base64", one("Basic YWxp\nY2U6cHc="), Spec{}, api.ReasonBadCredential},
		{"unused bits", one("Basic YWxpY2U6cHd="), Spec{}, api.ReasonBadCredential},
		{"NUL in user", one("Basic YWxpY2UAOnB3"), Spec{}, api.ReasonBadCredential},
		{"CR LF in user", one("Basic YWxpY2UNCjpwdw=="), Spec{}, api.ReasonBadCredential},
		{"latin1", one("Basic 6TpwdyA="), Spec{}, api.ReasonBadCredential},
		{"C1 control", one("Basic " + b64("a\u0085:b")), Spec{}, api.ReasonBadCredential},
		{"empty basic", one("Basic "), Spec{}, api.ReasonBadCredential},
		{"huge basic", one("Basic " + b64("a:"+strings.Repeat("b", MaxBasic))), Spec{}, api.ReasonBadCredential},
		{"empty user", one("Basic " + b64(":pw")), Spec{}, api.ReasonEmptyUser},
		{"empty password", one("Basic YWxpY2U6"), Spec{}, api.ReasonEmptyPassword},
	} {
		got, err := Extract(tc.h, tc.spec)
		code := api.Unauthenticated
		if tc.reason == api.ReasonManyCredentials && len(tc.h) == 1 {
			code = api.Invalid
		}
		if got != (api.Credential{}) || api.CodeOf(err) != code || api.ReasonOf(err) != tc.reason {
			t.Errorf("%s: got %+v, %v; want %s (%s)", tc.name, got, err, code, tc.reason)
		}
	}
}

func TestExtract_errorsDoNotQuote(t *testing.T) {
	for _, value := range []string{"Bearer hunter2!", "Basic hunter2!", "hunter2! x", "ApiKey hunter2 hunter2"} {
		if _, err := Extract(api.Header{Authorization: {value}}, Spec{}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("Extract(%q) says %v, want an error that does not quote", value, err)
		}
	}
}

func TestExtract_bearerCostsNothing(t *testing.T) {
	h := api.Header{Authorization: {"Bearer " + strings.Repeat("a", 300)}}
	if n := testing.AllocsPerRun(100, func() { Extract(h, Spec{}) }); n != 0 {
		t.Errorf("Extract of a Bearer allocates %v times, want 0", n)
	}
}

// FuzzExtract: for any headers the result is either a complete credential that occurs in
// them, or an error with the right code and no credential.
func FuzzExtract(f *testing.F) {
	f.Add("Bearer x", "", "", "", "")
	f.Add("Basic YTpi", "", "", "X-Token", "JWT")
	f.Add("", "key", "JWT x", "X-Token", "JWT")
	f.Fuzz(func(t *testing.T, auth, key, custom, header, prefix string) {
		h := api.Header{}
		for name, v := range map[string]string{Authorization: auth, XAPIKey: key, header: custom} {
			if v != "" {
				h[name] = append(h[name], v)
			}
		}
		c, err := Extract(h, Spec{Header: header, Prefix: prefix})
		if err != nil {
			if code := api.CodeOf(err); c != (api.Credential{}) || code != api.Invalid && code != api.Unauthenticated {
				t.Fatalf("Extract(%q) = %+v, %v", h, c, err)
			}
			return
		}
		if c.Kind == api.NoCredential {
			if len(h[Authorization])+len(h[XAPIKey]) > 0 || header != "" && len(h[header]) > 0 {
				t.Fatalf("Extract(%q) overlooks a credential", h)
			}
			return
		}
		if c.Text == "" || c.Header == "" || !strings.HasSuffix(h.Get(c.Header), c.Text) {
			t.Fatalf("Extract(%q) = %+v: the text is not in the header", h, c)
		}
	})
}

// FuzzBasic: an accepted text is the only spelling of its credential.
func FuzzBasic(f *testing.F) {
	for _, seed := range []string{"YWxpY2U6cHc=", "YWxpY2U6cHd=", "YTpi\n", "", "Og==", "w6k6w6k="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := basic(text)
		if err != nil {
			return
		}
		plain := c.User + ":" + c.Password.Reveal()
		if b64(plain) != text || c.Text != text {
			t.Fatalf("basic(%q) = %+v, whose spelling is %q", text, c, b64(plain))
		}
		if c.User == "" || c.Password == "" || strings.Contains(c.User, ":") || !utf8.ValidString(plain) || strings.ContainsFunc(plain, unicode.IsControl) {
			t.Fatalf("basic(%q) = %q, %q", text, c.User, c.Password.Reveal())
		}
	})
}

func BenchmarkExtract(b *testing.B) {
	for name, value := range map[string]string{"bearer": "Bearer " + strings.Repeat("a", 300), "basic": "Basic " + b64("alice:correct horse")} {
		b.Run(name, func(b *testing.B) {
			h := api.Header{Authorization: {value}}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Extract(h, Spec{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func ExampleExtract() {
	c, err := Extract(api.Header{"Authorization": {"Basic YWxpY2U6cHc="}}, Spec{})
	fmt.Println(c.Kind, c.User, c.Password, err)
	_, err = Extract(api.Header{"Authorization": {"Bearer x"}, "X-Api-Key": {"y"}}, Spec{})
	fmt.Println(err)
	// Output:
	// basic alice [redacted] <nil>
	// unauthenticated (many_credentials): the request shows more than one credential: send one
}
