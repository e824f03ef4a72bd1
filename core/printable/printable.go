package printable

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is how many bytes of a text are shown.
const MaxText = 400

// Text returns the text as it is if it can be nothing but what it looks like, and
// quoted as Go quotes otherwise: control characters, line breaks, marks of writing
// direction, blanks that cannot be seen or stand at an end, broken UTF-8. What is
// longer than [MaxText] is cut, and says so.
func Text(s string) string {
	if len(s) > MaxText {
		return fmt.Sprintf("%s... (%d bytes)", strconv.Quote(cut(s)), len(s))
	}
	if isPlain(s) {
		return s
	}
	return strconv.Quote(s)
}

func cut(s string) string {
	n := MaxText
	for n > MaxText-utf8.UTFMax && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func isPlain(s string) bool {
	return utf8.ValidString(s) && strings.Trim(s, " ") == s && !strings.HasPrefix(s, `"`) &&
		!strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) })
}

// Line returns the text in one line: what is not fit to print becomes a blank.
func Line(s string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

// Escape returns at most so many bytes of a text as one line of characters that
// print; all others are escaped as in Go.
func Escape(text string, most int) string {
	var out strings.Builder
	for len(text) > 0 && out.Len() < most {
		c, n := utf8.DecodeRuneInString(text)
		switch {
		case unicode.IsPrint(c) && (c != utf8.RuneError || n > 1):
			out.WriteRune(c)
		default:
			quoted := strconv.Quote(text[:n])
			out.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[n:]
	}
	if text != "" {
		out.WriteString("...")
	}
	return out.String()
}

// NewWriter returns a writer to w for output of many lines: tabs and line breaks
// stand, everything else that a terminal would obey is written as an escape such as
// \u001b, which JSON reads as what it was. Write does not split characters, nor does
// it keep any: end each call where a character ends.
func NewWriter(w io.Writer) io.Writer { return writer{w} }

type writer struct{ io.Writer }

// Write implements [io.Writer]; it returns len(p) or an error.
func (w writer) Write(p []byte) (int, error) {
	out := p
	if strings.ContainsFunc(string(p), isUnsafe) || !utf8.Valid(p) {
		out = escape(p)
	}
	if _, err := w.Writer.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// isUnsafe reports what is neither printed nor part of how output is laid out.
// Marks inside words, as in emoji and some scripts, are let be.
func isUnsafe(c rune) bool {
	const joiners = "\u200c\u200d"
	switch {
	case c == '\n' || c == '\t' || strings.ContainsRune(joiners, c):
		return false
	case unicode.IsSpace(c):
		return c == '\r' || c == '\v' || c == '\f' || c == '\u0085' || c == '\u2028' || c == '\u2029'
	}
	return !unicode.IsPrint(c)
}

func escape(p []byte) []byte {
	out := make([]byte, 0, len(p)+16)
	for len(p) > 0 {
		c, size := utf8.DecodeRune(p)
		switch {
		case c == utf8.RuneError && size == 1:
			out = fmt.Appendf(out, `\ufffd`)
		case isUnsafe(c) && c > 0xffff:
			out = fmt.Appendf(out, `\U%08x`, c)
		case isUnsafe(c):
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			out = append(out, p[:size]...)
		}
		p = p[size:]
	}
	return out
}
