package route

import "strings"

// EscapePath percent-encodes a canonical path as RFC 3986 section 3.3 requires. The result
// is unique: upper-case hex, and nothing encoded that need not be. [Canonical] is its
// inverse.
func EscapePath(path string) string {
	extra := 0
	for i := 0; i < len(path); i++ {
		if !standsClear(path[i]) {
			extra += 2
		}
	}
	if extra == 0 {
		return path
	}
	var b strings.Builder
	b.Grow(len(path) + extra)
	for i := 0; i < len(path); i++ {
		writeEscaped(&b, path[i])
	}
	return b.String()
}

func writeEscaped(b *strings.Builder, c byte) {
	const hex = "0123456789ABCDEF"
	if standsClear(c) {
		b.WriteByte(c)
		return
	}
	b.WriteByte('%')
	b.WriteByte(hex[c>>4])
	b.WriteByte(hex[c&15])
}

// standsClear reports whether c needs no encoding in a path: pchar and '/', without ';',
// which no canonical path has.
func standsClear(c byte) bool {
	return isAlphanumeric(c) || strings.IndexByte("/-._~!$&'()*+,=:@", c) >= 0
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
