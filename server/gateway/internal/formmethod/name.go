package formmethod

import (
	"bytes"
	"regexp"
	"strings"
)

// The search for the name _method looks at the bytes around each occurrence of "method", so
// that it takes time in proportion to the text.
const (
	maxFiller   = 64             // blanks, quotes and the like beside a name; one with more is not plain
	maxBlanks   = 1 << 10        // blanks after the word "name" in a header; what follows more is not plain
	maxNames    = 64             // places that could be the name; more are not plain
	bytesBefore = maxFiller + 32 // and the word before, such as "content-id"
	bytesAfter  = 192            // headers and value of a part that is written plainly
	method      = "method"       // the end of the name: some programs replace its first byte
)

// piece is a piece of a body, in a version of [text].
type piece struct {
	text         string
	spaced       bool // whether spaces stand for NULs and backslashes
	begins, ends bool // whether it begins and ends where the body does
	fresh        int  // what ends more than bytesAfter, for headers maxBlanks, bytes before these last ones was judged before
}

// named returns how often a piece has the name _method in a format; clear is false if
// programs may disagree on that. A name whose beginning or end is out of sight does not
// count: it is seen in the search before or after.
func (o form) named(p piece) (count int, clear bool) {
	count, clear = o.namedIn(p)
	if !o.joins || !clear || strings.IndexByte(p.text, '\n') < 0 {
		return count, clear
	}
	p.text = joined(p)
	more, clear := o.namedIn(p)
	return max(count, more), clear
}

// joined returns the text with each line that is not a header appended to the one before, as
// some programs read headers that go on.
func joined(p piece) string {
	out := make([]byte, 0, len(p.text))
	for line := range strings.Lines(p.text) {
		if bare := strings.TrimRight(line, "\r\n"); bare != "" && !isHeader(bare, p.spaced) {
			out = bytes.TrimSuffix(bytes.TrimSuffix(out, []byte("\n")), []byte("\r"))
		}
		out = append(out, line...)
	}
	return string(out)
}

// isHeader reports whether a line has a colon. With spaced, a blank before it may stand for a
// NUL, which ends the line.
func isHeader(line string, spaced bool) bool {
	name, _, ok := strings.Cut(line, ":")
	return ok && !(spaced && strings.IndexByte(name, ' ') >= 0)
}

func (o form) namedIn(p piece) (count int, clear bool) {
	if o.veils != nil && o.veils(p) {
		return 0, false
	}
	text, seen := p.text, 0
	for at := nextMethod(text, max(0, len(text)-p.fresh-bytesAfter)); at >= 0; at = nextMethod(text, at+len(method)) {
		begin, end := nameAt(text, at)
		if begin < 0 || end == len(text) && !p.ends { // the next byte decides
			continue
		}
		if seen++; seen > maxNames || isFilled(text, begin, end) {
			return count, false
		}
		if o.names(p.around(begin, end)) {
			count++
		}
	}
	return count, true
}

// plainIn returns the methods in plainly written _method parameters of a whole body, at most
// two.
func (o form) plainIn(text string) []string {
	if o.plain == nil {
		return nil
	}
	var out []string
	lower, seen := inLowerCase(text), 0
	if o.codes != nil && o.codes(lower) {
		return nil
	}
	for at := nextMethod(lower, 0); at >= 0 && len(out) < 2; at = nextMethod(lower, at+len(method)) {
		if !mayBePlain(lower, at) {
			continue
		}
		if seen++; seen > maxNames {
			return nil
		}
		around, place := window(text, at)
		if found := submatch(o.plain, around, place); found != nil {
			out = append(out, strings.ToUpper(found[1]))
		}
	}
	return out
}

func nextMethod(text string, from int) int {
	i := strings.Index(text[from:], method)
	if i < 0 {
		return -1
	}
	return from + i
}

// window returns text of a body around an occurrence of "method", and its index there. The
// beginning of the body is marked by a separator, and a cut end by a NUL.
func window(text string, at int) (around string, place int) {
	from, to := max(0, at-bytesBefore), min(len(text), at+bytesAfter)
	around, place = text[from:to], at-from
	if from == 0 {
		around, place = "&"+around, place+1
	}
	if to < len(text) {
		around += "\x00"
	}
	return around, place
}

// submatch returns the match of a pattern, with its groups, that covers a place.
func submatch(pattern *regexp.Regexp, text string, place int) []string {
	for from := 0; ; {
		match := pattern.FindStringSubmatchIndex(text[from:])
		if match == nil || from+match[0] > place {
			return nil
		}
		if from+match[1] > place {
			return pattern.FindStringSubmatch(text[from:])
		}
		from += match[0] + 1 // matches may overlap
	}
}

// otherNames are further names, in lower case, from which frameworks take a method: those of
// headers that override it (route.Overrides), and of Catalyst, Flask and Salesforce.
func otherNames() [6]otherName {
	return [...]otherName{
		{"x-http-method-override", 7}, {"x-http-method", 7}, {"x-method-override", 2},
		{"x-tunneled-method", 11}, {"__method_override__", 2}, {"_httpmethod", 5},
	}
}

// otherName is a name, with the index of "method" in it.
type otherName struct {
	text string
	at   int
}

// nameAt returns where a name begins and ends of which the occurrence of "method" at an index
// may be a part, by the bytes beside it; -1 if there is none.
func nameAt(text string, at int) (begin, end int) {
	end = at + len(method)
	if at > 0 && strings.IndexByte("_.[", text[at-1]) >= 0 && !(at > 1 && isAlphanumeric(text[at-2])) && endsAt(text, end) {
		return at - 1, end
	}
	if at == 0 || strings.IndexByte("-_p", text[at-1]) < 0 {
		return -1, -1
	}
	for _, name := range otherNames() {
		begin = at - name.at
		end = begin + len(name.text)
		if begin >= 0 && strings.HasPrefix(text[begin:], name.text) && !(begin > 0 && isAlphanumeric(text[begin-1])) && endsAt(text, end) {
			return begin, end
		}
	}
	return -1, -1
}

func endsAt(text string, end int) bool {
	return end == len(text) || !isAlphanumeric(text[end]) && strings.IndexByte("_.-", text[end]) < 0
}

// mayBePlain is nameAt for a text with escapes.
func mayBePlain(text string, at int) bool {
	if begin, _ := nameAt(text, at); begin >= 0 {
		return true
	}
	before, ok := strings.CutSuffix(text[:at], "%5f")
	return ok && (before == "" || !isAlphanumeric(before[len(before)-1]))
}

// isFilled reports whether maxFiller bytes or more that are neither part of a word nor a
// separator stand before or after a name.
func isFilled(text string, begin, end int) bool {
	before, after := text[:begin], text[end:]
	return len(before) >= maxFiller && isFiller(before[len(before)-maxFiller:]) ||
		len(after) >= maxFiller && isFiller(after[:maxFiller])
}

func isFiller(text string) bool {
	for i := range len(text) {
		if isAlphanumeric(text[i]) || strings.IndexByte("-_.&;,", text[i]) >= 0 {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
