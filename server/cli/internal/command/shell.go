package command

import (
	"io"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

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

// printedCommand begins a command that a message shows, and named one with a configuration.
const (
	printedCommand = "'cardea "
	named          = "--config "
)

// pasting writes messages whose commands act where the command that prints them does: given
// --config, they carry it. It is as safe for concurrent use as its writer.
type pasting struct {
	w      io.Writer
	config *pflag.Flag // --config
}

// NewPasting returns a writer of messages for a program whose --config flag is config. Each
// printed command must be in one write.
func NewPasting(w io.Writer, config *pflag.Flag) io.Writer { return pasting{w, config} }

// Write implements [io.Writer].
func (p pasting) Write(b []byte) (int, error) {
	path := p.config.Value.String()
	if path == "" || !strings.Contains(string(b), printedCommand) {
		return p.w.Write(b)
	}
	if _, err := io.WriteString(p.w, naming(string(b), named+Word(path)+" ")); err != nil {
		return 0, err
	}
	return len(b), nil
}

// naming adds a flag to the commands in a message that have none. In JSON and in a line of a
// log, which are quoted, so is the flag.
func naming(text, flag string) string {
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "time=") {
		quoted := strconv.Quote(flag)
		flag = quoted[1 : len(quoted)-1]
	}
	text = strings.ReplaceAll(text, printedCommand, printedCommand+flag)
	for _, without := range []string{named, "dev'"} { // a profile of cardea dev has a configuration of its own
		text = strings.ReplaceAll(text, printedCommand+flag+without, printedCommand+without)
	}
	return text
}
