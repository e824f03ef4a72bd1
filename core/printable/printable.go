package printable

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText is the maximum number of bytes of a text that are shown.
const MaxText = 400

// Text returns s unchanged if it is unambiguous plain text. Otherwise it is quoted as in
// Go: if it has control characters, line breaks, direction marks, invisible or leading or
// trailing blanks, or invalid UTF-8. A text longer than [MaxText] is cut and marked as
// such.
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

// Line returns the text in one line: unprintable characters become blanks.
func Line(s string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

// Escape returns a text as one line of printable characters, with others escaped as in Go.
// It is cut after about most bytes.
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

// NewWriter returns a writer to w for output of many lines. Tabs and line breaks are kept;
// other characters that a terminal would interpret are written as escapes such as \u001b,
// which JSON decodes to the original. Each call of Write must end at the end of a
// character.
func NewWriter(w io.Writer) io.Writer { return writer{w} }

type writer struct{ io.Writer }

// Write implements [io.Writer]. It returns len(p) or an error.
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

// isUnsafe reports whether a character is neither printable nor plain white space. Joiners within
// words, as in emoji and some scripts, are allowed.
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
