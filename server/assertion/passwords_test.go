package assertion

import (
	"fmt"
	"strings"
	"testing"
)

// TestReadPasswords_lines tests each form of a line.
func TestReadPasswords_lines(t *testing.T) {
	for text, want := range map[string]string{
		"": "map[]", "\n # x\n\n": "map[]", "a:b": "1", " a : b c \r\n# d:e\nf:g": "2", "a:b:c": "1", "a": "line 1", "\na:": "line 2", ":b": "line 1", "a:b\na:c": "line 2: duplicate login", "a:b\nc": "line 2: must be login:password", " : ": "line 1",
	} {
		got, err := ReadPasswords(text)
		said := fmt.Sprint(len(got))
		if len(got) == 0 {
			said = fmt.Sprint(got)
		}
		if err != nil {
			said = err.Error()
		}
		if !strings.HasPrefix(said, want) || err != nil && got != nil {
			t.Errorf("%q: got %s, want %s", text, said, want)
		}
	}
	for login, fine := range map[string]bool{"a": true, "": false, "a:b": false, "a\x1fb": false, "a\x7f": false, "a b": true, "é": true, "\n": false} {
		if err := check(login); (err == nil) != fine {
			t.Errorf("check(%q) = %v, want an error: %v", login, err, !fine)
		}
	}
}
