package wordpress

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ReadLogin implements [users.LoginReader]: it does as WordPress's sanitize_user. Signs
// without width are left out, too, for which its database does not care. Accents stay:
// WordPress takes them off, and its database takes "é" for "e"; here they are two names.
func (d *Directory) ReadLogin(typed string) string { return sanitizeLogin(typed) }

// SlashesPasswords implements [users.Slasher]: WordPress hashes what its forms and its
// REST API get with slashes, and what programs set, as it is.
func (d *Directory) SlashesPasswords() bool { return true }

func sanitizeLogin(name string) string {
	const longest = 4 << 10 // bytes; nobody's is near to that
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

// withoutTags leaves out what PHP's strip_tags takes for tags: a bracket before a blank is none.
func withoutTags(s string) string {
	return without(s, '<', '>', func(inner string) bool { return inner != "" && !isBlank(rune(inner[0])) })
}

// withoutEntities leaves out what looks like an entity of HTML.
func withoutEntities(s string) string {
	return without(s, '&', ';', func(inner string) bool { return inner != "" && !strings.Contains(inner, "\n") })
}

// without leaves out what stands from one of the bytes begin to the next end, with both,
// if goes says so of what is between.
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

// withoutPercent leaves out bytes in percent-encoding.
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

// isBlank reports whether PHP takes a character for white space.
func isBlank(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' || r == 0 }

// isWithoutWidth reports whether nothing is seen of a character: soft hyphens, joiners, marks
// of direction, and the mark of byte order.
func isWithoutWidth(r rune) bool {
	switch {
	case r == '\u00ad', r == '\ufeff', r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2064':
		return true
	}
	return false
}
