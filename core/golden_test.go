package core_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/keys"
)

// TestKept reads key files and tokens written in November 2026, which must never be
// regenerated. A change that refuses them would log out every user.
func TestKept(t *testing.T) {
	list, err := os.ReadFile("testdata/kept/tokens.txt")
	if err != nil {
		t.Fatal(err)
	}
	untried := map[string]bool{"HS256": true, "EdDSA": true, "ES256": true, "RS256": true}
	for line := range strings.Lines(string(list)) {
		algorithm, token, _ := strings.Cut(strings.TrimSpace(line), " ")
		t.Run(algorithm, func(t *testing.T) {
			delete(untried, algorithm)
			data, err := os.ReadFile("testdata/kept/" + algorithm + ".keys.json")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "keys.json")
			if err := os.WriteFile(file, data, 0o600); err != nil {
				t.Fatal(err)
			}
			c := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
			ring, err := keys.Open(context.Background(), keys.Config{File: file, Algorithm: algorithm, Now: c.Now})
			if err != nil {
				t.Fatal(err)
			}
			h := newTestEngine(t, func(c *core.Config) { c.Keys = ring })
			h.passes("a token from before", bearer(token), "alice")
			if now, err := os.ReadFile(file); err != nil || string(now) != string(data) {
				t.Errorf("the file was written anew, %v:\n%s", err, now)
			}
			if all := ring.All(); len(all) != 1 || ring.Active().Algorithm != algorithm {
				t.Errorf("the ring has %v, want the key of the file", all)
			}
		})
	}
	if len(untried) > 0 {
		t.Errorf("testdata has no tokens of %v", untried)
	}
}
