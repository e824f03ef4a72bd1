package command

import (
	"strings"

	"github.com/cardea-auth/cardea/core/printable"
)

// ShellWord returns text as one word of a shell command, on one line, for commands that are
// printed to be pasted. A plain word stays as it is; an unprintable character is shown as in
// Go, since nobody should paste it.
func ShellWord(text string) string {
	if text != "" && !strings.ContainsFunc(text, isShellSpecial) {
		return text
	}
	return "'" + strings.ReplaceAll(printable.Text(text), "'", `'\''`) + "'"
}

func isShellSpecial(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._/:@%+,", r)
}
