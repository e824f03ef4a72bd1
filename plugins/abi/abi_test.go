package abi

import (
	"strings"
	"testing"
)

func TestExport(t *testing.T) {
	for point, export := range map[string]string{"auth-expire": "on_auth_expire", "login-before": "on_login_before", "token-issued": "on_token_issued"} {
		if got := Export(point); got != export {
			t.Errorf("Export(%s) = %s, want %s", point, got, export)
		}
	}
	for _, p := range Points() {
		if got, ok := PointOf(Export(p.Name)); !ok || got != p.Name {
			t.Errorf("PointOf(Export(%s)) = %s, %v", p.Name, got, ok)
		}
	}
	if _, ok := PointOf("configure"); ok {
		t.Error("configure counts as a hook")
	}
}

// TestPoints_consistent: names are unique, no key matches two entries, and only filters
// have writable keys.
func TestPoints_consistent(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Points() {
		if seen[p.Name] {
			t.Errorf("%s is there twice", p.Name)
		}
		seen[p.Name] = true
		for i, k := range p.Keys {
			if k.Write && !p.Filter {
				t.Errorf("%s: %s can be written at an event", p.Name, k.Name)
			}
			for j, other := range p.Keys {
				if i != j && other.Matches(strings.TrimSuffix(k.Name, "*")+"x") && k.Name != other.Name && strings.HasSuffix(k.Name, "*") {
					t.Errorf("%s: %s and %s overlap", p.Name, k.Name, other.Name)
				}
				if i != j && k.Name == other.Name {
					t.Errorf("%s: %s is there twice", p.Name, k.Name)
				}
			}
		}
	}
	if len(seen) != 36 {
		t.Errorf("%d points, the catalogue has 36", len(seen))
	}
}

func TestPoint_key(t *testing.T) {
	p, ok := Lookup("token-claims")
	if !ok {
		t.Fatal("no token-claims")
	}
	for name, want := range map[string]bool{"claim.tier": true, "claim.": false, "claim": false, "claims.tier": false, "user.login": true, "user.login.x": false, "*": false} {
		if _, ok := p.Key(name); ok != want {
			t.Errorf("Key(%q) found %v, want %v", name, ok, want)
		}
	}
	if _, ok := Lookup("nowhere"); ok {
		t.Error("found a point that is not there")
	}
}

func TestImports_signatures(t *testing.T) {
	want := map[string]string{
		"get": "(i32, i32, i32, i32) -> i32", "get_i64": "(i32, i32, i32) -> i64", "set": "(i32, i32, i32, i32) -> i32",
		"set_i64": "(i32, i32, i64) -> i32", "set_json": "(i32, i32, i32, i32) -> i32", "del": "(i32, i32) -> i32",
		"keys": "(i32, i32, i32, i32) -> i32", "deny": "(i32, i32, i32)", "fail": "(i32, i32)", "log": "(i32, i32, i32)",
		"log_enabled": "(i32) -> i32", "config_get": "(i32, i32, i32, i32) -> i32", "now_ms": "() -> i64",
		"get_all": "(i32, i32, i32, i32) -> i32", "secret_get": "(i32, i32, i32, i32) -> i32", "kv_get": "(i32, i32, i32, i32) -> i32",
		"kv_put": "(i32, i32, i32, i32, i32) -> i32", "kv_incr": "(i32, i32, i64, i32, i32) -> i64",
		"http_fetch": "(i32, i32, i32, i32) -> i32", "random": "(i32, i32) -> i32", "metric_add": "(i32, i32, i64)",
	}
	for _, i := range Imports() {
		if got := i.Signature(); got != want[i.Name] {
			t.Errorf("%s is %s, want %s", i.Name, got, want[i.Name])
		}
		delete(want, i.Name)
	}
	if len(want) > 0 {
		t.Errorf("missing: got %v, want none", want)
	}
}

func TestType_string(t *testing.T) {
	for typ, want := range map[Type]string{Text: "text", Int: "int", Bool: "bool", JSON: "json", Any: "any"} {
		if typ.String() != want {
			t.Errorf("got %s, want %s", typ, want)
		}
	}
}
