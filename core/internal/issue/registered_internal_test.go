package issue

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/token"
)

// TestRegistered: each stamped claim has the engine's own value, and no other claim has one.
func TestRegistered(t *testing.T) {
	start := time.Date(2026, 3, 1, 12, 0, 0, 5e8, time.UTC)
	made := func(number bool, audience ...string) *draft {
		return &draft{
			format: &compiled.TokenFormat{TokenFormat: policy.TokenFormat{Audience: audience, Profile: token.Profile{NumberSubject: number}}},
			r:      api.IssueRequest{Identity: api.Identity{Subject: "u_7", Number: 7, Gen: 3}},
			issuer: "https://x.example", id: "j", session: "s", issuedAt: start, notBefore: start.Add(time.Second), expires: start.Add(time.Hour),
		}
	}
	seconds := func(d *draft, name string) any { v, _ := d.registered(name); return v }
	for name, want := range map[string]any{
		"iss": "https://x.example", "sub": "u_7", "aud": "a", "iat": start.Unix(), "nbf": start.Unix() + 1, "exp": start.Unix() + 3600,
		"jti": "j", "sid": "s", "gen": 3,
	} {
		got, ok := made(false, "a").registered(name)
		if !ok || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s is %v (%T), %v; want %v", name, got, got, ok, want)
		}
	}
	if got := seconds(made(false, "a", "b"), "aud"); !reflect.DeepEqual(got, []any{"a", "b"}) {
		t.Errorf("two audiences are %v", got)
	}
	if got := seconds(made(true), "sub"); got != int64(7) {
		t.Errorf("sub as a number is %v (%T)", got, got)
	}
	if _, ok := made(false).registered("aud"); ok {
		t.Error("a format without audience has aud")
	}
	for _, name := range []string{"", "AUD", "role", "azp", "iat2"} {
		if got, ok := made(false, "a").registered(name); ok {
			t.Errorf("%q is %v", name, got)
		}
	}
	for _, name := range policy.Stamped {
		if _, ok := made(false, "a").registered(name); ok != (name != "cnf") { // cnf is removed, and never set
			t.Errorf("%s has a value: %v", name, ok)
		}
	}
}
