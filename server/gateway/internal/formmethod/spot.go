package formmethod

import "strings"

// spot is an occurrence of a name, with what stands beside it.
type spot struct {
	first         byte   // with which the name begins; '_' if it has no other spelling
	before, after string // what is looked at
	begins, ends  bool   // whether before begins and after ends where the body does
}

// around returns the spot of the name between two indices.
func (p piece) around(begin, end int) spot {
	from, to := max(0, begin-bytesBefore), min(len(p.text), end+bytesAfter)
	first := p.text[begin]
	if first == 'x' {
		first = '_'
	}
	return spot{first, p.text[from:begin], p.text[end:to], from == 0 && p.begins, to == len(p.text) && p.ends}
}

const spaces = " \t\r\n\f"

// isParameter reports whether a spot is a name in an encoded form. Some frameworks replace a
// dot or bracket at the start of a name by an underscore, and Rack ignores brackets there.
func (s spot) isParameter() bool {
	before := strings.TrimRight(s.before, spaces+"\v+[]")
	return (endsIn(before, "&;") || before == "" && s.begins) && s.isWhole()
}

// isPart reports whether a spot is the name of a part, or its Content-ID. Some parsers take
// several equals signs in a header for one.
func (s spot) isPart() bool {
	before := strings.TrimRight(s.before, spaces+`="'<[]`)
	if id, ok := strings.CutSuffix(before, ":"); ok {
		return strings.HasSuffix(strings.TrimRight(id, spaces), "content-id") && s.isWhole()
	}
	skipped := strings.TrimLeft(s.before[len(before):], spaces)
	return strings.HasSuffix(before, "name") && strings.HasPrefix(skipped, "=") && s.isWhole()
}

// isWhole reports whether the name ends with "method".
func (s spot) isWhole() bool {
	if s.after == "" {
		return s.ends
	}
	return !isAlphanumeric(s.after[0]) && strings.IndexByte("_.-", s.after[0]) < 0
}

// isMember reports whether a spot is a quoted name in JSON, or an unquoted one before a
// colon.
func (s spot) isMember() bool {
	if s.first != '_' {
		return false
	}
	after := strings.TrimLeft(s.after, spaces)
	if endsIn(strings.TrimRight(s.before, spaces), `"'`) && after != "" && strings.IndexByte(`"'`, after[0]) >= 0 {
		return true
	}
	if s.before != "" && isAlphanumeric(s.before[len(s.before)-1]) || s.before == "" && !s.begins {
		return false
	}
	end := strings.IndexFunc(s.after, func(r rune) bool { return r < 0x80 && (isAlphanumeric(byte(r)) || strings.ContainsRune("_.:-", r)) })
	return end >= 0 && s.after[end] == ':'
}

// isElement reports whether a spot is the name of an element or attribute in XML.
func (s spot) isElement() bool {
	return s.first == '_' && endsIn(s.before, "<"+spaces+"/:") && s.after != "" && strings.IndexByte(spaces+"/>=", s.after[0]) >= 0
}

// endsIn reports whether the last byte of a text is one of these.
func endsIn(text, bytes string) bool {
	return text != "" && strings.IndexByte(bytes, text[len(text)-1]) >= 0
}
