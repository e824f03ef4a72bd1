package cli

import (
	"strings"
	"testing"
)

// TestUser_revokeOn: the output of a change of a user agrees with revocation.on about
// sessions and tokens.
func TestUser_revokeOn(t *testing.T) {
	t.Chdir(t.TempDir())
	for on, all := range map[string][]struct{ args, says string }{
		"true": {
			{"user passwd anna", "their sessions and tokens have ended\n"},
			{"user disable anna", "are revoked permanently"},
			{"user disable anna --undo", "from before stay revoked"},
			{"user delete anna", "their sessions, tokens and API keys have ended\n"},
		},
		"false": {
			{"user passwd anna", "stay valid, as revocation.on.password is false: 'cardea session revoke --user anna' ends them"},
			{"user disable anna", "tokens in Cardea's own format stay valid until they expire, here too, and --undo restores sessions and tokens of mounts, as revocation.on.disable is false: 'cardea session revoke --user anna' ends everything"},
			{"user disable anna --undo", "sessions and tokens that have neither expired nor been revoked are valid"},
			{"user disable anna", "revocation.on.disable is false"},
			{"session revoke --user anna", ""},
			{"user delete anna", "tokens stay valid until they expire, as revocation.on.delete is false"},
		},
	} {
		writeFile(t, "cardea.yaml", "data: "+on+"\nrevocation: {on: {password: "+on+", disable: "+on+", delete: "+on+"}}\n")
		if code, out := here(t, "user add anna"); code != 0 {
			t.Fatal(out)
		}
		for _, c := range all {
			if code, out := here(t, c.args); code != 0 || !strings.Contains(out, c.says) {
				t.Errorf("on: %s, %s: exit %d, %s; want %q", on, c.args, code, out, c.says)
			}
		}
	}
}

// TestUser_lastAdministrator: removing the last administrator causes a warning; other
// removals do not.
func TestUser_lastAdministrator(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", "data: d\n")
	for _, c := range []struct {
		args string
		last bool
	}{
		{"user add root --role administrator", false}, {"user add eve --role administrator", false}, {"user add anna", false},
		{"user disable anna", false}, {"user delete anna", false},
		{"user disable eve", false}, {"user disable root", true}, {"user disable root --undo", false},
		{"user delete eve", false}, {"user add eve --role administrator", false}, {"user delete root", false}, {"user delete eve", true},
	} {
		if code, out := here(t, c.args); code != 0 || strings.Contains(out, "the last administrator who could log in") != c.last {
			t.Errorf("%s: exit %d, %s; want the warning: %v", c.args, code, out, c.last)
		}
	}
}
