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
			{"user disable anna", "tokens in Cardea's own format stay valid until they expire, here too, and --undo restores sessions and tokens of mounts, but no session whose client tried to refresh it meanwhile, as revocation.on.disable is false: 'cardea session revoke --user anna' ends everything"},
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

// TestToken_disabledBefore: the token of a mount that was revoked when its user was disabled is
// said to be, and nothing is said to be left; one that is only refused meanwhile is revoked.
func TestToken_disabledBefore(t *testing.T) {
	for on, want := range map[string]struct {
		status int
		says   string
	}{"true": {1, "nothing was revoked: the token was revoked with all of its user's before"}, "false": {0, "it was already refused (this account is disabled)"}} {
		p := &place{t: t, dir: t.TempDir()}
		writeFile(t, p.dir+"/cardea.yaml", "data: d\nrevocation: {on: {disable: "+on+"}}\nmounts: [{name: shop, dialect: wpjwt, issuer: 'https://shop.example'}]\n")
		for _, args := range []string{"user add anna", "token issue anna --token-format shop", "user disable anna"} {
			if p.run(args); p.status != 0 {
				t.Fatalf("%s: %s", args, p.errs)
			}
		}
		p.run("token revoke TOKEN")
		if p.status != want.status || !strings.Contains(p.out+p.errs, want.says) || strings.Contains(p.out+p.errs, "still be valid") == (on == "true") {
			t.Errorf("on disable %s: exit %d, %s%s; want %q", on, p.status, p.out, p.errs, want.says)
		}
	}
}

// TestRotate_cut: a rotation says that it ends an even older secret only if that was accepted.
func TestRotate_cut(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", "data: d\n")
	p := &place{t: t}
	for _, c := range []struct {
		args string
		cut  bool
	}{
		{"user add anna", false}, {"apikey create anna", false}, {"apikey rotate KEY", false}, {"apikey rotate KEY", true}, {"apikey rotate KEY --overlap 0", true},
		{"apikey rotate KEY", false}, {"token revoke --everything --yes", false}, {"apikey rotate KEY", false}, {"apikey rotate KEY", false}, {"apikey rotate KEY", true},
	} {
		if p.run(c.args); p.status != 0 || strings.Contains(p.out, "an even older secret") != c.cut {
			t.Errorf("%s: exit %d %s%s; want that an older secret ends: %t", c.args, p.status, p.out, p.errs, c.cut)
		}
	}
}

// TestUser_roles: a role that is almost one of those that decide is pointed out.
func TestUser_roles(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", "data: d\nupstreams: {app: {url: 'builtin:demo'}}\nrules: [{name: a, path: /a/**, roles: [shop_manager]}]\n")
	for role, near := range map[string]string{
		"administrator": "", "Administrator": "administrator", "adminstrator": "administrator", "ADMINISTRATORS": "administrator",
		"shop_manager": "", "shop-manager": "shop_manager", "Shop_Manager": "shop_manager", "subscriber": "", "editor": "",
	} {
		code, out := here(t, "user add u"+strings.ToLower(role)+near+" --role "+role)
		if said := "did you mean " + near + "?"; code != 0 || strings.Contains(out, said) != (near != "") || strings.Contains(out, "did you mean") != (near != "") {
			t.Errorf("%s: exit %d %s; want %q", role, code, out, near)
		}
	}
}
