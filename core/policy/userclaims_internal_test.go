package policy

import (
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// onlyFields lists claims by which applications decide, by the field that each may hold:
// none, or one that users cannot change themselves.
func onlyFields() map[string]string {
	return map[string]string{
		"user.email": "email",
		"user.login": "preferred_username username user_name unique_name upn",
		"user.roles": "roles groups entitlements role group",
		"": `scope scopes scp permissions authorities client_id azp act may_act auth_time acr amr nonce at_hash c_hash s_hash
		email_verified phone_number phone_number_verified events txn toe token_use typ alg kid uid data user_id oid tid tenant
		tenant_id org_id is_admin admin is_superuser superuser is_staff https://hasura.io/jwt/claims cognito:groups realm_access
		resource_access wids app_metadata`,
	}
}

func reading() TokenFormat {
	return TokenFormat{Read: func(c api.Claims) (api.Identity, bool, error) {
		return api.Identity{Subject: c.String("sub")}, true, nil
	}}
}

// TestUserClaims_Check_standard: a claim by which applications decide holds its own field or
// is refused, in every case of letters.
func TestUserClaims_Check_standard(t *testing.T) {
	for want, names := range onlyFields() {
		for _, name := range strings.Fields(names) {
			for _, spelt := range []string{name, strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:]} {
				for _, field := range UserFields() {
					err := UserClaims{spelt: field}.Check(reading())
					if allowed := field == want; (err == nil) != allowed {
						t.Errorf("%s from %s: %v, want it allowed: %v", spelt, field, err, allowed)
					}
				}
			}
		}
	}
	for _, name := range []string{"plan", "x_user", "emails", "roles2", "my-scope", "nickname"} {
		for _, field := range UserFields() {
			if err := (UserClaims{name: field}).Check(reading()); err != nil {
				t.Errorf("%s from %s: %v", name, field, err)
			}
		}
	}
}

// TestUserClaims_Check_tells: each thing that makes a claim unfit is told alone.
func TestUserClaims_Check_tells(t *testing.T) {
	many := UserClaims{}
	for i := range MaxUserClaims {
		many["c"+strings.Repeat("x", i)] = "user.login"
	}
	if err := many.Check(reading()); err != nil {
		t.Errorf("%d claims: %v", len(many), err)
	}
	many["d"] = "user.login"
	own := reading()
	own.Order = []string{"sub", "shop"}
	reads := reading()
	reads.Read = func(c api.Claims) (api.Identity, bool, error) {
		return api.Identity{Subject: c.String("sub"), Login: c.String("who")}, true, nil
	}
	panics := reading()
	panics.Read = func(c api.Claims) (api.Identity, bool, error) {
		if _, ok := c.Get("boom"); ok {
			panic("unexpected")
		}
		return api.Identity{Subject: c.String("sub")}, true, nil
	}
	for want, c := range map[string]struct {
		claims UserClaims
		format TokenFormat
	}{
		"there are 17 claims": {many, reading()}, "only in capitals": {UserClaims{"plan": "user.login", "Plan": "user.login"}, reading()},
		"1 to 128 visible": {UserClaims{"": "user.login"}, reading()}, "not a field": {UserClaims{"plan": "user.password"}, reading()},
		"belongs to the format": {UserClaims{"SHOP": "user.login"}, own}, "read for decisions": {UserClaims{"who": "user.login"}, reads},
	} {
		if err := c.claims.Check(c.format); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", c.claims, err, want)
		}
	}
	if (UserClaims{"boom": "user.login"}).Check(panics) == nil {
		t.Error("a claim on which the format panics is accepted")
	}
	for _, name := range Stamped {
		if (UserClaims{strings.ToUpper(name): "user.login"}).Check(reading()) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// TestPlainName tests each byte, and each length.
func TestPlainName(t *testing.T) {
	for c := range 256 {
		name := "a" + string([]byte{byte(c)}) + "b"
		if want := c > ' ' && c <= '~' && c != '"' && c != '\\'; plainName(name) != want {
			t.Errorf("%q: want %v", name, want)
		}
	}
	for size, want := range map[int]bool{0: false, 1: true, maxUserClaimName: true, maxUserClaimName + 1: false} {
		if plainName(strings.Repeat("a", size)) != want {
			t.Errorf("%d bytes: want %v", size, want)
		}
	}
}

// TestUserClaims_Of: every field is copied; what is empty, invalid, unknown or too large is
// left out, and the rest stays.
func TestUserClaims_Of(t *testing.T) {
	id := &api.Identity{
		Number: 7, Subject: "u_7", Directory: "main", Login: "anna", Email: "a@example.org", Nicename: "anna-n", Display: "Anna B",
		FirstName: "Anna", LastName: "B", Roles: []string{"editor"},
	}
	all := UserClaims{}
	for _, f := range UserFields() {
		all[f] = f
	}
	got := map[string]any{}
	for _, c := range all.Of(id) {
		got[c.Name] = c.Value
	}
	for field, want := range map[string]any{
		"user.id": int64(7), "user.subject": "u_7", "user.directory": "main", "user.login": "anna", "user.email": "a@example.org",
		"user.nicename": "anna-n", "user.display": "Anna B", "user.first_name": "Anna", "user.last_name": "B",
	} {
		if got[field] != want {
			t.Errorf("%s is %v, want %v", field, got[field], want)
		}
	}
	if roles, ok := got["user.roles"].([]any); !ok || len(roles) != 1 || roles[0] != "editor" || len(got) != len(all) {
		t.Errorf("got %v", got)
	}
	odd := &api.Identity{Login: "anna", Display: "\xff", FirstName: strings.Repeat("x", MaxUserClaimsSize)}
	list := UserClaims{"a": "user.first_name", "b": "user.display", "c": "user.id", "d": "user.email", "e": "user.unknown", "f": "user.login"}.Of(odd)
	if len(list) != 1 || list[0].Name != "f" || list[0].Value != "anna" {
		t.Errorf("got %v, want f alone", list)
	}
}
