package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/server/app"
)

// TestServe_changedSecret: check and doctor report a changed secret of a mount before the
// restart, and the start logs it once; tokens that they say are refused are refused.
func TestServe_changedSecret(t *testing.T) {
	app.Quiet()
	dir, err := os.MkdirTemp("", "secret") // short: a socket's path is bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Chdir(dir)
	p := &place{t: t, dir: dir}
	writeFile(t, "cardea.yaml", "data: d\nserver: {listen: '127.0.0.1:0', admin_listen: '127.0.0.1:0', shutdown_delay: 0s}\n"+
		"mounts: [{name: shop, dialect: wpjwt, issuer: 'https://shop.example', secret_file: shop.secret}]\n")
	writeFile(t, "shop.secret", "kT7vQ2mZ9xLr4Wc8Ns1Yp6Hd3Jf5Gb0A\n")
	const changed, unchanged = "the secret of mount shop is not the one of the last start (in use since at least 20", "the secret of mount shop is in use since at least 20"
	doctor := "doctor " + stub(t, nil)
	tells := func(when, args, says string, want bool) {
		t.Helper()
		if _, out := here(t, args); strings.Contains(out, says) != want {
			t.Errorf("%s, %s: %s\nwant it to say %q: %t", when, args, out, says, want)
		}
	}
	tells("before the first start", "config check", changed, false)
	tells("before the first start", doctor, unchanged, false)
	if _, said := serveUntilUp(t); strings.Contains(said, "secret of a mount") {
		t.Errorf("the first start says\n%s", said)
	}
	tells("after it", "config check", changed, false)
	tells("after it", doctor, unchanged, true)
	p.run("user add anna")
	if p.run("token issue anna --token-format shop"); p.status != 0 {
		t.Fatal(p.errs)
	}
	old := p.token
	writeFile(t, "shop.secret", "A0bG5fJ3dH6pY1sN8cW4rL9xZ2mQ7vTk\n")
	tells("after the change", "config check", "mounts[0].secret_file: "+changed, true)
	tells("after the change", "config check", "cardea.yaml:3:", true)
	tells("after the change", "config check --offline", changed, false)
	tells("after the change", doctor, changed, true)
	if p.run("token inspect " + old); p.status == 0 || !strings.Contains(p.errs, "would be refused here") {
		t.Errorf("the token of the old secret: exit %d %s%s", p.status, p.out, p.errs)
	}
	const event = `"msg":"the secret of a mount was changed since the last start`
	if _, said := serveUntilUp(t); strings.Count(said, event) != 1 || !strings.Contains(said, `"mount":"shop"`) || !strings.Contains(said, `"refused":"tokens that the old secret signed"`) {
		t.Errorf("the start says nothing of the change:\n%s", said)
	}
	if _, said := serveUntilUp(t); strings.Contains(said, event) {
		t.Errorf("it is reported again:\n%s", said)
	}
	tells("after the restart", doctor, changed, false)
	file := filepath.Join("d", "mount-secrets.json")
	writeFile(t, file, "{")
	tells("damaged", "config check", "data: cannot tell whether the secret of a mount was changed", true)
	tells("damaged", doctor, "cannot tell whether a secret was changed", true)
	if started, said := serveUntilUp(t); !started || strings.Count(said, `"msg":"the record of the mounts' secrets cannot be read and is created again`) != 1 {
		t.Errorf("started %t, got for the damaged file\n%s", started, said)
	}
	tells("created again", "config check", "it is not known", false)
}

// TestServe_replacedSecret: a secret that the previous one replaces logs nobody out: the
// check, doctor, the start and 'keys list' say until when the old tokens are accepted, and
// they are.
func TestServe_replacedSecret(t *testing.T) {
	app.Quiet()
	dir, err := os.MkdirTemp("", "secret") // short: a socket's path is bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Chdir(dir)
	p := &place{t: t, dir: dir}
	settings := func(more string) {
		writeFile(t, "cardea.yaml", "data: d\nserver: {listen: '127.0.0.1:0', admin_listen: '127.0.0.1:0', public_url: 'https://shop.example', shutdown_delay: 0s}\n"+
			"mounts: [{name: shop, dialect: wpjwt, issuer: 'https://shop.example', secret_file: shop.secret"+more+"}]\n")
	}
	settings("")
	writeFile(t, "shop.secret", "kT7vQ2mZ9xLr4Wc8Ns1Yp6Hd3Jf5Gb0A\n")
	serveUntilUp(t)
	p.run("user add anna")
	if p.run("token issue anna --token-format shop"); p.status != 0 {
		t.Fatal(p.errs)
	}
	old := p.token
	if err := os.Rename("shop.secret", "before.secret"); err != nil {
		t.Fatal(err)
	}
	writeFile(t, "shop.secret", "A0bG5fJ3dH6pY1sN8cW4rL9xZ2mQ7vTk\n")
	end := time.Now().Add(3 * time.Hour).UTC().Truncate(time.Second)
	settings(", secret_previous_file: before.secret, secret_previous_until: " + end.Format(time.RFC3339))
	lives := "tokens that the previous secret of mount shop signed are accepted until " + end.Format(time.RFC3339)
	doctor := "doctor " + stub(t, nil)
	for _, args := range []string{"config check", doctor} {
		if _, out := here(t, args); strings.Contains(out, "refuses") || !strings.Contains(out, "is not the one of the last start") || !strings.Contains(out, lives) {
			t.Errorf("%s, before the restart:\n%s", args, out)
		}
	}
	if _, said := serveUntilUp(t); strings.Contains(said, "was changed") || strings.Count(said, `"msg":"the secret of a mount was replaced`) != 1 || !strings.Contains(said, `"accepted_until":"`+end.Format(time.RFC3339)) {
		t.Errorf("the start logs for the replaced secret\n%s", said)
	}
	if _, out := here(t, "config check"); strings.Contains(out, "mounts[0]") {
		t.Errorf("config check, after the restart:\n%s", out)
	}
	if _, out := here(t, doctor); !strings.Contains(out, "in use since") || !strings.Contains(out, lives) {
		t.Errorf("doctor, after the restart:\n%s", out)
	}
	if p.run("keys list"); !strings.Contains(p.out, "The secret before it verifies until "+end.Format(time.RFC3339)) {
		t.Errorf("keys list: got %s%s, want text with %q", p.out, p.errs, "The secret before it verifies until "+end.Format(time.RFC3339))
	}
	if p.run("token inspect " + old); p.status != 0 || !strings.Contains(p.out, `verdict    accepted: user "anna"`) {
		t.Errorf("the old token, before the end: exit %d %s%s", p.status, p.out, p.errs)
	}
	settings(", secret_previous_file: before.secret, secret_previous_until: " + time.Now().Add(-time.Second).Format(time.RFC3339))
	if p.run("token inspect " + old); p.status == 0 || !strings.Contains(p.errs, "would be refused here") {
		t.Errorf("the old token, after the end: exit %d %s%s", p.status, p.out, p.errs)
	}
	if _, out := here(t, "config check"); !strings.Contains(out, "mounts[0].secret_previous_until: ") || !strings.Contains(out, "so secret_previous has no effect") {
		t.Errorf("config check, after the end:\n%s", out)
	}
}

// TestTokenRevoke_leakedSecret: a token signed with a leaked secret and dated in the future
// is not covered by a revocation by time, which the output says, and is refused after the
// secret is changed.
func TestTokenRevoke_leakedSecret(t *testing.T) {
	p := &place{t: t, dir: t.TempDir()}
	const leaked = "kT7vQ2mZ9xLr4Wc8Ns1Yp6Hd3Jf5Gb0A"
	settings := func(secret string) {
		writeFile(t, filepath.Join(p.dir, "cardea.yaml"), "data: d\nmounts: [{name: shop, dialect: wpjwt, issuer: 'https://shop.example', secret: "+secret+"}]\n")
	}
	settings(leaked)
	p.run("user add anna --number 7")
	key, err := keys.FromSecret("", "HS256", leaked)
	if err != nil {
		t.Fatal(err)
	}
	object := func(name string, value any) api.Claims { return api.NewClaims(api.Claim{Name: name, Value: value}) }
	if p.run("token revoke --everything --yes"); p.status != 0 || !strings.Contains(p.out, "whoever has a secret or key that leaked can still make tokens") {
		t.Errorf("token revoke --everything: exit %d %s%s", p.status, p.out, p.errs)
	}
	from := time.Now().Truncate(time.Second).Add(time.Second) // the token would be the same, made before the revocation
	claims := api.ParsedClaims([]api.Claim{
		{Name: "iss", Value: "https://shop.example"}, {Name: "iat", Value: from.Unix()}, {Name: "nbf", Value: from.Unix()},
		{Name: "exp", Value: from.Add(time.Hour).Unix()}, {Name: "data", Value: object("user", object("id", "7"))},
	})
	forged, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}, {Name: "alg", Value: "HS256"}}, claims, key)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Until(from))
	if p.run("token inspect " + forged); p.status != 0 || !strings.Contains(p.out, `verdict    accepted: user "anna"`) {
		t.Errorf("with the leaked secret: exit %d %s%s", p.status, p.out, p.errs)
	}
	settings("A0bG5fJ3dH6pY1sN8cW4rL9xZ2mQ7vTk")
	if p.run("token inspect " + forged); p.status == 0 || !strings.Contains(p.errs, "would be refused here") {
		t.Errorf("with another: exit %d %s%s", p.status, p.out, p.errs)
	}
}

// TestKeys_leftMount: where no server runs, the secret of a mount with a mistake is not known,
// and the commands for keys say so.
func TestKeys_leftMount(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, c := range map[string]struct{ mounts, said string }{
		"fine":    {"[{name: shop, dialect: wpjwt, issuer: 'https://shop.example', secret: kT7vQ2mZ9xLr4Wc8Ns1Yp6Hd3Jf5Gb0A}]", ""},
		"mistake": {"[{name: shop, dialect: wpjwt, issuer: 'https://shop.example', secret_file: nothere}]", "shop"},
		"unread":  {"all", "?"},
	} {
		writeFile(t, "cardea.yaml", "data: "+name+"\nmounts: "+c.mounts+"\n")
		if code, out := here(t, "user add anna"); code != 0 {
			t.Fatal(out)
		}
		if code, out := here(t, "keys list"); code != 0 || strings.Contains(out, "A secret of mount "+c.said+" is not listed") != (c.said != "") {
			t.Errorf("%s: keys list: exit %d %s", name, code, out)
		}
		if code, out := here(t, "keys revoke shop"); code == 0 || strings.Contains(out, "has a mistake, so its secret is not known here") != (c.said != "") {
			t.Errorf("%s: keys revoke shop: exit %d %s", name, code, out)
		}
		if code, out := here(t, "keys revoke other"); code == 0 || !strings.Contains(out, `no signing key has the id "other"`) || strings.Contains(out, "not known here") != (c.said == "?") {
			t.Errorf("%s: keys revoke other: exit %d %s", name, code, out)
		}
	}
}
