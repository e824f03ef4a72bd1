package token_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

const plainHeader = `{"alg":"HS256","typ":"JWT"}`

func TestParse_refused(t *testing.T) {
	const ok = `{"sub":"alice"}`
	deep := strings.Repeat(`{"a":`, 16) + `1` + strings.Repeat(`}`, 16)
	members := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,"m%d":0`, i)
		}
		return b.String()
	}
	for _, c := range []struct{ name, text, reason string }{
		{"over 16 KiB though signed", raw(plainHeader, `{"x":"`+strings.Repeat("x", token.MaxSize)+`"}`), api.ReasonTokenMalformed},
		{"one segment of 64 KiB", strings.Repeat("A", 64<<10), api.ReasonTokenMalformed},
		{"empty", "", api.ReasonTokenMalformed},
		{"five segments", "a.b.c.d.e", api.ReasonTokenMalformed},
		{"padding", raw(plainHeader, ok) + "=", api.ReasonTokenMalformed},
		{"trailing space", raw(plainHeader, ok) + " ", api.ReasonTokenMalformed},
		{"line end in the payload", strings.Replace(raw(plainHeader, ok), ".", ".\n", 1), api.ReasonTokenMalformed},
		{"too deep", raw(plainHeader, deep+" "), ""},
		{"one deeper", raw(plainHeader, `{"b":`+deep+`}`), api.ReasonTokenMalformed},
		{"too many members", raw(plainHeader, `{"z":0`+members(256)+`}`), api.ReasonTokenMalformed},
		{"many members", raw(plainHeader, `{"z":0`+members(255)+`}`), ""},
		{"duplicate of an early one among many", raw(plainHeader, `{"z":0`+members(100)+`,"m0":1}`), api.ReasonTokenMalformed},
		{"duplicate of a late one among many", raw(plainHeader, `{"z":0`+members(100)+`,"m99":1}`), api.ReasonTokenMalformed},
		{"duplicate deep inside", raw(plainHeader, `{"data":[{"user":{"id":1,"i\u0064":2}}]}`), api.ReasonTokenMalformed},
		{"duplicate in the header", raw(`{"alg":"HS256","\u0061lg":"HS256"}`, ok), api.ReasonTokenMalformed},
		{"lone surrogate", raw(plainHeader, `{"sub":"\udc00"}`), api.ReasonTokenMalformed},
		{"surrogate pair", raw(plainHeader, `{"sub":"\ud83d\ude00"}`), ""},
		{"surrogates the wrong way round", raw(plainHeader, `{"sub":"\ude00\ud83d"}`), api.ReasonTokenMalformed},
		{"number with a leading zero", raw(plainHeader, `{"n":01}`), api.ReasonTokenMalformed},
		{"number with a bare point", raw(plainHeader, `{"n":1.}`), api.ReasonTokenMalformed},
		{"minus alone", raw(plainHeader, `{"n":-}`), api.ReasonTokenMalformed},
		{"literal glued to text", raw(plainHeader, `{"n":truex}`), api.ReasonTokenMalformed},
		{"comma without member", raw(plainHeader, `{,}`), api.ReasonTokenMalformed},
		{"array ending in a comma", raw(plainHeader, `{"a":[1,]}`), api.ReasonTokenMalformed},
		{"control character in a string", raw(plainHeader, "{\"a\":\"\x01\"}"), api.ReasonTokenMalformed},
		{"unknown private header member", raw(`{"alg":"HS256","x":{"y":1}}`, ok), ""},
		{"thumbprint in the header", raw(`{"alg":"HS256","x5t":"abc"}`, ok), ""},
		{"critical member", raw(`{"alg":"HS256","crit":[]}`, ok), api.ReasonTokenHeader},
		{"critical member in another case", raw(`{"alg":"HS256","Crit":["x"]}`, ok), api.ReasonTokenHeader},
		{"alg folded from U+017F", raw(`{"alg":"HS256","x5c\u0000":1,"\u212aid":"x"}`, ok), api.ReasonTokenHeader},
		{"kid of 257 bytes", raw(`{"alg":"HS256","kid":"`+strings.Repeat("k", 257)+`"}`, ok), api.ReasonTokenKey},
		{"no alg", raw(`{"typ":"JWT"}`, ok), api.ReasonTokenAlgorithm},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := token.Parse(c.text); api.ReasonOf(err) != c.reason {
				t.Errorf("%v, want reason %q", err, c.reason)
			}
		})
	}
}

func TestParse_values(t *testing.T) {
	tok, err := token.Parse(raw(plainHeader, ` { "i" : -9007199254740993 , "big":9223372036854775808,"f":1e3,"o":{"a":[true,null,"x\/\u00e9"]}, "e":{}, "l":[] } `))
	if err != nil {
		t.Fatal(err)
	}
	got, _ := tok.Claims().MarshalJSON()
	if want := `{"i":-9007199254740993,"big":9223372036854775808,"f":1e3,"o":{"a":[true,null,"x/é"]},"e":{},"l":[]}`; string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if n, ok := tok.Claims().Int("i"); !ok || n != -9007199254740993 {
		t.Errorf("i is %d, %v: integers must keep every digit", n, ok)
	}
}

func TestDigest_ignoresSignature(t *testing.T) {
	a, b := raw(plainHeader, `{"sub":"a"}`), raw(plainHeader, `{"sub":"b"}`)
	digest := func(text string) [32]byte {
		tok, err := token.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return tok.Digest()
	}
	if digest(a) != digest(a[:strings.LastIndex(a, ".")]+".AAAA") {
		t.Error("another signature changes the identity of the token")
	}
	if digest(a) == digest(b) {
		t.Error("other claims give the token the same identity")
	}
}

// Moving a byte between header and payload must change the digest.
func TestDigest_framing(t *testing.T) {
	a, _ := token.Parse(raw(plainHeader+" ", `{"sub":"a"}`))
	b, _ := token.Parse(raw(plainHeader, ` {"sub":"a"}`))
	if a.Digest() == b.Digest() {
		t.Error("the border between header and payload does not count")
	}
}

func BenchmarkParse_worst(b *testing.B) {
	var body strings.Builder
	body.WriteString(`{"a":0`)
	for o := range 7 {
		body.WriteString(`,"` + string(rune('b'+o)) + `":{"x":0`)
		for i := range 200 {
			body.WriteString(`,"` + string(rune('A'+i/26)) + string(rune('a'+i%26)) + `":0`)
		}
		body.WriteString(`}`)
	}
	body.WriteString(`}`)
	text := raw(plainHeader, body.String())
	if len(text) > token.MaxSize {
		b.Fatalf("%d bytes", len(text))
	}
	for b.Loop() {
		if _, err := token.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}

func TestParseValue(t *testing.T) {
	nested := func(inner string) string { return strings.Repeat(`{"a":`, 15) + inner + strings.Repeat("}", 15) }
	for _, text := range []string{`"x"`, `1`, `{"b":1,"a":{"c":[true,null]}}`, `[]`, nested("1")} {
		value, err := token.ParseValue(" " + text + " ")
		if err != nil {
			t.Errorf("%.40q: %v", text, err)
			continue
		}
		signed := decodedParts(t, mustSign(t, hs256(), api.NewClaims(api.Claim{Name: "v", Value: value})))
		if want := `{"v":` + text + `}`; !strings.HasSuffix(signed, want) {
			t.Errorf("signed as %.80q, want %.80q", signed, want)
		}
	}
	for _, text := range []string{``, `{`, `{} {}`, `{"a":1,"a":2}`, "\"\xff\"", nested("{}")} {
		if value, err := token.ParseValue(text); err == nil {
			t.Errorf("%.40q is read as %v", text, value)
		}
	}
}
