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

// Word returns text as one word of a shell command that a message shows between single
// quotes. Special characters get a backslash, so that the command can be pasted with the
// quotes or without them: names are chosen by others, and may contain shell syntax.
func Word(text string) string {
	if text == "" {
		return `""`
	}
	var b strings.Builder
	for _, r := range printable.Text(text) {
		if isShellSpecial(r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Argument is [Word] for an argument of a command, after its flags: one that begins with a
// dash is no flag.
func Argument(text string) string {
	if strings.HasPrefix(text, "-") {
		return "-- " + Word(text)
	}
	return Word(text)
}

// Undo returns the command that enables a user.
func Undo(login string) string {
	if strings.HasPrefix(login, "-") {
		return "cardea user disable --undo " + Argument(login)
	}
	return "cardea user disable " + Word(login) + " --undo"
}
