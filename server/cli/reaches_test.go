package cli

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// reaching is one step of a table of commands.
type reaching struct {
	args string
	ok   bool
	says string
}

// steps runs the commands in order. NAME stands for what an earlier command has made.
func (p *place) steps(made map[string]string, list []reaching) {
	p.t.Helper()
	var pairs []string
	for name, text := range made {
		pairs = append(pairs, name, text)
	}
	known := strings.NewReplacer(pairs...) // what it puts in is random, and is not read again
	for _, c := range list {
		if p.run(known.Replace(c.args)); (p.status == 0) != c.ok || !strings.Contains(p.out+p.errs, c.says) {
			p.t.Errorf("%s: exit %d, %q %q; want success %t and %q", c.args, p.status, p.out, p.errs, c.ok, c.says)
		}
	}
}

// TestManage_reaches: a command says what it does not reach, and refuses what it could not
// take back.
func TestManage_reaches(t *testing.T) {
	p := &place{t: t, dir: t.TempDir()}
	writeFile(t, filepath.Join(p.dir, "cardea.yaml"), "data: d\nkeys: {algorithm: RS256}\nmounts: [{name: shop, dialect: wpjwt, issuer: 'https://shop.example', secret: kT7vQ2mZ9xLr4Wc8Ns1Yp6Hd3Jf5Gb0A}]\n")
	made := map[string]string{}
	p.steps(made, []reaching{
		{"user add anna", true, ""},
		{"token issue anna --client c9 --token-format shop", false, `tokens of "shop" do not name their client`},
		{"token issue anna --client c9", true, ""},
		{"token revoke --client c9", true, "do not name their client, and stay valid until they expire: shop; "},
		{"token inspect TOKEN", false, "revoked"},
		{"session revoke some --user anna", false, `session "some" and user "anna" are given: give one`},
		{"apikey rotate some --overlap=-1h", false, "write it with a unit and without a sign"},
		{"token revoke --everything", false, "answer yes"},
		{"apikey create anna --expires 1h", true, ""},
	})
	made["OLD"] = keyText(p.out)
	p.steps(made, []reaching{
		{"apikey list", true, ""},
	})
	expiry := regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:]+Z`).FindString(p.out)
	p.steps(made, []reaching{
		{"apikey rotate KEY --overlap 1d", true, "still works until " + expiry},
		{"apikey list", true, "the old secret still works until " + expiry},
		{"token inspect OLD", true, "it is an old secret of the key, which a rotation has replaced: it is accepted until " + expiry},
		{"token inspect 'OLD'", true, "cardea: warning: what is not of the token was left out: quotation marks"},
		{"token revoke OLD", true, "that was an old secret, and the newest secret of the key is refused, too"},
		{"keys rotate", true, ""},
		{"keys list", true, ""},
		{"keys revoke -- KID", true, "accepts them, and whatever else the key signs, until it has fetched the keys again"},
		{"keys rotate --for assertion", true, "LISTED UNTIL"},
		{"keys revoke --for assertion -- KID", true, "a site believes the old key until its wp-config.php is changed"},
		{"keys list --for assertion", true, "LISTED UNTIL"},
	})
}

// TestManage_gone: what is printed for a user who is gone can be run, and works.
func TestManage_gone(t *testing.T) {
	for _, remains := range []bool{true, false} {
		p := &place{t: t, dir: t.TempDir()}
		writeFile(t, filepath.Join(p.dir, "cardea.yaml"), "data: d\nrevocation: {on: {delete: false}}\n")
		p.run("user add anna")
		if remains {
			p.run("apikey create anna")
		}
		p.run("token issue anna")
		first := p.token
		p.run("token issue anna")
		p.run("user delete anna")
		p.run("user add anna") // somebody else by now
		p.run("token revoke TOKEN")
		cure := regexp.MustCompile(`'cardea ((?:session|token) revoke --\w+[^']*)'`).FindStringSubmatch(p.out)
		if p.status != 0 || cure == nil || strings.HasSuffix(cure[1], " anna") {
			t.Fatalf("remains %t: exit %d %s%s; want a command that does not name anna", remains, p.status, p.out, p.errs)
		}
		if strings.HasSuffix(cure[1], "--everything") {
			cure[1] += " --yes"
		}
		if p.run("token inspect " + first); p.status != 0 {
			t.Errorf("remains %t: the other token is refused before: %s", remains, p.errs)
		}
		if p.run(cure[1]); p.status != 0 {
			t.Errorf("remains %t: %s: %s", remains, cure[1], p.errs)
		}
		if p.run("token inspect " + first); p.status == 0 {
			t.Errorf("remains %t: the other token is accepted after %s", remains, cure[1])
		}
	}
}

// TestTokenRevoke_mistake: beside a mistake in the mount that may be the token's, nothing is
// said of the token.
func TestTokenRevoke_mistake(t *testing.T) {
	p := &place{t: t, dir: t.TempDir()}
	file := filepath.Join(p.dir, "cardea.yaml")
	const good = "data: d\nmounts: [{name: shop, dialect: wpjwt, issuer: 'https://shop.example'}]\n"
	writeFile(t, file, good)
	p.run("user add anna")
	p.run("token issue anna --token-format shop")
	ofShop := p.token
	p.run("token issue anna")
	writeFile(t, file, strings.Replace(good, "}]", ", secret_file: nothere}]", 1))
	p.steps(map[string]string{"SHOP": ofShop}, []reaching{
		{"token revoke SHOP", false, `whether the token is to be revoked cannot be told: mount "shop" has a mistake`},
		{"token revoke TOKEN", true, "revoked the access token"},
	})
	writeFile(t, file, good)
	p.steps(map[string]string{"SHOP": ofShop}, []reaching{{"token revoke SHOP", true, "revoked the access token"}})
}

// TestManage_elsewhere: where users are kept in another place, that place is named.
func TestManage_elsewhere(t *testing.T) {
	p := &place{t: t, dir: t.TempDir()}
	file := filepath.Join(p.dir, "cardea.yaml")
	writeFile(t, file, "data: d\nkeys: {secret: pM3rT8vKq1ZsXo5Yd7LwNf2Jc9HbGa6E}\n")
	p.run("user add anna")
	p.steps(nil, []reaching{
		{"keys export", false, "the tokens are signed with keys.secret, which is not exported"},
		{"token inspect \"\"", false, "no token is given"},
		{"token revoke \"Bearer\"", false, "nothing was revoked"},
	})
	writeFile(t, file, "data: d\nusers: [{type: wordpress, name: blog, dsn: 'ro:x@tcp(127.0.0.1:1)/blog'}]\n")
	p.steps(nil, []reaching{
		{"user list", false, "the users cannot be listed from here: list and change users where they are kept, such as in WordPress"},
		{"user disable anna", false, "such as in WordPress"},
	})
}

// TestExit_noConfig: a configuration that is missing has one exit status, named or not.
func TestExit_noConfig(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range []string{"user list", "user disable anna", "user list --config nothere.yaml", "config check --config nothere.yaml"} {
		if code, out := here(t, args); code != exitConfig {
			t.Errorf("%s: exit %d %s", args, code, out)
		}
	}
}
