package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestManage_noStore: without a server and a store, a command that reads or changes data
// fails and creates nothing; one that may create the store says that it does.
func TestManage_noStore(t *testing.T) {
	makes := map[string]bool{"user add anna": true, "apikey create anna": true, "token issue anna": true}
	commands := []string{
		"user list", "apikey list", "session list", "keys list", "keys list --for assertion", "keys export", "token inspect cdk_x",
		"session revoke some", "apikey revoke some", "apikey rotate some", "user delete anna", "user passwd anna", "token revoke garbage",
		"user disable --undo anna", "session revoke --user anna", "keys rotate --for assertion", "keys revoke some --for assertion",
		"user add anna", "apikey create anna", "token issue anna",
	}
	for _, c := range managing() {
		commands = append(commands, c.args)
	}
	for _, args := range commands {
		p := &place{t: t, dir: t.TempDir(), key: "none", token: "none", kid: "none"}
		writeFile(t, filepath.Join(p.dir, "cardea.yaml"), "data: wrong\n")
		p.run(args)
		verb := strings.Join(strings.Fields(args)[:min(3, len(strings.Fields(args)))], " ")
		_, err := os.Stat(filepath.Join(p.dir, "wrong"))
		switch made := err == nil; {
		case makes[verb] && !strings.Contains(p.errs, "a new store was created: "):
			t.Errorf("%s: exit %d, %q; want that a new store was created", args, p.status, p.errs)
		case !makes[verb] && (p.status == 0 || p.out != "" || made || !strings.Contains(p.errs, "there is no store at ")):
			t.Errorf("%s: exit %d, made %t, %q %q; want a refusal that makes nothing", args, p.status, made, p.out, p.errs)
		}
	}
}

// TestManage_readingMakesNothing: commands that read do not change the data directory.
func TestManage_readingMakesNothing(t *testing.T) {
	s := startDev(t, t.TempDir())
	file := filepath.Join(s.dir, "cardea-data", "assertion-keys.json")
	p := &place{t: t, dir: s.dir}
	for _, served := range []bool{true, false} {
		if !served {
			s.stop()
		}
		for _, args := range []string{"keys list --for assertion", "keys revoke none --for assertion", "keys list", "user list"} {
			p.run(args)
			if _, err := os.Stat(file); err == nil {
				t.Fatalf("served %t: %s made %s", served, args, file)
			}
		}
	}
}

// TestManage_hitsNothing: a command that matches nothing fails and says so; its output
// names what it matched; a credential given instead of its id is answered with the right
// command.
func TestManage_hitsNothing(t *testing.T) {
	s := startDev(t, t.TempDir())
	p := &place{t: t, dir: s.dir}
	p.run("apikey create admin --name used")
	secret := keyText(p.out)
	p.run("session list --all")
	for _, served := range []bool{true, false} {
		if !served {
			s.stop()
		}
		name := map[bool]string{true: "anna", false: "ben"}[served]
		p.run("user add " + name)
		p.run("apikey create " + name)
		for _, c := range []struct {
			args string
			ok   bool
			says string
		}{
			{"token revoke --id KEY", false, "is the id of an API key: 'cardea apikey revoke "},
			{"token revoke --id issuer:none:some", false, `no external issuer is called "none"`},
			{"token revoke --id issuer:none:some --issuer other", false, `the id is of issuer "none"`},
			{"token revoke --id issuer:", false, "must be issuer:<name>:<jti> or a jti"},
			{"apikey revoke " + secret, false, "the id is an API key itself: nothing was changed; 'cardea token revoke' revokes it"},
			{"session revoke " + secret, false, "'cardea token revoke' revokes it"},
			{"apikey revoke KEY", true, " of " + name},
			{"apikey revoke KEY", false, "was revoked before"},
			{"session revoke --user issuer:none:mallory", false, "names no user of an external issuer"},
			{"user disable issuer:none:mallory", false, "is a user of an external issuer"},
			{"session list issuer:none:mallory", false, "is a user of an external issuer"},
			{"keys rotate", served, "signs from"},
			{"keys rotate", false, "nothing was changed: a rotation is under way"},
			{"keys rotate --for assertion", served, ""},
			{"keys rotate --for assertion", false, "nothing was changed: a rotation is under way"},
			{"keys list --for assertion", true, "active"},
			{"keys revoke -- KID", false, "is a key that signs assertions, and no tokens: nothing was revoked; 'cardea keys revoke --for assertion "},
			{"apikey rotate some --overlap 100d", false, "--overlap is 100d: the overlap of two secrets must be 0 to 90d"},
		} {
			p.run(c.args)
			if (p.status == 0) != c.ok || !strings.Contains(p.out+p.errs, c.says) || strings.Contains(p.errs, secret[20:]) {
				t.Errorf("served %t, %s: exit %d, %q %q; want success %t and %q", served, c.args, p.status, p.out, p.errs, c.ok, c.says)
			}
		}
	}
	if strings.Contains(s.log.String(), secret[20:]) {
		t.Errorf("the log has the secret: %s", s.log)
	}
}

func keyText(out string) string {
	_, rest, _ := strings.Cut(out, "key: ")
	text, _, _ := strings.Cut(rest, " ")
	return text
}

// TestManage_rotatedKey: a rotation says what happens to each earlier secret, and is
// refused for a key with which no secret would work.
func TestManage_rotatedKey(t *testing.T) {
	s := startDev(t, t.TempDir())
	p := &place{t: t, dir: s.dir}
	step := func(args string, ok bool, says, not string) {
		t.Helper()
		p.run(args)
		all := p.out + p.errs
		if (p.status == 0) != ok || !strings.Contains(all, says) || not != "" && strings.Contains(all, not) {
			t.Errorf("%s: exit %d, %q; want success %t, %q and not %q", args, p.status, all, ok, says, not)
		}
	}
	for _, user := range []string{"anna", "ben", "carl"} {
		p.run("user add " + user)
	}
	p.run("apikey create anna")
	step("apikey rotate KEY --overlap 1h", true, "the old secret still works until ", "from now on")
	step("apikey rotate KEY --overlap 0", true, "the old secret is refused from now on\nan even older secret (valid until ", "still works")
	step("user disable anna", true, "", "")
	step("apikey rotate KEY", false, "this account is disabled", "works")
	p.run("apikey create ben --expires 1s")
	time.Sleep(1100 * time.Millisecond)
	step("apikey rotate KEY", false, "has expired", "works")
	p.run("apikey create carl")
	before := keyText(p.out)
	time.Sleep(10 * time.Millisecond)
	p.run("token revoke --everything --yes")
	time.Sleep(1100 * time.Millisecond) // the secret is of a second after the revocation
	step("apikey rotate KEY", true, "was already refused (revoked with everything)", "works")
	after := keyText(p.out)
	step("apikey list carl", true, "live", "still works")
	for secret, accepted := range map[string]bool{before: false, after: true} {
		step("token inspect "+secret, accepted, map[bool]string{true: "verdict    accepted: API key", false: "would be refused here"}[accepted], "")
		if a := s.get("/wp-json/wp/v2/users/me", bearer(secret)); (a.status < 400) != accepted {
			t.Errorf("the gateway answers %d; want the secret accepted: %t", a.status, accepted)
		}
	}
}

// TestTokenRevoke_asks: the question says what will be revoked.
func TestTokenRevoke_asks(t *testing.T) {
	s := startDev(t, t.TempDir())
	p := &place{t: t, dir: s.dir}
	if p.run("token revoke --everything --spare-api-keys"); !strings.Contains(p.errs, "API keys stay valid; continue?") {
		t.Errorf("with API keys spared: got %q, want text with %q", p.errs, "API keys stay valid; continue?")
	}
	if p.run("token revoke --everything"); !strings.Contains(p.errs, "every session, token and API key") {
		t.Errorf("with API keys: got %q, want text with %q", p.errs, "every session, token and API key")
	}
}

// TestTokenInspect_served: if a server is running, it gives the verdict, with the
// configuration that it was started with.
func TestTokenInspect_served(t *testing.T) {
	dir := t.TempDir()
	write := func(secret string) {
		writeFile(t, filepath.Join(dir, "cardea.yaml"), "data: d\nkeys: {secret: "+secret+"}\nserver: {listen: '127.0.0.1:0', admin_listen: '127.0.0.1:0'}\n")
	}
	write("pM3rT8vKq1ZsXo5Yd7LwNf2Jc9HbGa6E")
	p := &place{t: t, dir: dir}
	p.run("user add anna")
	stop := startServe(t, dir)
	p.run("token issue anna")
	write("Kq1ZsXo5Yd7LwNf2Jc9HbGa6EpM3rT8v")
	if p.run("token inspect TOKEN"); p.status != 0 || !strings.Contains(p.out, `verdict    accepted: user "anna"`) {
		t.Errorf("the server takes the token: %d %s%s", p.status, p.out, p.errs)
	}
	stop()
	if p.run("token inspect TOKEN"); p.status == 0 || !strings.Contains(p.errs, "would be refused here") {
		t.Errorf("without a server the file decides: %d %s%s", p.status, p.out, p.errs)
	}
}

// TestManage_namesUsers: lists show users by login, and a change of a user says which of
// their credentials end and which stay valid.
func TestManage_namesUsers(t *testing.T) {
	s := startDev(t, t.TempDir())
	p := &place{t: t, dir: s.dir}
	p.run("user add anna")
	p.run("apikey create anna")
	if p.run("apikey list"); !strings.Contains(p.out, "  anna  ") || strings.Contains(p.out, "u_") {
		t.Errorf("apikey list: %s%s\nwant the login and no subject", p.out, p.errs)
	}
	for _, c := range []struct{ args, says string }{
		{"user passwd anna", "still accepted: 1 API key"},
		{"user disable anna", "API keys are revoked permanently"},
		{"user disable anna --undo", "sessions, tokens and API keys from before stay revoked"},
		{"user delete anna", "their sessions, tokens and API keys have ended"},
	} {
		if p.run(c.args); p.status != 0 || !strings.Contains(p.out, c.says) {
			t.Errorf("%s: %d %s%s; want %q", c.args, p.status, p.out, p.errs, c.says)
		}
	}
}
