package token_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// FuzzParse: what is parsed can be encoded, and parses to the same again.
func FuzzParse(f *testing.F) {
	f.Add(raw(plainHeader, `{"sub":"alice","exp":4102444800,"aud":["a","b"]}`))
	f.Add(raw(`{"kid":"\u006b1","alg":"HS256"}`, `{"data":{"user":{"id":"1"}},"n":1e9,"s":"\ud83d\ude00\/"}`))
	f.Add(raw(`{"alg":"HS256","crit":["x"]}`, `{}`))
	f.Add("e30.e30.AAAA")
	f.Add("..")
	f.Fuzz(func(t *testing.T, text string) {
		tok, err := token.Parse(text)
		if err != nil {
			if api.CodeOf(err) != api.Unauthenticated {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		again, err := token.Sign([]api.Claim{{Name: "typ", Value: tok.Header().Type}}, tok.Claims(), hs256())
		if err != nil {
			return // exceeds the limit now that escapes are expanded
		}
		back, err := token.Parse(again)
		if err != nil {
			t.Fatalf("own token is not read: %v", err)
		}
		first, _ := tok.Claims().MarshalJSON()
		second, _ := back.Claims().MarshalJSON()
		if !bytes.Equal(first, second) {
			t.Errorf("claims changed\nfrom %s\nto   %s", first, second)
		}
	})
}

// FuzzScanner: what the scanner accepts, encoding/json also accepts with the same result.
func FuzzScanner(f *testing.F) {
	for _, text := range []string{
		`{}`, `{"a":1}`, ` { "a" : [ 1 , 2.5e-3 , -0 , "\u00e9\n\"" , {} , [] , true , null ] } `,
		`{"a":1,"a":2}`, `{"\ud83d\ude00":"\ud83d"}`, `{"a":01}`, `{"a":1e400}`, `{"a":123456789012345678901234567890}`,
		"{\"a\":\"\xff\"}", `[{}]`, `{"a":{"b":{"c":[[[]]]}}}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		claims, err := token.ParseObject(text)
		if err != nil {
			return
		}
		dec := json.NewDecoder(bytes.NewReader([]byte(text)))
		dec.UseNumber()
		var want map[string]any
		if err := dec.Decode(&want); err != nil {
			t.Fatalf("accepted %q, encoding/json does not: %v", text, err)
		}
		if !same(claims, want) {
			t.Errorf("%q read as %v, encoding/json reads %v", text, claims, want)
		}
	})
}

// same compares a value of the scanner with one of encoding/json.
func same(got, want any) bool {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(api.Claims)
		if !ok || g.Len() != len(w) {
			return false
		}
		for name, value := range g.All {
			if other, there := w[name]; !there || !same(value, other) {
				return false
			}
		}
		return true
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return false
		}
		for i := range g {
			if !same(g[i], w[i]) {
				return false
			}
		}
		return true
	case json.Number:
		if g, ok := got.(int64); ok {
			n, err := w.Int64()
			return err == nil && n == g
		}
		return got == want
	}
	return got == want
}
