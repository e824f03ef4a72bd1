package formmethod

import (
	"iter"
	"regexp"
	"strings"
)

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
// encoded, as RFC 7578 section 4.7 does not allow. Some programs decode such a part. A
// header counts however it is folded; values of parts do not.
func hasTransferEncoding(text string) bool {
	for head := range heads(text) {
		if n := countEncodings(head); n > 0 && n != len(unencoded.FindAllString(head, -1)) {
			return true
		}
	}
	return false
}

// heads yields what may be the headers of parts, with the empty line that every program
// takes for their end: they follow the beginning of the body or a delimiter, which has two
// hyphens and may stand anywhere.
func heads(text string) iter.Seq[string] {
	const emptyLine = "\r\n\r\n"
	return func(yield func(string) bool) {
		for {
			end := len(text)
			if i := strings.Index(text, emptyLine); i >= 0 {
				end = i + len(emptyLine)
			}
			if !yield(text[:end]) {
				return
			}
			at := strings.Index(text[end:], "--")
			if at < 0 {
				return
			}
			text = text[end+at:]
		}
	}
}

// countEncodings returns how often headers have the name, also in several lines or with
// blanks in it.
func countEncodings(head string) (n int) {
	w := word{text: "transfer-encoding:"}
	for i := range len(head) {
		if c := head[i]; c > ' ' && c != '\\' && w.ends(c) {
			n++
		}
	}
	return n
}

var unencoded = regexp.MustCompile(`\r\ncontent-transfer-encoding:[ \t]*(?:7bit|8bit|binary)[ \t]*\r\n(?:[^ \t]|$)`)
