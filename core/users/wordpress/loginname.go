package wordpress

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ReadLogin implements [users.LoginReader] like WordPress's sanitize_user. It also
// removes zero-width characters, which the database ignores. It keeps accents:
// WordPress removes them, and its database treats "é" as "e"; here they are two names.
func (d *Directory) ReadLogin(typed string) string { return sanitizeLogin(typed) }

// SlashesPasswords implements [users.Slasher]: WordPress hashes passwords from its
// forms and its REST API with slashes, and those set by programs without.
func (d *Directory) SlashesPasswords() bool { return true }

func sanitizeLogin(name string) string {
	const longest = 4 << 10 // bytes; far longer than any login
	if len(name) > longest || !utf8.ValidString(name) {
		return name
	}
	name = norm.NFC.String(withoutTags(name))
	name = withoutEntities(withoutPercent(name))
	name = strings.Map(func(r rune) rune {
		if isWithoutWidth(r) {
			return -1
		}
		return r
	}, name)
	return strings.Join(strings.FieldsFunc(name, isBlank), " ")
}

// withoutTags removes what PHP's strip_tags treats as tags; "<" before white space does
// not start one.
func withoutTags(s string) string {
	return without(s, '<', '>', func(inner string) bool { return inner != "" && !isBlank(rune(inner[0])) })
}

// withoutEntities removes what looks like an HTML entity.
func withoutEntities(s string) string {
	return without(s, '&', ';', func(inner string) bool { return inner != "" && !strings.Contains(inner, "\n") })
}

// without removes text from a begin byte to the next end byte, inclusive, if goes
// returns true for the text between them.
func without(s string, begin, end byte, goes func(inner string) bool) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, begin)
		if i < 0 {
			break
		}
		n := strings.IndexByte(s[i+1:], end)
		if n < 0 {
			break
		}
		b.WriteString(s[:i])
		if inner := s[i+1 : i+1+n]; !goes(inner) {
			b.WriteByte(begin)
			s = s[i+1:]
			continue
		}
		s = s[i+n+2:]
	}
	b.WriteString(s)
	return b.String()
}

// withoutPercent removes percent-encoded bytes.
func withoutPercent(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// isBlank reports whether PHP treats a character as white space.
func isBlank(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' || r == 0 }

// isWithoutWidth reports whether a character is invisible: soft hyphens, joiners,
// direction marks, and the byte order mark.
func isWithoutWidth(r rune) bool {
	switch {
	case r == '\u00ad', r == '\ufeff', r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2064':
		return true
	}
	return false
}
