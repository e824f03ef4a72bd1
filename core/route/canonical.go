package route

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/api"
)

// The limits of a request target.
const (
	MaxTarget   = 8 << 10 // length in bytes, including the query
	MaxSegments = 256     // number of segments in a path
)

// Canonical parses an origin-form request target (RFC 9112 section 3.2.1) as received. It
// returns the path, decoded once, and the raw query without '?'. A canonical path starts
// with '/', is valid UTF-8, and has no control character, no '%', '\', '#' or ';', no dot
// segment and no empty segment but the last. [EscapePath] is its inverse.
//
// Any other target is refused with an [api.Error] (Invalid, bad_path) that says what is
// wrong. It is not corrected, because the upstream might interpret it differently.
func Canonical(target string) (path, query string, err error) {
	if len(target) > MaxTarget {
		return "", "", bad(fmt.Sprintf("the request target is longer than %d bytes", MaxTarget))
	}
	raw, query, _ := strings.Cut(target, "?")
	if !strings.HasPrefix(raw, "/") {
		return "", "", bad("the request target must start with a slash")
	}
	if err := CheckQuery(query); err != nil {
		return "", "", err
	}
	path, err = decode(raw)
	if err != nil {
		return "", "", err
	}
	if err := checkSegments(path); err != nil {
		return "", "", err
	}
	return path, query, nil
}

// decode decodes a path. It returns raw itself, without an allocation, if there is nothing
// to decode.
func decode(raw string) (string, error) {
	plain := true
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if isAlphanumeric(c) || c == '/' || c == '-' {
			continue
		}
		if what := refused(c); what != "" {
			return "", bad("the request path contains " + what)
		}
		plain = plain && c != '%' && c < utf8.RuneSelf
	}
	if plain {
		return raw, nil
	}
	return decodePercent(raw)
}

func decodePercent(raw string) (string, error) {
	var b strings.Builder
	b.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '%' {
			var err error
			if c, err = decodeByte(raw[i:]); err != nil {
				return "", err
			}
			i += 2
		}
		b.WriteByte(c)
	}
	path := b.String()
	return path, checkText(path)
}

// decodeByte decodes the triplet at the start of s. It refuses characters that are allowed
// literally but change the meaning when decoded, so that decoding twice or late gives the
// same path as decoding once.
func decodeByte(s string) (byte, error) {
	if len(s) < 3 || !isHex(s[1]) || !isHex(s[2]) {
		return 0, bad("the request path contains a bad percent-encoding")
	}
	c := unhex(s[1])<<4 | unhex(s[2])
	what := refused(c)
	switch c {
	case '/':
		what = "a slash"
	case '.':
		what = "a dot"
	case '%':
		what = "a percent sign"
	}
	if what != "" {
		return 0, bad("the request path contains " + what + " in percent-encoding")
	}
	return c, nil
}

// refused returns the name of a byte that is not allowed in a path in any form, else "".
func refused(c byte) string {
	switch {
	case c < 0x20, c == 0x7f:
		return "a control character"
	case c == '\\':
		return "a backslash"
	case c == '#':
		return "a number sign"
	case c == ';':
		return "a semicolon"
	}
	return ""
}

func checkText(path string) error {
	if !utf8.ValidString(path) {
		return bad("the request path is not valid UTF-8")
	}
	if strings.ContainsFunc(path, unicode.IsControl) {
		return bad("the request path contains a control character")
	}
	return nil
}

func checkSegments(path string) error {
	count, start := 0, 1
	for i := 1; i <= len(path); i++ {
		if i < len(path) && path[i] != '/' {
			continue
		}
		if err := checkSegment(path[start:i], i == len(path)); err != nil {
			return err
		}
		count, start = count+1, i+1
	}
	if count > MaxSegments {
		return bad(fmt.Sprintf("the request path has more than %d segments", MaxSegments))
	}
	return nil
}

func checkSegment(segment string, last bool) error {
	if segment == "" && !last {
		return bad("the request path contains two slashes in a row")
	}
	if segment == "." || segment == ".." {
		return bad("the request path contains a dot segment")
	}
	if isBlank(segment) {
		return bad("the request path contains a segment of blanks")
	}
	return nil
}

// isBlank reports whether a segment consists of blanks, or of blanks and dots: servers that
// trim blanks would see a dot segment or an empty one.
func isBlank(segment string) bool {
	if segment == "" || !mayBeBlank(segment[0]) {
		return false
	}
	return strings.ContainsFunc(segment, isBlankRune) && strings.TrimFunc(segment, isBlankOrDot) == ""
}

// isBlankRune reports whether servers or languages may trim the character: Unicode spaces
// and invisible characters.
func isBlankRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' '
	}
	return unicode.IsSpace(r) || r == '\u180e' || r >= '\u200b' && r <= '\u200d' || r == '\u2060' || r == '\ufeff'
}

// mayBeBlank reports whether a segment that begins with c may consist of blanks and dots.
func mayBeBlank(c byte) bool { return c == ' ' || c == '.' || c >= utf8.RuneSelf }

func isBlankOrDot(r rune) bool { return r == '.' || isBlankRune(r) }

// CheckQuery refuses a query that could end or split the request line. Otherwise the query
// is passed on unchanged, since rules do not use it.
func CheckQuery(query string) error {
	for i := 0; i < len(query); i++ {
		switch c := query[i]; {
		case c <= 0x20, c == 0x7f:
			return bad("the query contains a space or control character")
		case c == '#':
			return bad("the query contains a number sign")
		}
	}
	return nil
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

func bad(text string) error { return api.E(api.Invalid, api.ReasonBadPath, text) }
