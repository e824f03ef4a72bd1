package token

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// MaxSize is the maximum length of a token in bytes; longer ones are refused unread. HTTP
// servers allow headers of about this size.
const MaxSize = 16 << 10

// segments are the parts of a compact JWS (RFC 7515 section 7.1). The strings share one
// buffer.
type segments struct {
	signed    string // header.payload as in the text
	header    string // decoded
	payload   string // decoded
	signature []byte // decoded
}

// strict refuses trailing bits that are not zero (RFC 4648 section 3.5), so that a segment
// has only one encoding.
var strict = base64.RawURLEncoding.Strict()

func split(text string) (segments, error) {
	if len(text) > MaxSize {
		return segments{}, fmt.Errorf("%d bytes, at most %d are read", len(text), MaxSize)
	}
	head, rest, _ := strings.Cut(text, ".")
	body, sign, three := strings.Cut(rest, ".")
	if !three || strings.Contains(sign, ".") {
		return segments{}, fmt.Errorf("%d segments, a compact JWS has 3", strings.Count(text, ".")+1)
	}
	if head == "" || sign == "" {
		return segments{}, errors.New("header or signature is empty")
	}
	return decode(text[:len(head)+1+len(body)], head, body, sign)
}

// decode decodes header and payload into one string, of which parts are kept.
func decode(signed, head, body, sign string) (segments, error) {
	both := make([]byte, 0, strict.DecodedLen(len(signed)))
	both, err := appendDecoded(both, "header", head)
	if err != nil {
		return segments{}, err
	}
	border := len(both)
	if both, err = appendDecoded(both, "payload", body); err != nil {
		return segments{}, err
	}
	signature, err := appendDecoded(nil, "signature", sign)
	if err != nil {
		return segments{}, err
	}
	text := string(both)
	return segments{signed, text[:border], text[border:], signature}, nil
}

func appendDecoded(to []byte, name, text string) ([]byte, error) {
	// encoding/base64 ignores line ends even if strict.
	if strings.ContainsAny(text, "\r\n") {
		return nil, fmt.Errorf("%s has a line end inside its base64url", name)
	}
	to, err := strict.AppendDecode(to, []byte(text))
	if err != nil {
		return nil, fmt.Errorf("%s: not canonical base64url: %w", name, err)
	}
	return to, nil
}
