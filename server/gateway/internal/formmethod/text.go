package formmethod

// text is a body, or the end of what was read of it, in lower case and without the escapes
// of forms, of classic ASP and of JSON, in two versions: without NULs and backslashes, and
// with a space for each, since some frameworks end a name there.
type text struct {
	bare, spaced []byte
	even         int  // bytes of spaced since the last NUL or backslash
	cut          bool // it does not begin where the body does
}

// add appends bytes of a body, and returns the last ones if they may begin an escape and are
// not appended yet; none at the end of the body.
func (t *text) add(raw []byte, ends bool) (left []byte) {
	for i := 0; i < len(raw); {
		plain := raw[i:]
		for j, c := range plain {
			if c == '%' || c == '\\' || c == 0 {
				plain = plain[:j]
				break
			}
		}
		t.addPlain(plain)
		if i += len(plain); i == len(raw) {
			break
		}
		c, size := escapeAt(raw[i:])
		if size == 1 && !ends && mayBegin(raw[i:]) {
			return raw[i:]
		}
		t.addOne(c)
		i += size
	}
	return nil
}

func (t *text) addPlain(plain []byte) {
	begin := len(t.spaced)
	t.spaced = append(t.spaced, plain...)
	added := t.spaced[begin:]
	for i, c := range added {
		added[i] = lower(c)
	}
	t.bare = append(t.bare, added...)
	t.even += len(added)
}

func (t *text) addOne(c byte) {
	if c == 0 || c == '\\' {
		t.spaced, t.even = append(t.spaced, ' '), 0
		return
	}
	c = lower(c)
	t.bare, t.spaced = append(t.bare, c), append(t.spaced, c)
	t.even++
}

// keep drops all but the last n bytes once there are twice as many, so that each byte is
// moved once.
func (t *text) keep(n int) {
	if len(t.spaced) < 2*n {
		return
	}
	t.spaced = append(t.spaced[:0], t.spaced[len(t.spaced)-n:]...)
	t.bare = append(t.bare[:0], t.bare[max(0, len(t.bare)-n):]...)
	t.cut = true
}

// pieces returns the last n bytes of each version as pieces of a body, of which the last
// fresh bytes are new; one if both are the same. ends tells whether the body ends there.
func (t *text) pieces(n, fresh int, ends bool) []piece {
	last := func(version []byte, spaced bool) piece {
		from := max(0, len(version)-n)
		return piece{string(version[from:]), spaced, from == 0 && !t.cut, ends, fresh}
	}
	if t.even >= min(n, len(t.spaced)) {
		return []piece{last(t.bare, false)}
	}
	return []piece{last(t.bare, false), last(t.spaced, true)}
}

// lower changes ASCII letters only, so that every byte keeps its place.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func inLowerCase(text string) string {
	out := []byte(text)
	for i, c := range out {
		out[i] = lower(c)
	}
	return string(out)
}

// escapeAt returns the byte that an escape at the beginning of text stands for, and the size
// of the escape; without one, the first byte.
func escapeAt(text []byte) (c byte, size int) {
	digits := 1
	switch {
	case len(text) > 3 && lower(text[1]) == 'u' && text[2] == '0' && text[3] == '0':
		digits = len("%u00")
	case text[0] != '%':
		return text[0], 1
	}
	if len(text) < digits+2 || text[digits] < '0' || text[digits] > '7' || !isHex(lower(text[digits+1])) {
		return text[0], 1
	}
	return (text[digits]-'0')<<4 | hexDigit(lower(text[digits+1])), digits + 2
}

// mayBegin reports whether text is the beginning of an escape, without its end.
func mayBegin(text []byte) bool {
	for _, escape := range [...]string{"%00", "%u0000", `\u0000`} {
		if len(text) < len(escape) {
			var whole [6]byte
			n := copy(whole[:], text)
			n += copy(whole[n:], escape[n:])
			if _, size := escapeAt(whole[:n]); size == n {
				return true
			}
		}
	}
	return false
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }

func hexDigit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}
