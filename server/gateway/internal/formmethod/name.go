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

// piece is a piece of a body, in an output of unescaped.
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
		if !mayBeName(text, at) {
			continue
		}
		if seen++; seen > maxNames || isFilled(text, at) {
			return count, false
		}
		around, place := window(text, at, p.begins, p.ends, "x")
		if submatch(o.names, around, place) != nil {
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
		around, place := window(text, at, true, true, "\x00")
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

// window returns text around an occurrence of "method", and its index there. The beginning
// of the body is marked by a separator, and a cut end by the byte more.
func window(text string, at int, begins, ends bool, more string) (around string, place int) {
	from, to := max(0, at-bytesBefore), min(len(text), at+bytesAfter)
	around, place = text[from:to], at-from
	if from == 0 && begins {
		around, place = "&"+around, place+1
	}
	if to < len(text) || !ends {
		around += more
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

// mayBeName reports whether the occurrence of "method" at an index may be the end of the
// name, by the bytes beside it.
func mayBeName(text string, at int) bool {
	if at == 0 || strings.IndexByte("_.[", text[at-1]) < 0 || at > 1 && isAlphanumeric(text[at-2]) {
		return false
	}
	end := at + len(method)
	return end == len(text) || !isAlphanumeric(text[end]) && strings.IndexByte("_.-", text[end]) < 0
}

// mayBePlain is mayBeName for a text with escapes.
func mayBePlain(text string, at int) bool {
	for _, first := range [...]string{"_", "%5f"} {
		before, ok := strings.CutSuffix(text[:at], first)
		if ok && (before == "" || !isAlphanumeric(before[len(before)-1])) {
			return true
		}
	}
	return false
}

// hasVeiledName reports whether a part of a multipart body spells its name with
// continuations or a charset (RFC 2231), which RFC 7578 does not allow there, or as an
// encoded word (RFC 2047). Some programs decode these.
func hasVeiledName(p piece) bool {
	const name = "name"
	for at := max(0, len(p.text)-p.fresh-maxBlanks-len(name)-1); ; at += len(name) {
		next := strings.Index(p.text[at:], name)
		if next < 0 {
			return false
		}
		at += next
		if p.mayBeParameter(at) && isVeil(p.text[at+len(name):]) {
			return true
		}
	}
}

// mayBeParameter reports whether a parameter of a header may begin at an index: behind a
// separator, or behind blanks that hide what precedes them.
func (p piece) mayBeParameter(at int) bool {
	before := strings.TrimRight(p.text[:at], blanks)
	if before == "" {
		return !p.begins && at > 0
	}
	return strings.IndexByte(";:,", before[len(before)-1]) >= 0
}

// isVeil reports whether what follows the word "name" in a header may spell another name,
// or is hidden by blanks.
func isVeil(after string) bool {
	word := strings.TrimLeft(after, blanks+`="'`)
	skipped := after[:len(after)-len(word)]
	switch {
	case len(skipped) > maxBlanks:
		return true
	case strings.HasPrefix(word, "*"):
		return strings.Trim(skipped, blanks) == ""
	}
	return strings.HasPrefix(word, "?") && strings.HasSuffix(skipped, "=") && strings.Count(skipped, "=") > 1
}

const blanks = " \t\r\n\v\f"

// hasTransferEncoding reports whether a part of a multipart body, in lower case, may be
// encoded, as RFC 7578 section 4.7 does not allow. Some programs decode such a part.
func hasTransferEncoding(text string) bool {
	return strings.Count(text, "transfer-encoding") != len(unencoded.FindAllString(text, -1))
}

var unencoded = regexp.MustCompile(`\r\ncontent-transfer-encoding:[ \t]*(?:7bit|8bit|binary)[ \t]*\r\n`)

// isFilled reports whether maxFiller bytes or more that are neither part of a word nor a
// separator stand before or after the name at an index.
func isFilled(text string, at int) bool {
	before, after := text[:at-1], text[at+len(method):]
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

// unescaped returns text in lower case and without the escapes of forms, of classic ASP and
// of JSON, in two versions: with NULs and backslashes removed, and with a space for each,
// since some frameworks end a name there.
func unescaped(text string) []string {
	text = inLowerCase(text)
	if strings.Contains(text, "%") || strings.Contains(text, `\u00`) {
		text = withoutEscapes(text)
	}
	if !strings.ContainsAny(text, "\x00\\") {
		return []string{text}
	}
	return []string{
		strings.NewReplacer("\x00", "", `\`, "").Replace(text),
		strings.NewReplacer("\x00", " ", `\`, " ").Replace(text),
	}
}

// inLowerCase changes ASCII letters only, so that every byte keeps its place.
func inLowerCase(text string) string {
	out := []byte(text)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

func withoutEscapes(text string) string {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		c, size := text[i], 1
		if c == '%' || c == '\\' {
			c, size = escapeAt(text[i:])
		}
		out = append(out, c)
		i += size
	}
	return string(out)
}

// escapeAt returns the byte that an escape at the beginning of text stands for, and the size
// of the escape; without one, the first byte.
func escapeAt(text string) (c byte, size int) {
	digits := 1
	switch {
	case strings.HasPrefix(text[1:], "u00"):
		digits = len("%u00")
	case text[0] != '%':
		return text[0], 1
	}
	if len(text) < digits+2 || text[digits] < '0' || text[digits] > '7' || !isHex(text[digits+1]) {
		return text[0], 1
	}
	return hexDigit(text[digits])<<4 | hexDigit(text[digits+1]), digits + 2
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }

func hexDigit(c byte) byte {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}
