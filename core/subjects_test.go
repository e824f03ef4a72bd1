package core_test

import (
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

// TestIDs_foreign tests which ids and subjects belong to an external issuer.
func TestIDs_foreign(t *testing.T) {
	ctx, p := t.Context(), newPartner(t)
	h := p.testEngine(nil)
	for _, c := range []struct{ issuer, id, code, named string }{
		{"", "j", "", "j"}, {"partner", "j", "", "issuer:partner:j"}, {"", "issuer:partner:j", "", "issuer:partner:j"},
		{"partner", "issuer:partner:j", "", "issuer:partner:j"}, {"", "issuer:partner:a:b", "", "issuer:partner:a:b"}, {"", "issuers", "", "issuers"},
		{"other", "issuer:partner:j", "invalid", ""}, {"", "issuer:", "invalid", ""}, {"", "issuer:partner", "invalid", ""},
		{"", "issuer:partner:", "invalid", ""}, {"", "issuer::j", "invalid", ""}, {"partner", "issuer::j", "invalid", ""},
		{"", "issuer:other:j", "not_found", ""}, {"other", "j", "not_found", ""}, {"", "", "invalid", ""},
	} {
		r, err := p.testEngine(nil).Admin().RevokeTokenID(ctx, c.issuer, c.id, "x", "op") // a new engine each time: a second time is a conflict
		if string(api.CodeOf(err)) != c.code || err == nil && r.ID != c.named {
			t.Errorf("token %q of %q: %q, %v; want %q, %q", c.id, c.issuer, r.ID, err, c.named, c.code)
		}
	}
	for who, want := range map[string]string{
		"issuer:partner:5": "issuer:partner:5", "issuer:partner:": "", "issuer:partner": "", "issuer:other:5": "", "issuer:": "",
		"bob": "u_bob", "BOB": "u_bob", "bob@example.org": "u_bob", "u_bob": "u_bob", "u_nobody": "", "": "",
	} {
		subject, login, err := h.Admin().FindSubject(ctx, who)
		if subject != want || (want == "") != (api.CodeOf(err) == api.NotFound) || (want == "") != (login == "") {
			t.Errorf("%q: %q, %q, %v; want %q", who, subject, login, err, want)
		}
		if core.IsExternalSubject(who) != (who == "issuer:partner:5" || who == "issuer:other:5") {
			t.Errorf("%q is foreign: %v", who, core.IsExternalSubject(who))
		}
	}
}

// TestHashForms: the formats of each directory are returned even if another directory
// fails.
func TestHashForms(t *testing.T) {
	f := newFaulty(t)
	for _, down := range []bool{false, true} {
		f.store.Reads.Store(down)
		list, err := f.Admin().HashForms(t.Context())
		var names string
		for _, d := range list {
			names += d.Directory + " "
			if d.Directory == "store" && (len(d.Forms) == 0 || d.Forms[0] == users.HashForm{}) {
				t.Errorf("the store's are %v", d.Forms)
			}
		}
		if want := map[bool]string{false: "store forum shop ", true: "forum shop "}[down]; names != want || (err != nil) != down {
			t.Errorf("down %v: of %s, %v; want of %s", down, names, err, want)
		}
	}
	f.store.Reads.Store(false)
}
