package users

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestCheckFields tests each field at both bounds, and values that no field may have.
func TestCheckFields(t *testing.T) {
	good := func() api.User { return api.User{Subject: "u", Login: "alice", Email: "a@x", Number: 1} }
	for name, f := range map[string]struct {
		of        func(*api.User) *string
		low, high int
	}{
		"subject": {func(u *api.User) *string { return &u.Subject }, 1, 128}, "login": {func(u *api.User) *string { return &u.Login }, 1, 60},
		"nicename": {func(u *api.User) *string { return &u.Nicename }, 0, 250}, "display name": {func(u *api.User) *string { return &u.Display }, 0, 250},
		"first name": {func(u *api.User) *string { return &u.FirstName }, 0, 250}, "last name": {func(u *api.User) *string { return &u.LastName }, 0, 250},
	} {
		for text, want := range map[string]string{
			"": map[int]string{1: "must have 1 to ", 0: ""}[f.low], strings.Repeat("é", f.high): "", strings.Repeat("é", f.high+1): fmt.Sprintf("must have %d to %d characters, and has %d", f.low, f.high, f.high+1),
			" a": "begin or end with a space", "a ": "begin or end with a space", "a b": "", "a\tb": "printable", "a\u200bb": "printable", "a\x00": "printable", "\xff": "not valid UTF-8",
		} {
			u := good()
			*f.of(&u) = text
			err := checkFields(u)
			if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), name+" ") || !strings.Contains(err.Error(), want) || api.CodeOf(err) != api.Invalid) {
				t.Errorf("%s %.20q: got %v, want %q", name, text, err, want)
			}
		}
	}
	for email, want := range map[string]string{
		"": "", "a@b": "", "a.b@c.d": "", "a": "one @", "@b": "one @", "a@": "one @", "@": "one @", "a@b@c": "one @", "a b@c": "one @", "a@b c": "one @",
		strings.Repeat("a", 252) + "@b": "", strings.Repeat("a", 253) + "@b": "email must have 0 to 254",
	} {
		u := good()
		u.Email = email
		if err := checkFields(u); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("email %.20q: got %v, want %q", email, err, want)
		}
	}
	for name, change := range map[string]func(*api.User){
		"colon": func(u *api.User) { u.Login = "a:b" }, "number must": func(u *api.User) { u.Number = -1 }, "comma": func(u *api.User) { u.Roles = []string{"a", "b,c"} },
		"role must have 1": func(u *api.User) { u.Roles = []string{""} }, "role must have 1 to 250": func(u *api.User) { u.Roles = []string{strings.Repeat("a", 251)} }, "at most 64 roles": func(u *api.User) { u.Roles = make([]string, 65) },
	} {
		u := good()
		change(&u)
		if err := checkFields(u); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: checkFields: got %v, want an error with %q", name, err, name)
		}
	}
	u := good()
	u.Number = 0
	for i := range 64 {
		u.Roles = append(u.Roles, fmt.Sprint("r", i))
	}
	if err := checkFields(u); err != nil {
		t.Error(err)
	}
	for n, fine := range map[int]bool{7: false, 8: true, MaxPassword: true, MaxPassword + 1: false} {
		if err := checkPassword(api.Secret(strings.Repeat("p", n))); (err == nil) != fine {
			t.Errorf("a password of %d bytes: got %v, want an error: %v", n, err, !fine)
		}
	}
}
