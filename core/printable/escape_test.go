package printable_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/core/printable"
)

// TestEscape: printable text is kept, the rest is escaped as in Go, up to the length.
func TestEscape(t *testing.T) {
	for _, tc := range []struct {
		text string
		most int
		want string
	}{
		{"", 5, ""}, {"abc", 5, "abc"}, {"abc", 3, "abc"}, {"abcd", 3, "abc..."}, {"abc", 0, "..."}, {"", 0, ""},
		{"a\nb", 9, `a\nb`}, {"a\x1bb", 9, `a\x1bb`}, {"\u202e", 9, `\u202e`}, {"\xff", 9, `\xff`}, {"a\"b", 9, `a"b`}, {"\ufffd", 9, "\ufffd"}, {"\xe2\x82", 9, `\xe2\x82`},
		{"日本語", 9, "日本語"}, {"日本語", 6, "日本..."}, {"日本語", 4, "日本..."}, {"\n\n", 2, `\n...`}, {"\n\n", 3, `\n\n`},
	} {
		if got := printable.Escape(tc.text, tc.most); got != tc.want {
			t.Errorf("%q, %d: got %q, want %q", tc.text, tc.most, got, tc.want)
		}
	}
}

// TestText_cut: a text of maximum length is kept; a longer one is cut after a complete
// character, if there is one.
func TestText_cut(t *testing.T) {
	if s := strings.Repeat("a", printable.MaxText); printable.Text(s) != s {
		t.Error("the longest text is cut")
	}
	for _, tc := range []struct{ text, want string }{
		{strings.Repeat("a", printable.MaxText+1), strings.Repeat("a", printable.MaxText)},
		{strings.Repeat("a", printable.MaxText-1) + "é", strings.Repeat("a", printable.MaxText-1)},
		{strings.Repeat("a", printable.MaxText-2) + "日", strings.Repeat("a", printable.MaxText-2)},
		{strings.Repeat("a", printable.MaxText-3) + "日é", strings.Repeat("a", printable.MaxText-3) + "日"},
		{strings.Repeat("a", printable.MaxText-3) + "\U0001f600", strings.Repeat("a", printable.MaxText-3)},
	} {
		got, _, _ := strings.Cut(printable.Text(tc.text), "...")
		if got != `"`+tc.want+`"` {
			t.Errorf("%d bytes: got the end %q, want %q", len(tc.text), got[len(got)-9:], tc.want[len(tc.want)-8:])
		}
	}
	tails := "a" + strings.Repeat("\x80", 2*printable.MaxText)
	if got := printable.Text(tails); strings.Count(got, `\x80`) < printable.MaxText-utf8.UTFMax-1 {
		t.Errorf("a text without characters becomes %q", got)
	}
}

// TestWriter_characters tests each character that changes layout, direction or visibility.
func TestWriter_characters(t *testing.T) {
	for in, want := range map[string]string{
		"\n": "\n", "\t": "\t", " ": " ", "\u00a0": "\u00a0", "\u2003": "\u2003", "\u200c": "\u200c", "\u200d": "\u200d",
		"\r": `\u000d`, "\v": `\u000b`, "\f": `\u000c`, "\u0085": `\u0085`, "\u2028": `\u2028`, "\u2029": `\u2029`, "\x00": `\u0000`, "\x1b": `\u001b`, "\x7f": `\u007f`,
		"\u200b": `\u200b`, "\ufeff": `\ufeff`, "\U000e0001": `\U000e0001`, "\U0001f600": "\U0001f600", "\ufffd": "\ufffd", "\xff": `\ufffd`, "\ufffd\xff": "\ufffd\\ufffd", "\x1b\ufffd": "\\u001b\ufffd",
		"\x1b\n\t": "\\u001b\n\t", "\x1bü\U0001f600": "\\u001bü\U0001f600",
	} {
		var b strings.Builder
		if n, err := printable.NewWriter(&b).Write([]byte(in)); n != len(in) || err != nil || b.String() != want {
			t.Errorf("%q: got %q, %d, %v, want %q", in, b.String(), n, err, want)
		}
	}
	if n, err := printable.NewWriter(broken{}).Write([]byte("a")); n != 0 || !errors.Is(err, errBroken) {
		t.Errorf("a pipe that is broken: got %d, %v; want 0 and error %q", n, err, errBroken)
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }
