package cli

import (
	"bytes"
	"io/fs"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/cardea-auth/cardea/server/config"
)

// fullDisk is a standard output to which nothing can be written. It keeps what was tried.
type fullDisk struct{ tried bytes.Buffer }

func (f *fullDisk) Write(p []byte) (int, error) {
	f.tried.Write(p)
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

const noSpace = "write /dev/stdout: no space left on device"

// TestOutput_unwritable: a command whose output cannot be written fails. One that changes
// something says that it did, and how to replace a secret that nobody has seen.
func TestOutput_unwritable(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFile(t, "cardea.yaml", readOnlyConfig)
	cures := map[string]string{"user add": "user passwd anna", "user passwd": "user passwd anna", "apikey create": "apikey rotate KEY", "apikey rotate": "apikey rotate KEY", "token issue": "token revoke --id"}
	p := &place{t: t}
	for _, c := range managing() {
		if strings.Contains(c.args, "KID") {
			p.run("keys list")
		}
		p.full = true
		p.run(c.args)
		p.full = false
		said := actLine.ReplaceAllString(p.errs, "")
		if p.status == 0 || !strings.Contains(said, "cardea: the change was made, but the output cannot be written: "+noSpace) {
			t.Errorf("%s: exit %d, %q; want an error that the change was made", c.args, p.status, said)
		}
		cure := strings.ReplaceAll(cures[c.what], "KEY", p.key)
		if m := regexp.MustCompile(`is lost: 'cardea (` + cure + `[^']*)'`).FindStringSubmatch(said); m == nil && cure != "" {
			t.Errorf("%s: %q; want '%s'", c.args, said, cure)
		} else if cure != "" {
			if p.run(m[1]); p.status != 0 {
				t.Errorf("%s says to run %q, which fails: %s", c.args, m[1], p.errs)
			}
		}
		if ends := strings.Contains(said, "and ends the old secret at once, which otherwise works until"); ends != (c.what == "apikey rotate") {
			t.Errorf("%s: %q; want what another rotation ends: %t", c.args, said, c.what == "apikey rotate")
		}
		if c.what == "token issue" {
			p.run(c.args) // the token is revoked
		}
	}
	p.full = true
	for _, args := range reading() {
		if p.run(args); p.out != "" && p.status == 0 {
			t.Errorf("%s succeeds without output: %s", args, p.errs)
		}
		if strings.Contains(p.errs, "free space") {
			t.Errorf("%s: %s, where the data directory has space", args, p.errs)
		}
	}
}

// TestDev_unwritable: a first start of cardea dev whose output cannot be written says how to
// replace the password and the key that nobody has seen.
func TestDev_unwritable(t *testing.T) {
	text := "secret"
	for _, asJSON := range []bool{true, false} {
		f := facts{User: "admin", Password: &text, APIKey: &text, command: "cardea --config x", config: &config.Config{Upstreams: map[string]config.Upstream{}}}
		err := f.print(&fullDisk{}, asJSON)
		for _, want := range []string{noSpace, "'cardea --config x user passwd admin'", "'cardea --config x apikey create admin'"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("json %t: got %v, want %s", asJSON, err, want)
			}
		}
		f.Password = nil
		if err := f.print(&fullDisk{}, asJSON); err == nil || strings.Contains(err.Error(), "lost") {
			t.Errorf("json %t, later start: got %v", asJSON, err)
		}
	}
}
