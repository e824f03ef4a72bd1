package cli

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// printed matches a command that a message shows in quotes.
var printed = regexp.MustCompile(`'(cardea (?:\\.|[^'\\])*)'`)

// TestPrinted_pastes: a command that a message shows works when a shell reads it, between the
// quotes and with them, whatever the user is called. Only a general rule has a placeholder.
func TestPrinted_pastes(t *testing.T) {
	const login = "-o'neil $(id);`id`\"\\"
	for _, c := range []struct {
		before []string // commands; LOGIN, KEY, TOKEN, KID, SECRET and SESSION stand for what there is
		args   string
	}{
		{nil, "user disable LOGIN"},
		{[]string{"user disable LOGIN"}, "user disable --undo LOGIN"},
		{[]string{"user disable LOGIN"}, "user passwd LOGIN"},
		{[]string{"user disable LOGIN"}, "apikey create LOGIN"},
		{[]string{"user disable LOGIN"}, "apikey rotate KEY"},
		{[]string{"user disable LOGIN"}, "token issue LOGIN"},
		{nil, "user passwd LOGIN"},
		{nil, "apikey revoke KEY"},
		{nil, "token revoke TOKEN"},
		{[]string{"token revoke TOKEN"}, "token revoke TOKEN"},
		{[]string{"apikey rotate KEY --overlap 1h"}, "token revoke SECRET"},
		{nil, "token inspect TOKEN"},
		{nil, "token revoke KEY"},
		{nil, "token revoke --id KEY"},
		{nil, "token revoke LOGIN"},
		{nil, "session revoke KEY"},
		{nil, "session revoke LOGIN"},
		{nil, "apikey revoke KID"},
		{nil, "user delete KEY"},
		{nil, "user delete LOGIN"},
		{nil, "keys revoke KID"},
		{nil, "keys rotate"},
	} {
		p := &place{t: t, dir: t.TempDir()}
		writeFile(t, p.dir+"/cardea.yaml", "data: d\n")
		secret := ""
		run := func(args string) {
			t.Helper()
			if !strings.HasPrefix(args, "user add") && strings.Contains(args, "KID") {
				p.run("keys list")
			}
			words := strings.Fields(args)
			for i, word := range words {
				switch word {
				case "LOGIN":
					words[i] = login
				case "SECRET":
					words[i] = secret
				}
			}
			p.runWords(split(words))
			if key := keyText(p.out); secret == "" {
				secret = key
			}
		}
		for _, args := range append([]string{"user add LOGIN", "apikey create LOGIN", "token issue LOGIN"}, c.before...) {
			if run(args); p.status != 0 {
				t.Fatalf("%s, %s: %s", login, args, p.errs)
			}
		}
		run(c.args)
		for _, m := range printed.FindAllStringSubmatch(actLine.ReplaceAllString(p.out+p.errs, ""), -1) {
			checkPasted(t, p, login+", "+c.args, m[1])
		}
	}
}

// split puts what may begin with a dash behind the flags.
func split(words []string) []string {
	var flags, args []string
	for i, word := range words {
		if i < 2 || strings.HasPrefix(word, "--") || strings.HasPrefix(words[i-1], "--") && words[i-1] != "--undo" {
			flags = append(flags, word)
		} else {
			args = append(args, word)
		}
	}
	return append(append(flags, "--"), args...)
}

// checkPasted lets a shell split a command line, and runs it.
func checkPasted(t *testing.T, p *place, where, line string) {
	t.Helper()
	if regexp.MustCompile(` (KID|LOGIN|ID|SESSION|SUBJECT|NAME)\b`).MatchString(line) {
		if !regexp.MustCompile(`keys revoke KID|user add LOGIN`).MatchString(line) {
			t.Errorf("%s: %q has a placeholder", where, line)
		}
		return
	}
	out, err := exec.Command("sh", "-c", "cardea() { printf '%s\\n' \"$@\"; }; "+line).CombinedOutput()
	if err != nil || strings.Contains(string(out), "uid=") {
		t.Errorf("%s: a shell reads %s as %s, %v", where, line, out, err)
	}
	quoted, _ := exec.Command("sh", "-c", "'"+line+"'").CombinedOutput()
	if strings.Contains(string(quoted), "uid=") {
		t.Errorf("%s: with its quotes, a shell runs a part of %s: %s", where, line, quoted)
	}
	p.runWords(strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"))
	for _, wrong := range []string{"usage:", "unknown", "has the id", "no user has", "name a session", "are given"} {
		if p.status != 0 && strings.Contains(p.errs, wrong) {
			t.Errorf("%s: %s was printed, and fails: %s", where, line, p.errs)
		}
	}
}
