package cli

import (
	"strings"
	"testing"
)

// TestKeysRevoke_older: the advice about a leaked key file names the keys that were in
// it, but not the one that the command created.
func TestKeysRevoke_older(t *testing.T) {
	s := startDev(t, t.TempDir())
	p := &place{t: t, dir: s.dir}
	for _, served := range []bool{true, false} {
		if !served {
			s.stop()
		}
		p.run("keys list")
		only := p.kid
		if p.run("keys revoke -- KID"); p.status != 0 || !strings.Contains(p.out, "created the key above: no older key is left") || strings.Contains(p.out, "leaked") {
			t.Errorf("served %t, the only key: %d %s%s; want that the key is new", served, p.status, p.out, p.errs)
		}
		if p.kid == only {
			t.Fatalf("served %t: key %s is active after it was revoked", served, only)
		}
		p.run("keys rotate")
		before, _, _ := strings.Cut(p.out, " signs from ")
		next := before[strings.LastIndex(before, "Key ")+len("Key "):]
		if p.run("keys revoke -- KID"); p.status != 0 || !strings.Contains(p.out, "created before the leak: "+next+" (created ") {
			t.Errorf("served %t, beside %s: %d %s%s; want that it is named", served, next, p.status, p.out, p.errs)
		}
	}
}
