package printable_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/cardea-auth/cardea/core/printable"
)

// hostile are texts that mislead readers of a terminal or a log.
var hostile = []string{
	"a\nexports fake", "a\r\nb", "a\tb", "\x1b[2Jx", "\x1b]0;title\a", "a\u202eb", "\u2066a\u2069", "a\u200eb",
	"a\u0085b", "a\u2028b", "a\u2029b", "a\x00b", "a\x7fb", "a\u009bb", "\xff\xfe", "a\u00a0b", "a\ufeffb", "a\u2003b",
	" a", "a ", `"a"`, "a\u200bb", "\U000e0001",
}

func TestText(t *testing.T) {
	for _, plain := range []string{"", "a", "Anna Ek", "日本語", "Zoë", "editor,author", `C:\x`, "a \"b\""} {
		if got := printable.Text(plain); got != plain {
			t.Errorf("%q became %s", plain, got)
		}
	}
	for _, s := range hostile {
		got := printable.Text(s)
		if got == s || !strings.HasPrefix(got, `"`) || strings.ContainsFunc(got, func(c rune) bool { return !unicode.IsPrint(c) }) {
			t.Errorf("%q is printed as %q", s, got)
		}
	}
	if got := printable.Text(strings.Repeat("é", 100_000)); len(got) > 3*printable.MaxText || !strings.HasSuffix(got, "... (200000 bytes)") {
		t.Errorf("a long text is printed as %q", got)
	}
}

func TestLine(t *testing.T) {
	for _, s := range hostile {
		if got := printable.Line(s); strings.ContainsFunc(got, func(c rune) bool { return !unicode.IsPrint(c) }) {
			t.Errorf("%q is printed as %q", s, got)
		}
	}
}

func TestWriter(t *testing.T) {
	for in, want := range map[string]string{
		"a\tb\nc":                "a\tb\nc",
		"日本語 👩\u200d💻\u00a0€":    "日本語 👩\u200d💻\u00a0€",
		"\x1b[2J":                `\u001b[2J`,
		"a\u202eb":               `a\u202eb`,
		"a\rb":                   `a\u000db`,
		"a\u2028b\u0085":         `a\u2028b\u0085`,
		"a\xffb":                 `a\ufffdb`,
		"{\"x\":\"a\u2066b\"}\n": "{\"x\":\"a\\u2066b\"}\n",
	} {
		var b strings.Builder
		if n, err := printable.NewWriter(&b).Write([]byte(in)); n != len(in) || err != nil {
			t.Errorf("%q: Write: got %d, %v; want %d", in, n, err, len(in))
		}
		if b.String() != want {
			t.Errorf("%q is written as %q, want %q", in, b.String(), want)
		}
	}
	var b strings.Builder
	line, _ := json.Marshal(map[string]string{"name": "a\u202eb\x1b"})
	printable.NewWriter(&b).Write(line)
	var back map[string]string
	if err := json.Unmarshal([]byte(b.String()), &back); err != nil || back["name"] != "a\u202eb\x1b" {
		t.Errorf("JSON does not survive: %s, %v", b.String(), err)
	}
}
