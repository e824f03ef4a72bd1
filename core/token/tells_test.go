package token_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
)

// TestParse_header tests every registered header member, and similar names.
func TestParse_header(t *testing.T) {
	for name, fine := range map[string]bool{
		"typ": true, "kid": true, "x5t": true, "x5t#S256": true, "x": true, "narrowed": true, "url": true, "nonce": true,
		"crit": false, "b64": false, "jwk": false, "jku": false, "x5u": false, "x5c": false, "zip": false, "enc": false, "cty": false,
		"epk": false, "apu": false, "apv": false, "p2s": false, "p2c": false, "iv": false, "tag": false,
	} {
		_, err := token.Parse(raw(`{"alg":"HS256","`+name+`":"a"}`, `{}`))
		if (err == nil) != fine || err != nil && (api.ReasonOf(err) != api.ReasonTokenHeader || !strings.HasSuffix(err.Error(), "header member "+name+" is not accepted")) {
			t.Errorf("%s: got %v, want it taken: %v", name, err, fine)
		}
		if name == "x" || name == "url" || name == "nonce" || name == "narrowed" {
			continue
		}
		for _, twin := range []string{strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:]} {
			if _, err := token.Parse(raw(`{"alg":"HS256","`+twin+`":"a"}`, `{}`)); api.ReasonOf(err) != api.ReasonTokenHeader || !strings.HasSuffix(err.Error(), "is "+name+" in another case") {
				t.Errorf("%s: Parse: got %v, want reason %q and an error that ends with %q", twin, err, api.ReasonTokenHeader, "is "+name+" in another case")
			}
		}
	}
	for text, want := range map[string]string{
		`{"alg":1}`: "header member alg is not a string", `{"alg":"HS256","typ":1}`: "header member typ is not a string", `{"alg":"HS256","kid":1}`: "header member kid is not a string",
		`{"alg":""}`: "alg is missing or empty", `{"typ":"JWT"}`: "alg is missing or empty", `{"alg":null}`: "header member alg is not a string", `{"ALG":"HS256"}`: `"ALG" is alg in another case`,
		`{"alg":"HS256","kid":""}`: "kid is empty", `{"alg":"HS256","kid":"a\u0000"}`: "has control characters", `{"alg":"HS256","kid":"a\u0085"}`: "has control characters", `{"alg":"HS256","kid":"\u007f"}`: "has control characters",
		`{"alg":"HS256","kid":"` + strings.Repeat("k", 257) + `"}`: "longer than 256 bytes", `[]`: "not a JSON object",
	} {
		if _, err := token.Parse(raw(text, `{}`)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, want %q", text, err, want)
		}
	}
	longest := strings.Repeat("k", 256)
	tok, err := token.Parse(raw(`{"alg":"HS256","kid":"`+longest+`","typ":"JWT","narrowed":true}`, `{}`))
	if err != nil || tok.Header() != (token.Header{Algorithm: "HS256", Type: "JWT", KeyID: longest, Narrowed: true}) {
		t.Errorf("Parse = %v, %v; want the longest key id and a narrowed token", tok, err)
	}
	for _, value := range []string{"false", "1", `"true"`, "null"} {
		if tok, err := token.Parse(raw(`{"alg":"HS256","narrowed":`+value+`}`, `{}`)); err != nil || tok.Header().Narrowed {
			t.Errorf("narrowed %s: got %v, %v", value, tok, err)
		}
	}
}

// TestParse_tells: the error says which part of a token is invalid, and why.
func TestParse_tells(t *testing.T) {
	header, payload := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256"}`)), base64.RawURLEncoding.EncodeToString([]byte(`{}`))
	longest := header + "." + payload + "."
	longest += strings.Repeat("A", (token.MaxSize-len(longest))/4*4)
	for text, want := range map[string]string{
		longest: "", header + "." + payload + ".AAAA": "", longest + "AAAA": "bytes, at most 16384 are read",
		"": "1 segments", header: "1 segments", header + "." + payload: "2 segments", header + "." + payload + ".AAAA.": "4 segments", header + "." + payload + ".AA.AA": "4 segments",
		"." + payload + ".AAAA": "header or signature is empty", header + "." + payload + ".": "header or signature is empty",
		"!" + header + "." + payload + ".AAAA": "header: not canonical base64url", header + ".!." + "AAAA": "payload: not canonical base64url", header + "." + payload + ".!": "signature: not canonical base64url",
		"\n" + header + "." + payload + ".AAAA": "header has a line end", header + "." + payload + "\r.AAAA": "payload has a line end", header + "." + payload + ".AA\nAA": "signature has a line end",
		header + "." + payload + ".AB": "signature: not canonical base64url", header + "..AAAA": "not a JSON object",
	} {
		_, err := token.Parse(text)
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || api.ReasonOf(err) != api.ReasonTokenMalformed) {
			t.Errorf("%.60q (%d bytes): got %v, want %q", text, len(text), err, want)
		}
	}
}
