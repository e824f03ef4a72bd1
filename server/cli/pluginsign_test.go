package cli

import (
	"path/filepath"
	"testing"

	"github.com/cardea-auth/cardea/server/cli/internal/command"
)

// TestPluginSign: the public key tells a signed plugin from a changed one.
func TestPluginSign(t *testing.T) {
	dir, key := copyModule(t), filepath.Join(t.TempDir(), "author.jwk")
	pluginFails(t, "no key: name its file with --key", "sign", dir)
	pluginFails(t, "not signed", "verify", "--key", strangersKey(t), dir)
	pluginOK(t, []string{"Created the key", "Next: cardea plugin verify"}, "sign", "--generate", "--key", key, dir)
	pluginOK(t, []string{"is signed by", "Next: in cardea.yaml, set signed: true"}, "verify", "--key", key+".pub", dir)
	pluginFails(t, "file exists: leave --generate out", "sign", "--generate", "--key", key, dir)
	pluginFails(t, "no private part", "sign", "--key", key+".pub", dir)
	pluginFails(t, "signature", "verify", "--key", strangersKey(t), dir)
	manifest := filepath.Join(dir, "short-expiry.json")
	putFile(t, manifest, `{"name":"short-expiry","abi":{"major":1},"hooks":["auth-expire","token-claims"],"grants":{"write":["*"]}}`)
	pluginFails(t, "another manifest", "verify", "--key", key+".pub", dir)
}

// TestPluginSign_keyOnly: a key can be created before there is a plugin; if a named
// plugin is missing, the command fails and creates no key.
func TestPluginSign_keyOnly(t *testing.T) {
	signed := copyModule(t)
	emptyFolder(t)
	pluginOK(t, []string{"Created the key k.pem", "Next: cardea plugin sign --key k.pem PATH"}, "sign", "--generate", "--key", "k.pem")
	pluginFails(t, "cardea plugin new", "sign", "--generate", "--key", "other.pem", "nowhere")
	if command.Exists("other.pem") {
		t.Error("a key was created for a missing plugin")
	}
	pluginFails(t, "no manifest", "sign", "--key", "k.pem")
	pluginOK(t, []string{"Signed", "Next: cardea plugin verify --key k.pem.pub"}, "sign", "--key", "k.pem", signed)
}

// strangersKey creates a key that has signed nothing.
func strangersKey(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "unknown.jwk")
	pluginOK(t, nil, "sign", "--generate", "--key", file, copyModule(t))
	return file + ".pub"
}
