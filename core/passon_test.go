package core_test

import (
	"context"
	"encoding/base64"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
)

func basicOf(pair string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}

// TestDecide_passesOn: where no credential of ours is needed, one that does not have the
// form of ours is forwarded. Whether its user exists does not matter.
func TestDecide_passesOn(t *testing.T) {
	withBasic := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = append([]route.Rule{
			{Name: "maybe", Path: "/maybe/**", Access: route.Optional}, {Name: "open", Path: "/open/**", Access: route.Public},
			{Name: "own", Path: "/own/**", Access: route.Optional, Header: route.HeaderSpec{Name: "X-Own"}},
			{Name: "alone", Path: "/alone/**", Access: route.Optional, Header: route.HeaderSpec{Name: "X-Own", RefuseStandard: true}},
			{Name: "prefix", Path: "/prefix/**", Access: route.Optional, Header: route.HeaderSpec{Prefix: "OAuth"}},
		}, c.Policy.Rules...)
	})
	woo, oauth := basicOf("ck_0a1b:cs_2c3d"), `OAuth oauth_consumer_key="ck_0a1b", oauth_signature="x"`
	for _, tc := range []struct {
		name, path string
		header     api.Header
		passes     bool // and is forwarded; otherwise it is decided as ours
		outcome    core.Outcome
	}{
		{"woo, optional", "/maybe/x", api.Header{"Authorization": {woo}}, true, core.Allowed},
		{"woo, public", "/open/x", api.Header{"Authorization": {woo}}, true, core.Allowed},
		{"woo, required", "/api/x", api.Header{"Authorization": {woo}}, false, core.Refused},
		{"a key without its secret", "/maybe/x", api.Header{"Authorization": {basicOf("ck_0a1b:secret")}}, false, core.Refused},
		{"a user of ours", "/maybe/x", api.Header{"Authorization": {basicOf("alice:wrong password")}}, false, core.Refused},
		{"nobody of ours", "/maybe/x", api.Header{"Authorization": {basicOf("zoe:wrong password")}}, false, core.Refused},
		{"no base64", "/maybe/x", api.Header{"Authorization": {"Basic ck_:cs_"}}, false, core.Refused},
		{"oauth", "/maybe/x", api.Header{"Authorization": {oauth}}, true, core.Allowed},
		{"digest, public", "/open/x", api.Header{"Authorization": {`Digest username="x"`}}, true, core.Allowed},
		{"oauth, required", "/api/x", api.Header{"Authorization": {oauth}}, false, core.Refused},
		{"bearer", "/maybe/x", api.Header{"Authorization": {"Bearer abc"}}, false, core.Refused},
		{"bearer, public", "/open/x", api.Header{"Authorization": {"Bearer abc"}}, false, core.Allowed},
		{"a key of ours", "/maybe/x", api.Header{"Authorization": {"Bearer cdk_x_y"}}, false, core.Refused},
		{"ApiKey", "/maybe/x", api.Header{"Authorization": {"ApiKey abc"}}, false, core.Refused},
		{"a scheme alone", "/maybe/x", api.Header{"Authorization": {"Digest"}}, false, core.Refused},
		{"no scheme", "/maybe/x", api.Header{"Authorization": {"a,b c"}}, false, core.Refused},
		{"two", "/maybe/x", api.Header{"Authorization": {oauth, oauth}}, false, core.Refused},
		{"beside a key", "/maybe/x", api.Header{"Authorization": {oauth}, "X-Api-Key": {"cdk_x"}}, false, core.Refused},
		{"beside the rule's header", "/own/x", api.Header{"Authorization": {oauth}, "X-Own": {"x"}}, false, core.Refused},
		{"without the rule's header", "/own/x", api.Header{"Authorization": {oauth}}, true, core.Allowed},
		{"where the standard header is refused", "/alone/x", api.Header{"Authorization": {oauth}}, false, core.Refused},
		{"where it is the prefix of ours", "/prefix/x", api.Header{"Authorization": {oauth}}, false, core.Refused},
	} {
		d := withBasic.Decide(context.Background(), get(tc.path, tc.header))
		if d.Outcome != tc.outcome || d.PassedOn != tc.passes || d.PassedOn && (!d.Anonymous() || !d.Rule.ForwardCredential || d.Headers.Get(core.HeaderUser) != "") {
			t.Errorf("%s: got %v, passed on %v, %v", tc.name, d.Outcome, d.PassedOn, d.Err)
		}
		if !tc.passes && d.Rule != nil && d.Rule.ForwardCredential {
			t.Errorf("%s: the rule forwards it", tc.name)
		}
	}
}

// TestDecide_passAuthorization: under such a rule the Authorization header is never read as
// a credential.
func TestDecide_passAuthorization(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = []route.Rule{
			{Name: "api", Path: "/api/**", PassAuthorization: true, Header: route.HeaderSpec{Name: "X-Own"}},
			{Name: "maybe", Path: "/maybe/**", Access: route.Optional, PassAuthorization: true},
		}
	})
	ours := h.token("alice")
	for _, tc := range []struct {
		name, path string
		header     api.Header
		login      string
		outcome    core.Outcome
	}{
		{"both", "/api/x", api.Header{"Authorization": {basicOf("ck_0:cs_1")}, "X-Own": {ours}}, "alice", core.Allowed},
		{"ours alone", "/api/x", api.Header{"X-Own": {ours}}, "alice", core.Allowed},
		{"theirs alone", "/api/x", api.Header{"Authorization": {basicOf("ck_0:cs_1")}}, "", core.Refused},
		{"ours where theirs stands", "/api/x", api.Header{"Authorization": {"Bearer " + ours}}, "", core.Refused},
		{"ours is bad", "/api/x", api.Header{"Authorization": {"Bearer " + ours}, "X-Own": {"x.y.z"}}, "", core.Refused},
		{"two of ours", "/api/x", api.Header{"X-Api-Key": {"k"}, "X-Own": {ours}}, "", core.Refused},
		{"nobody's", "/maybe/x", api.Header{"Authorization": {"Bearer " + ours}}, "", core.Allowed},
	} {
		d := h.Decide(context.Background(), get(tc.path, tc.header))
		if d.Outcome != tc.outcome || d.Identity.Login != tc.login || d.PassedOn {
			t.Errorf("%s: got %v for %q, passed on %v, %v", tc.name, d.Outcome, d.Identity.Login, d.PassedOn, d.Err)
		}
	}
}

// TestDecide_passesOnWithoutMethod: without a method for Basic the header is forwarded,
// unless the application could read one of our bearer tokens in it.
func TestDecide_passesOnWithoutMethod(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = []route.Rule{{Name: "maybe", Path: "/**", Access: route.Optional}}
		kept := c.Policy.Methods[:0]
		for _, m := range c.Policy.Methods {
			if m.Name == "jwt" {
				kept = append(kept, m)
			}
		}
		c.Policy.Methods = kept
		c.Policy.Bearer = func(_ *api.Attempt, value string) (string, policy.Reading) {
			if value == "Odd token" {
				return "token", policy.ReadBearer
			}
			return "", policy.ReadNothing
		}
	})
	for value, passes := range map[string]bool{basicOf("alice:x"): true, "Basic alice": true, "OAuth x": true, "Odd token": false, "Bearer x.y.z": false} {
		if d := h.Decide(context.Background(), get("/x", api.Header{"Authorization": {value}})); d.PassedOn != passes {
			t.Errorf("%s: passed on %v, want %v (%v)", value, d.PassedOn, passes, d.Err)
		}
	}
}

// TestDecide_passesOnPasswords: if a site refuses Basic for some roles, a password is not
// forwarded to the application, which does not know this; the application's own keys are.
func TestDecide_passesOnPasswords(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Policy.Rules = []route.Rule{{Name: "maybe", Path: "/maybe/**", Access: route.Optional}, {Name: "rest", Path: "/**", Access: route.Public}}
		c.Policy.Methods = c.Policy.Methods[1:] // none for Basic
		c.Policy.Sites = []core.Site{
			{Name: "shop", Host: "shop.test", RefuseBasic: []string{"administrator"}}, {Name: "blog", Host: "blog.test", RefuseToken: []string{"administrator"}},
			{Name: "part", Prefix: "/maybe/part", RefuseBasic: []string{"editor"}},
		}
	})
	password, key := basicOf("alice:abcd efgh"), basicOf("ck_0:cs_1")
	for _, tc := range []struct {
		host, path, value string
		passes            bool
	}{
		{"shop.test", "/maybe/x", password, false},
		{"shop.test", "/open/x", password, false},
		{"SHOP.test:81", "/open/x", password, false},
		{"shop.test", "/open/x", key, true},
		{"shop.test", "/open/x", "Digest a", true},
		{"blog.test", "/maybe/x", password, true},
		{"blog.test", "/maybe/part/x", password, false},
		{"other.test", "/MAYBE/part/x", password, false},
		{"other.test", "/open/x", password, true},
	} {
		a := get(tc.path, api.Header{"Authorization": {tc.value}})
		a.Host = tc.host
		d := h.Decide(context.Background(), a)
		if d.PassedOn != tc.passes || !tc.passes && d.Rule.ForwardCredential {
			t.Errorf("%s%s, %s: passed on %v, want %v (%v)", tc.host, tc.path, tc.value, d.PassedOn, tc.passes, errorOf(d))
		}
	}
}
