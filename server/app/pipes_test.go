//go:build unix

package app

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Wherever the configuration names a file, a pipe in its place is refused at once.
func TestOpen_pipes(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"key":         "keys: {file: PIPE}",
		"issuer":      "issuers: [{name: idp, issuer: https://idp.example, audience: [a], algorithms: [RS256], jwks_file: PIPE}]",
		"plugin":      "plugins: [{name: p, file: PIPE}]",
		"signer":      "sandbox: {signers: [{name: s, file: PIPE}]}",
		"secret":      "keys: {secret_file: PIPE}",
		"certificate": "server: {tls: {cert_file: PIPE, key_file: PIPE}}",
		"passwords": "upstreams: {a: {url: 'http://127.0.0.1:1', identity: application-password, passwords_file: PIPE}}\n" +
			"rules: [{name: r, path: '/**', upstream: a}]",
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan error, 1)
			cfg := strings.ReplaceAll(text, "PIPE", pipe)
			go func() { done <- tryOpen(t, cfg) }()
			select {
			case err := <-done:
				if err == nil || !strings.Contains(err.Error(), "not a regular file") {
					t.Errorf("got %v, want it refused as not a regular file", err)
				}
			case <-time.After(20 * time.Second):
				t.Error("it waits for a writer")
			}
		})
	}
}

// tryOpen returns the error of a server with this configuration.
func tryOpen(t *testing.T, text string) error {
	cfg, err := tryLoad(t, "data: d\nstore: {driver: memory}\n"+text)
	if err != nil {
		return err
	}
	cfg.Server.Listen, cfg.Server.AdminListen = "127.0.0.1:0", "127.0.0.1:0" // others may have taken the usual ports
	s, err := New(cfg, Options{Version: "test", Compiler: compiler})
	if err != nil {
		return err
	}
	if err := s.Start(t.Context()); err != nil {
		return err
	}
	return s.Stop(t.Context())
}
