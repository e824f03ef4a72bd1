package main

import (
	"path/filepath"
	"testing"
)

// TestPluginSign: who has the public key can tell a signed plugin from a changed
// one.
func TestPluginSign(t *testing.T) {
	dir, key := copyModule(t), filepath.Join(t.TempDir(), "author.jwk")
	pluginFails(t, "which key?", "sign", dir)
	pluginFails(t, "not signed", "verify", "--key", strangersKey(t), dir)
	pluginOK(t, []string{"Made the key", "Next: cardea plugin verify"}, "sign", "--generate", "--key", key, dir)
	pluginOK(t, []string{"is signed by"}, "verify", "--key", key+".pub", dir)
	pluginFails(t, "file exists", "sign", "--generate", "--key", key, dir)
	pluginFails(t, "no private part", "sign", "--key", key+".pub", dir)
	pluginFails(t, "signature", "verify", "--key", strangersKey(t), dir)
	manifest := filepath.Join(dir, "short-expiry.json")
	putFile(t, manifest, `{"name":"short-expiry","abi":{"major":1},"hooks":["auth-expire","token-claims"],"grants":{"write":["*"]}}`)
	pluginFails(t, "another manifest", "verify", "--key", key+".pub", dir)
}

// strangersKey makes a key that has signed nothing.
func strangersKey(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "stranger.jwk")
	if err := generateKey(file); err != nil {
		t.Fatal(err)
	}
	return file + ".pub"
}
