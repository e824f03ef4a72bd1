package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/keys"
)

// TestKeys_ofSettings: 'keys list' shows keys that are settings; for these, 'keys revoke'
// and 'keys rotate' fail, change nothing and say what to do.
func TestKeys_ofSettings(t *testing.T) {
	const server = "server: {listen: \"127.0.0.1:0\", admin_listen: \"127.0.0.1:0\", shutdown_delay: 0s, public_url: \"https://gate.example\"}\n"
	const good = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF"
	for _, c := range []struct {
		name, text, args string
		ok               bool
		says             string
	}{
		{"mount", "mounts: [{name: shop, dialect: wpjwt, secret: " + good + "}]\n", "keys revoke shop", false, `"shop" is a mount with a secret of its own, which is a setting: write a new one there and at the site, and restart the server`},
		{"weak mount", "mounts: [{name: shop, dialect: wpjwt, secret: hunter2, allow_weak_secret: true}]\n", "keys revoke shop", false, "which is a setting"},
		{"mounts listed", "mounts: [{name: shop, dialect: wpjwt, secret: " + good + "}]\n", "keys list", true, "The secret of mount shop signs and verifies its tokens (HS256). It is a setting: 'cardea keys revoke shop' says"},
		{"weak mounts listed", "mounts: [{name: shop, dialect: wpjwt, secret: hunter2, allow_weak_secret: true}]\n", "keys list", true, "verifies but does not sign its tokens"},
		{"replaced one listed", "mounts: [{name: shop, dialect: wpjwt, secret: " + good + ", secret_previous: hunter2hunter2, allow_weak_secret: true, secret_previous_until: 2099-01-31T18:00:00Z}]\n", "keys list", true, "The secret before it verifies until 2099-01-31T18:00:00Z, as secret_previous."},
		{"mount without one", "mounts: [{name: shop, dialect: wpjwt}]\n", "keys revoke shop", false, `no signing key has the id "shop"`},
		{"key of one's own", "keys: {secret: " + good + "}\n", "keys revoke some", false, "the key is given by the configuration, in keys.secret, keys.secret_file or keys.file: write another one there, and restart the server"},
		{"key of one's own, a mount", "keys: {secret: " + good + "}\nmounts: [{name: shop, dialect: wpjwt}]\n", "keys revoke shop", false, `no signing key has the id "shop", and nothing was changed: the key is given`},
		{"key of one's own, a user", "keys: {secret: " + good + "}\n", "keys revoke anna", false, `"anna" is the login of a user`},
		{"key of one's own, listed", "keys: {secret: " + good + "}\n", "keys list", true, "-    HS256      active"},
		{"key of one's own, what then", "keys: {secret: " + good + "}\n", "keys list", true, "The key is a setting. If it leaked, write another one there, and restart the server"},
		{"rotation of it", "keys: {secret: " + good + "}\n", "keys rotate", false, "the key is given by the configuration"},
		{"weak key", "keys: {secret: hunter2, allow_weak_secret: true}\n", "keys revoke weak-secret", false, "the key is given by the configuration"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &place{t: t, dir: t.TempDir()}
			writeFile(t, filepath.Join(p.dir, "cardea.yaml"), server+"data: d\n"+c.text)
			p.run("user add anna")
			stop := startServe(t, p.dir)
			for _, served := range []bool{true, false} {
				if !served {
					stop()
				}
				p.run("keys list")
				before := p.out
				p.run(c.args)
				if (p.status == 0) != c.ok || !strings.Contains(p.out+p.errs, c.says) {
					t.Errorf("served %t: exit %d, %q %q; want success %t and %q", served, p.status, p.out, p.errs, c.ok, c.says)
				}
				if p.run("keys list"); p.out != before {
					t.Errorf("served %t: the keys were\n%s\nand are\n%s", served, before, p.out)
				}
			}
		})
	}
}

// TestKeysExport_mount: the public key of a mount with a private key is exported, with the
// certificate that stands beside it or else a self-signed one; a secret is not.
func TestKeysExport_mount(t *testing.T) {
	p := &place{t: t, dir: t.TempDir()}
	key, err := keys.Generate("RS256", nil)
	if err != nil {
		t.Fatal(err)
	}
	private, err := keys.ExportPEM(key, true)
	if err != nil {
		t.Fatal(err)
	}
	other, err := keys.Generate("RS256", nil)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := keys.ExportPEM(other, true)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := keys.ExportCertificate(key, "shop", time.Now(), time.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(p.dir, "pair.pem"), string(private)+string(certificate))
	writeFile(t, filepath.Join(p.dir, "bare.pem"), string(bare))
	writeFile(t, filepath.Join(p.dir, "cardea.yaml"), "data: d\nmounts: [{name: shop, dialect: miniorange, host: a.example, secret_file: pair.pem}, {name: bare, dialect: miniorange, host: b.example, secret_file: bare.pem},\n"+
		"  {name: blog, dialect: wpjwt, host: c.example, secret: 0123456789abcdefghijklmnopqrstuvwxyzABCDEF}, {name: auth, dialect: native}]\ntokens: {sites: ['*']}\nmethods: [{type: jwt}]\n")
	p.run("user add anna")
	for _, c := range []struct {
		args, says string
		ok         bool
	}{
		{"--mount shop --format cert", strings.TrimSpace(string(certificate)) + "\n", true},
		{"--mount shop", "-----BEGIN PUBLIC KEY-----\n", true},
		{"--mount shop --format jwk", `"x5c":["`, true},
		{"--mount shop --format jwks", `{"keys":[{"`, true},
		{"--mount bare --format cert", "-----BEGIN CERTIFICATE-----\n", true},
		{"--mount blog --format pem", "an HMAC secret has no PEM form", false},
		{"--mount auth", `no mount with a key of its own is called "auth"`, false},
		{"--mount nothere", `no mount with a key of its own is called "nothere"`, false},
		{"--mount shop --kid x", "give one of them", false},
		{"--mount shop --for assertion", "have no effect with --for assertion", false},
	} {
		p.run("keys export " + c.args)
		if (p.status == 0) != c.ok || !strings.HasPrefix(p.out, c.says) && !strings.Contains(p.out+p.errs, c.says) || strings.Contains(p.out, "PRIVATE") {
			t.Errorf("keys export %s: exit %d, %q %q; want success %t and %q", c.args, p.status, p.out, p.errs, c.ok, c.says)
		}
	}
}
