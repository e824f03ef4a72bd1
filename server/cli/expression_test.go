package cli

import (
	"path/filepath"
	"testing"
)

// TestExpression_config: an expression in the configuration is checked with its place,
// and bound.
func TestExpression_config(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "cardea.yaml")
	const head = "store: {driver: memory}\nupstreams: {app: {url: \"builtin:demo\"}}\nrules: [{name: all, path: /**, access: required, upstream: app}]\n"
	putFile(t, file, head+"hooks: [{point: auth-expire, order: 5, expr: 'min(lifetime, 900)'}]\n")
	rootOK(t, []string{"hooks[0](5)"}, "hooks", "list", "--config", file)
	for text, want := range map[string]string{
		"{point: auth-expire, expr: 'min(livetime, 900)'}": "livetime",
		"{point: auth-expire, expr: '1', plugin: x}":       "both a plugin and an expression",
		"{point: login-failed, expr: 'true'}":              "bind a plugin",
	} {
		putFile(t, file, head+"hooks: ["+text+"]\n")
		rootFails(t, want, "config", "check", "--config", file)
	}
}
