package cli

import (
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// printed matches a command that a message shows in quotes.
var printed = regexp.MustCompile(`'(cardea (?:\\.|[^'\\])*)'`)

// TestPrinted_pastes: a command that a message shows works when a shell reads it, between the
// quotes and with them, whatever the user is called, and acts where the command that shows it
// did. Only a general rule has a placeholder.
func TestPrinted_pastes(t *testing.T) {
	const login = "-o'neil $(id);`id`\"\\"
	for _, file := range []string{"", "o'neil $(id)/a b.yaml"} {
		checkPastes(t, login, file)
	}
}

// checkPastes checks the printed commands for a user with that login, where the configuration
// is named as file; "" is found without that.
func checkPastes(t *testing.T, login, file string) {
	t.Helper()
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
		at := filepath.Join(p.dir, cmp.Or(file, "cardea.yaml"))
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			t.Fatal(err)
		}
		writeFile(t, at, "data: d\n")
		var with []string
		if file != "" {
			with = []string{"--config", file}
		}
		secret := ""
		run := func(args string) {
			t.Helper()
			if !strings.HasPrefix(args, "user add") && strings.Contains(args, "KID") {
				p.runWords(append(slices.Clone(with), "keys", "list"))
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
			p.runWords(append(slices.Clone(with), split(words)...))
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
			checkNamed(t, c.args, file, m[1])
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

// checkNamed checks that a printed command names the configuration with which the command that
// prints it was run.
func checkNamed(t *testing.T, args, file, line string) {
	t.Helper()
	if named := strings.HasPrefix(line, "cardea --config "); named == (file == "") && line != "cardea dev" {
		t.Errorf("%s with --config %q prints %s", args, file, line)
	}
}

// TestPrinted_config: whatever a command prints, its commands name the configuration, and its
// JSON is JSON.
func TestPrinted_config(t *testing.T) {
	t.Chdir(t.TempDir())
	const file = "a\"b.yaml"
	writeFile(t, file, readOnlyConfig)
	all := reading()
	for _, c := range managing() {
		all = append(all, c.args)
	}
	all = append(all, "keys list", "user show", "user add", "apikey revoke some", "session revoke some", "user delete some", "token revoke some", "user disable some", "token inspect some", "plugin reload", "serve")
	writeFile(t, "broken.yaml", "data: [\n")
	p, seen := &place{t: t}, 0
	for _, config := range []string{file, "broken.yaml", "missing.yaml"} {
		for _, args := range all {
			if args == "serve" && config == file {
				continue
			}
			p.runWords(append([]string{"--config", config}, strings.Fields(args)...))
			for _, m := range regexp.MustCompile("'(cardea [^']*)'").FindAllStringSubmatch(p.out+actLine.ReplaceAllString(p.errs, ""), -1) {
				checkNamed(t, args, config, m[1])
				seen++
			}
			if strings.HasPrefix(p.out, "{") && !json.Valid([]byte(p.out)) {
				t.Errorf("%s prints no JSON: %s", args, p.out)
			}
		}
	}
	if seen < 30 {
		t.Errorf("%d commands are printed", seen)
	}
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
