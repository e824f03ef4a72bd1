package token

import (
	"strings"

	"github.com/cardea-auth/cardea/core/api"
)

// Narrowed is a header member of our own tokens. It is true if the token gives fewer roles
// or scopes than its user has. Other implementations may ignore it.
const Narrowed = "narrowed"

// maxKeyID is the maximum length of a kid.
const maxKeyID = 256

// registered maps the known members to whether they are accepted. Those that are not would
// change what the signature covers or how the payload is read, or contain a key (RFC 7515
// section 4.1, RFC 7797, RFC 7516); x5t only identifies one and is ignored.
var registered = map[string]bool{
	"alg": true, "typ": true, "kid": true, "x5t": true, "x5t#S256": true,
	"crit": false, "b64": false, "jwk": false, "jku": false, "x5u": false, "x5c": false,
	"zip": false, "enc": false, "cty": false, "epk": false, "apu": false, "apv": false,
	"p2s": false, "p2c": false, "iv": false, "tag": false,
}

func parseHeader(text string) (Header, error) {
	members, err := parseObject(text)
	if err != nil {
		return Header{}, malformed(err)
	}
	var h Header
	for name, value := range members.All {
		if err := h.read(name, value); err != nil {
			return Header{}, err
		}
	}
	if h.Algorithm == "" {
		return Header{}, refuse(api.ReasonTokenAlgorithm, "token names no algorithm", "alg is missing or empty")
	}
	return h, nil
}

func (h *Header) read(name string, value any) error {
	switch name {
	case "alg":
		return readText(name, value, &h.Algorithm)
	case "typ":
		return readText(name, value, &h.Type)
	case "kid":
		return h.readKeyID(value)
	case Narrowed:
		h.Narrowed = value == true
	}
	return judge(name)
}

func (h *Header) readKeyID(value any) error {
	if err := readText("kid", value, &h.KeyID); err != nil {
		return err
	}
	if h.KeyID == "" || len(h.KeyID) > maxKeyID || !clean(h.KeyID) {
		return refuse(api.ReasonTokenKey, "unknown key", "kid is empty, longer than %d bytes or has control characters", maxKeyID)
	}
	return nil
}

func readText(name string, value any, into *string) error {
	text, ok := value.(string)
	if !ok {
		return refuse(api.ReasonTokenHeader, "token header not accepted", "header member %s is not a string", name)
	}
	*into = text
	return nil
}

// judge refuses members that must not be ignored. Unknown ones are ignored, as RFC 7515
// section 4 requires, unless another parser could confuse them with a known one:
// {"alg":"HS256","ALG":"none"}.
func judge(name string) error {
	if bearable, known := registered[name]; known {
		if bearable {
			return nil
		}
		return refuse(api.ReasonTokenHeader, "token header not accepted", "header member %s is not accepted", name)
	}
	for twin := range registered {
		if strings.EqualFold(twin, name) {
			return refuse(api.ReasonTokenHeader, "token header not accepted", "header member %.32q is %s in another case", name, twin)
		}
	}
	return nil
}
