//go:build unix

package cli

import (
	"os"
	"strings"
	"testing"
)

// TestKeys_beforeFirstStart: the commands about assertion keys agree with 'keys export' on a
// data directory that has these keys and no store yet, and say so where there is neither.
func TestKeys_beforeFirstStart(t *testing.T) {
	const config = "data: d\nupstreams: {wp: {url: 'http://127.0.0.1:1', identity: assertion}}\nrules: [{name: all, path: /**}]\n"
	for name, tc := range map[string]struct {
		begin []string
		list  string
		ok    bool
	}{
		"nothing":             {nil, "there is no store at d/cardea.db: a start creates it, or 'cardea user add LOGIN'", false},
		"keys alone":          {[]string{"user add anna", "keys rotate --for assertion", "rm"}, "active", true},
		"a store alone":       {[]string{"user add anna"}, "No key signs assertions yet: ", true},
		"a store and the key": {[]string{"user add anna", "keys rotate --for assertion"}, "active", true},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			writeFile(t, "cardea.yaml", config)
			p := &place{t: t, dir: dir}
			for _, args := range tc.begin {
				if args == "rm" {
					if err := os.Remove("d/cardea.db"); err != nil {
						t.Fatal(err)
					}
					continue
				}
				if p.run(args); p.status != 0 {
					t.Fatal(p.errs)
				}
			}
			p.run("keys list --for assertion")
			if !strings.Contains(p.out+p.errs, tc.list) || (p.status == 0) != tc.ok {
				t.Errorf("keys list --for assertion: %d %s%s; want %q", p.status, p.out, p.errs, tc.list)
			}
			kid := p.kid
			if tc.list != "active" {
				return
			}
			if p.run("keys export --for assertion"); !strings.Contains(p.out, kid) {
				t.Errorf("keys export --for assertion: %s%s; want %s", p.out, p.errs, kid)
			}
			if p.run("keys revoke --for assertion -- " + kid); p.status != 0 {
				t.Errorf("keys revoke --for assertion: %d %s%s", p.status, p.out, p.errs)
			}
			if p.run("keys list --for assertion"); p.status != 0 || strings.Contains(p.out, kid+" ") {
				t.Errorf("the revoked key %s is still there:\n%s%s", kid, p.out, p.errs)
			}
		})
	}
}

// TestDev_data: --data must name a directory, and the start says how other commands find it.
func TestDev_data(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	writeFile(t, "file", "x")
	p := &place{t: t, dir: dir}
	for args, says := range map[string]string{
		"dev --data=":     "--data is empty: name a directory, or leave it out",
		"dev --data file": "--data file is not a directory: name one, or use --config",
	} {
		if p.run(args); p.status == 0 || !strings.Contains(p.errs, says) {
			t.Errorf("%s: %d %s; want %q", args, p.status, p.errs, says)
		}
	}
	if left, err := os.ReadDir("."); err != nil || len(left) != 1 {
		t.Errorf("dev made files: %v %v", left, err)
	}
	const found = "other commands find it only with --config mine/cardea.yaml"
	if s := startDev(t, dir, "--data", "mine"); !strings.Contains(s.log.String(), found) {
		t.Errorf("dev --data mine says %s; want %q", s.log, found)
	}
	if s := startDev(t, t.TempDir()); strings.Contains(s.log.String(), "other commands") {
		t.Errorf("dev says %s", s.log)
	}
}

// TestConfigCheck_lostAssertionKeys: the check warns of missing assertion keys where a store
// is in use and an upstream needs them, and nowhere else.
func TestConfigCheck_lostAssertionKeys(t *testing.T) {
	const lost = "data: d/assertion-keys.json is missing: the next start makes a new key"
	const asserts, plain = "identity: assertion", "identity: headers"
	for name, tc := range map[string]struct {
		identity string
		begin    []string
		lost     bool
	}{
		"before the first start": {asserts, nil, false},
		"lost":                   {asserts, []string{"user add anna"}, true},
		"there":                  {asserts, []string{"user add anna", "keys rotate --for assertion"}, false},
		"not needed":             {plain, []string{"user add anna"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			writeFile(t, "cardea.yaml", addServer("data: d\nupstreams: {wp: {url: 'http://127.0.0.1:1', "+tc.identity+"}}\nrules: [{name: all, path: /**}]\n"))
			p := &place{t: t, dir: dir}
			for _, args := range tc.begin {
				if p.run(args); p.status != 0 {
					t.Fatal(p.errs)
				}
			}
			if p.run("config check"); p.status != 0 || strings.Contains(p.errs, lost) != tc.lost {
				t.Errorf("%d %s%s; want it to warn: %t", p.status, p.out, p.errs, tc.lost)
			}
		})
	}
}
