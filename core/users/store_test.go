package users_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/users"
)

func TestStore_Create(t *testing.T) {
	s, repo := newStore(t, users.RevokeOn{})
	got, err := s.Create(t.Context(), users.NewUser{
		Subject: "u_1", Number: 7, Login: " Alice ", Email: "alice@example.org", Nicename: "al", Display: "Alice A.",
		FirstName: "Alice", LastName: "Ångström", Roles: []string{"editor", "editor", "author"}, Disabled: true, Password: " kept as is ",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := cheap().Verify(t.Context(), got.Hash, " kept as is "); err != nil {
		t.Errorf("the password does not fit: %v", err)
	}
	want := api.User{
		Subject: "u_1", Number: 7, Login: "Alice", Email: "alice@example.org", Nicename: "al", Display: "Alice A.",
		FirstName: "Alice", LastName: "Ångström", Roles: []string{"editor", "author"}, Disabled: true,
		Gen: 1, Hash: got.Hash, Created: moment, Updated: moment,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if rows := revocations(t, repo); len(rows) > 0 {
		t.Errorf("got revocations %v for a new user, want none", rows)
	}
}

func TestStore_Create_defaults(t *testing.T) {
	s, _ := newStore(t, users.RevokeOn{})
	a, errA := s.Create(t.Context(), users.NewUser{Login: "Alice"})
	b, errB := s.Create(t.Context(), users.NewUser{Login: "Bob"})
	if errA != nil || errB != nil || a.Subject == "" || a.Subject == b.Subject {
		t.Errorf("got subjects %q and %q, %v, %v", a.Subject, b.Subject, errA, errB)
	}
	if a.Number != 1 || b.Number != 2 || a.Nicename != "alice" || a.Display != "Alice" || a.Hash != "" || a.Roles != nil {
		t.Errorf("got %+v, want Alice, number 1, without hash and roles", a)
	}
}

func TestStore_Create_refusals(t *testing.T) {
	s, repo := newStore(t, users.RevokeOn{})
	ok := users.NewUser{Login: "alice", Email: "alice@example.org", Number: 1, Subject: "u_1", Password: "password"}
	if _, err := s.Create(t.Context(), ok); err != nil {
		t.Fatal(err)
	}
	long := func(n int) string { return strings.Repeat("ö", n) }
	for name, test := range map[string]struct {
		user users.NewUser
		code api.Code
		says string
	}{
		"no login":           {users.NewUser{}, api.Invalid, "login"},
		"spaces":             {users.NewUser{Login: "  "}, api.Invalid, "login"},
		"long login":         {users.NewUser{Login: long(61)}, api.Invalid, "login must have 1 to 60"},
		"control":            {users.NewUser{Login: "a\nb"}, api.Invalid, "printable"},
		"right to left":      {users.NewUser{Login: "a\u202eb"}, api.Invalid, "printable"},
		"bad UTF-8":          {users.NewUser{Login: "a\xff"}, api.Invalid, "UTF-8"},
		"control in a name":  {users.NewUser{Login: "b", FirstName: "a\x00"}, api.Invalid, "first name"},
		"space at the end":   {users.NewUser{Login: "b", Display: "b "}, api.Invalid, "display name"},
		"no at":              {users.NewUser{Login: "b", Email: "example.org"}, api.Invalid, "email"},
		"two ats":            {users.NewUser{Login: "b", Email: "a@b@c"}, api.Invalid, "email"},
		"nothing before":     {users.NewUser{Login: "b", Email: "@b"}, api.Invalid, "email"},
		"nothing after":      {users.NewUser{Login: "b", Email: "b@"}, api.Invalid, "email"},
		"space in email":     {users.NewUser{Login: "b", Email: "b c@d"}, api.Invalid, "email"},
		"negative number":    {users.NewUser{Login: "b", Number: -1}, api.Invalid, "number"},
		"empty role":         {users.NewUser{Login: "b", Roles: []string{""}}, api.Invalid, "role"},
		"comma in a role":    {users.NewUser{Login: "b", Roles: []string{"a,administrator"}}, api.Invalid, "role"},
		"newline in a role":  {users.NewUser{Login: "b", Roles: []string{"a\r\nb"}}, api.Invalid, "role"},
		"short password":     {users.NewUser{Login: "b", Password: "1234567"}, api.Invalid, "password must have 8 to 4096 bytes"},
		"endless password":   {users.NewUser{Login: "b", Password: api.Secret(strings.Repeat("x", 4097))}, api.Invalid, "password"},
		"login taken":        {users.NewUser{Login: "ALICE"}, api.Conflict, "login"},
		"email taken":        {users.NewUser{Login: "b", Email: "ALICE@example.org"}, api.Conflict, "email"},
		"number taken":       {users.NewUser{Login: "b", Number: 1}, api.Conflict, "number"},
		"subject taken":      {users.NewUser{Login: "b", Subject: "u_1"}, api.Conflict, "subject"},
		"subject with space": {users.NewUser{Login: "b", Subject: " u_1"}, api.Invalid, "subject"},
	} {
		_, err := s.Create(t.Context(), test.user)
		if e := api.AsError(err); err == nil || e.Code != test.code || !strings.Contains(e.Public, test.says) {
			t.Errorf("%s: got %v, want %s and %q", name, err, test.code, test.says)
		}
	}
	if list, _ := repo.Users(t.Context(), 0, 100); len(list) != 1 {
		t.Errorf("got %d users, want the first alone", len(list))
	}
	if _, err := s.Create(t.Context(), users.NewUser{Login: long(60)}); err != nil {
		t.Errorf("a login of 60 characters: %v", err)
	}
}

// TestStore_changes tests each event with its revocation switched on and off.
func TestStore_changes(t *testing.T) {
	text := func(s string) *string { return &s }
	update := func(c users.Change) func(*users.Store, *testing.T) error {
		return func(s *users.Store, t *testing.T) error {
			_, err := s.Update(t.Context(), "u_1", c, "root")
			return err
		}
	}
	roles := func(list ...string) func(*users.Store, *testing.T) error {
		return func(s *users.Store, t *testing.T) error {
			_, err := s.SetRoles(t.Context(), "u_1", list, "root")
			return err
		}
	}
	disabled := func(on bool) func(*users.Store, *testing.T) error {
		return func(s *users.Store, t *testing.T) error {
			_, err := s.SetDisabled(t.Context(), "u_1", on, "root")
			return err
		}
	}
	password := func(s *users.Store, t *testing.T) error {
		_, err := s.SetPassword(t.Context(), "u_1", "another password", "root")
		return err
	}
	remove := func(s *users.Store, t *testing.T) error { return s.Delete(t.Context(), "u_1", "root") }
	for name, test := range map[string]struct {
		on      users.RevokeOn
		change  func(*users.Store, *testing.T) error
		revokes bool
		reason  string
	}{
		"password":             {users.RevokeOn{}, password, true, "password changed"},
		"password, off":        {users.RevokeOn{Password: users.Off}, password, false, "password changed"},
		"login":                {users.RevokeOn{}, update(users.Change{Login: text("bob2")}), true, "login changed"},
		"login, all off":       {users.RevokeOn{Email: users.Off}, update(users.Change{Login: text("bob2")}), true, "login changed"},
		"login and email, off": {users.RevokeOn{Email: users.Off}, update(users.Change{Login: text("bob2"), Email: text("b@example.org")}), true, "login changed"},
		"email":                {users.RevokeOn{}, update(users.Change{Email: text("b@example.org")}), true, "email changed"},
		"email, off":           {users.RevokeOn{Email: users.Off}, update(users.Change{Email: text("b@example.org")}), false, "email changed"},
		"email, case only":     {users.RevokeOn{}, update(users.Change{Email: text("A@example.org")}), false, "user changed"},
		"name":                 {users.RevokeOn{}, update(users.Change{Display: text("B")}), false, "user changed"},
		"roles":                {users.RevokeOn{}, roles("author"), true, "roles changed"},
		"roles, off":           {users.RevokeOn{Role: users.Off}, roles("author"), false, "roles changed"},
		"roles in other order": {users.RevokeOn{}, roles("b", "a"), false, "roles changed"},
		"no roles":             {users.RevokeOn{}, roles(), true, "roles changed"},
		"disable":              {users.RevokeOn{}, disabled(true), true, "user disabled"},
		"disable, off":         {users.RevokeOn{Disable: users.Off}, disabled(true), false, "user disabled"},
		"enable":               {users.RevokeOn{}, disabled(false), false, "user enabled"},
		"delete":               {users.RevokeOn{}, remove, true, "user deleted"},
		"delete, off":          {users.RevokeOn{Delete: users.Off}, remove, false, "user deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			s, repo := newStore(t, test.on)
			before, err := s.Create(t.Context(), users.NewUser{Subject: "u_1", Login: "alice", Email: "a@example.org", Roles: []string{"a", "b"}})
			if err != nil {
				t.Fatal(err)
			}
			if err := test.change(s, t); err != nil {
				t.Fatal(err)
			}
			want := api.Revocation{
				Seq: 1, Kind: api.RefreshUser, Key: "u_1", At: moment, Expires: moment.Add(time.Hour),
				Reason: test.reason, Actor: "root",
			}
			gen := before.Gen
			if test.revokes {
				gen++
				want.Kind, want.MinGen = api.RevokeSubject, gen
			}
			after, err := s.BySubject(t.Context(), "u_1")
			if strings.HasPrefix(name, "delete") {
				if test.revokes {
					want.MinGen = math.MaxInt64
				}
				if !errors.Is(err, api.ErrNotFound) {
					t.Errorf("got %+v, %v, want the user deleted", after, err)
				}
			} else if after.Gen != gen {
				t.Errorf("got generation %d, want %d", after.Gen, gen)
			}
			if diff := cmp.Diff([]api.Revocation{want}, revocations(t, repo)); diff != "" {
				t.Errorf("revocations (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStore_Update(t *testing.T) {
	s, _ := newStore(t, users.RevokeOn{})
	if _, err := s.Create(t.Context(), users.NewUser{Subject: "u_1", Login: "alice", Email: "a@example.org", LastName: "A"}); err != nil {
		t.Fatal(err)
	}
	login, last := "alison", ""
	got, err := s.Update(t.Context(), "u_1", users.Change{Login: &login, LastName: &last}, "root")
	if err != nil || got.Login != "alison" || got.LastName != "" || got.Email != "a@example.org" {
		t.Errorf("got %+v, %v; want Login \"alison\", no LastName and Email \"a@example.org\"", got, err)
	}
}

func TestStore_refusedChangesRevokeNothing(t *testing.T) {
	s, repo := newStore(t, users.RevokeOn{})
	for _, login := range []string{"alice", "bob"} {
		if _, err := s.Create(t.Context(), users.NewUser{Subject: "u_" + login, Login: login}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Create(t.Context(), users.NewUser{Subject: "u_d", Login: "dora@example.org", Email: "dora@home.example"}); err != nil {
		t.Fatal(err)
	}
	bad, taken, mail, name := "a\nb", "BOB", "dora@home.example", "DORA@example.org"
	for name, test := range map[string]struct {
		change func() error
		want   api.Code
	}{
		"bad field":                         {func() error { _, err := s.Update(t.Context(), "u_alice", users.Change{Login: &bad}, ""); return err }, api.Invalid},
		"taken login":                       {func() error { _, err := s.Update(t.Context(), "u_alice", users.Change{Login: &taken}, ""); return err }, api.Conflict},
		"another's e-mail address as login": {func() error { _, err := s.Update(t.Context(), "u_alice", users.Change{Login: &mail}, ""); return err }, api.Conflict},
		"another's login as e-mail address": {func() error { _, err := s.Update(t.Context(), "u_alice", users.Change{Email: &name}, ""); return err }, api.Conflict},
		"unknown, a name":                   {func() error { _, err := s.Update(t.Context(), "u_carol", users.Change{Email: &name}, ""); return err }, api.NotFound},
		"short password":                    {func() error { _, err := s.SetPassword(t.Context(), "u_alice", "short", ""); return err }, api.Invalid},
		"bad role":                          {func() error { _, err := s.SetRoles(t.Context(), "u_alice", []string{"a,b"}, ""); return err }, api.Invalid},
		"unknown":                           {func() error { _, err := s.SetDisabled(t.Context(), "u_carol", true, ""); return err }, api.NotFound},
		"delete unknown":                    {func() error { return s.Delete(t.Context(), "u_carol", "") }, api.NotFound},
	} {
		if err := test.change(); api.CodeOf(err) != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
	if rows := revocations(t, repo); len(rows) > 0 {
		t.Errorf("got revocations %v, want none", rows)
	}
	if u, _ := s.ByLogin(t.Context(), "alice"); u.Gen != 1 {
		t.Errorf("got %+v after refused changes, want Gen 1", u)
	}
}

func TestStore_lookups(t *testing.T) {
	s, _ := newStore(t, users.RevokeOn{})
	want, err := s.Create(t.Context(), users.NewUser{Login: "alice", Email: "a@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	bySubject, _ := s.BySubject(t.Context(), want.Subject)
	byNumber, _ := s.ByNumber(t.Context(), 1)
	byLogin, _ := s.ByLogin(t.Context(), "ALICE")
	byEmail, _ := s.ByEmail(t.Context(), "A@example.org")
	list, _ := s.List(t.Context(), 0, 10)
	if diff := cmp.Diff([]api.User{want, want, want, want, want}, append(list, bySubject, byNumber, byLogin, byEmail)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
