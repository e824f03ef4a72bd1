package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
)

func usersFound(t *testing.T, s store.Store) {
	got := create(t, s, alice(), bob())[0]
	want := alice()
	want.Number = 1
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	for name, find := range map[string]func() (api.User, error){
		"subject":         func() (api.User, error) { return s.UserBySubject(t.Context(), "u_alice") },
		"number":          func() (api.User, error) { return s.UserByNumber(t.Context(), 1) },
		"login":           func() (api.User, error) { return s.UserByLogin(t.Context(), "Alice") },
		"login, any case": func() (api.User, error) { return s.UserByLogin(t.Context(), " aLICE\t") },
		"email":           func() (api.User, error) { return s.UserByEmail(t.Context(), "Alice@example.org") },
		"email, any case": func() (api.User, error) { return s.UserByEmail(t.Context(), "alice@EXAMPLE.org ") },
	} {
		got, err := find()
		if err != nil {
			t.Errorf("by %s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("by %s (-want +got):\n%s", name, diff)
			continue
		}
		got.Roles[0] = "administrator" // must not reach the next lookup
	}
	got.Roles[0] = "administrator"
	if again, _ := s.UserByNumber(t.Context(), 1); again.Roles[0] != "editor" {
		t.Error("a change to a returned value changed the stored one")
	}
}

func unknown(t *testing.T, s store.Store) {
	create(t, s, alice(), bob()) // bob has no e-mail: "" must not find him
	ctx := t.Context()
	for name, find := range map[string]func() error{
		"subject":   func() error { _, err := s.UserBySubject(ctx, "U_ALICE"); return err },
		"number":    func() error { _, err := s.UserByNumber(ctx, 3); return err },
		"login":     func() error { _, err := s.UserByLogin(ctx, "alice@example.org"); return err },
		"a quote":   func() error { _, err := s.UserByLogin(ctx, "' OR 1=1 --"); return err },
		"a pattern": func() error { _, err := s.UserByLogin(ctx, "ali%"); return err },
		"no login":  func() error { _, err := s.UserByLogin(ctx, ""); return err },
		"email":     func() error { _, err := s.UserByEmail(ctx, "alice"); return err },
		"no email":  func() error { _, err := s.UserByEmail(ctx, ""); return err },
		"update":    func() error { _, err := s.UpdateUser(ctx, "nobody", nil); return err },
		"delete":    func() error { return s.DeleteUser(ctx, "nobody", api.Revocation{Kind: api.RevokeSubject, Key: "x"}) },
		"API key":   func() error { _, err := s.APIKey(ctx, "nothing"); return err },
		"API key revoke": func() error {
			return s.RevokeAPIKey(ctx, "nothing", moment, api.Revocation{Kind: api.RevokeAPIKey, Key: "x"})
		},
	} {
		if err := find(); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("by %s: got %v, want not found", name, err)
		}
	}
	if rows := since(t, s, 0); len(rows) > 0 {
		t.Errorf("got revocations %v for what does not exist", rows)
	}
}

func numbers(t *testing.T, s store.Store) {
	far := api.User{Subject: "u_far", Login: "far", Number: 100}
	near := api.User{Subject: "u_near", Login: "near", Number: 50}
	users := create(t, s, alice(), far, near, bob())
	if users[0].Number != 1 || users[1].Number != 100 || users[2].Number != 50 || users[3].Number != 101 {
		t.Errorf("got numbers %d %d %d %d, want 1 100 50 101", users[0].Number, users[1].Number, users[2].Number, users[3].Number)
	}
	if err := s.DeleteUser(t.Context(), "u_bob"); err != nil {
		t.Fatal(err)
	}
	if again := create(t, s, bob())[0]; again.Number != 102 {
		t.Errorf("got number %d after a deletion, want 102", again.Number)
	}
}

func conflicts(t *testing.T, s store.Store) {
	create(t, s, alice(), bob())
	for field, u := range map[string]api.User{
		"subject": {Subject: "u_alice", Login: "carol"},
		"login":   {Subject: "u_carol", Login: "ALICE "},
		"email":   {Subject: "u_carol", Login: "carol", Email: "aLiCe@example.org"},
		"number":  {Subject: "u_carol", Login: "carol", Number: 2},
	} {
		_, err := s.CreateUser(t.Context(), u)
		wantConflict(t, "create", field, err)
		if field == "subject" {
			continue
		}
		_, err = s.UpdateUser(t.Context(), "u_bob", func(b *api.User) ([]api.Revocation, error) {
			b.Login, b.Email = u.Login, u.Email
			if u.Number != 0 {
				b.Number = 1
			}
			return []api.Revocation{{Kind: api.RevokeSubject, Key: "u_bob"}}, nil
		})
		wantConflict(t, "update", field, err)
	}
	if got, _ := s.UserBySubject(t.Context(), "u_bob"); got.Login != "bob" || got.Number != 2 {
		t.Errorf("got %+v after refused updates", got)
	}
	if list, _ := s.Users(t.Context(), 0, 10); len(list) != 2 {
		t.Errorf("got %d users, want 2", len(list))
	}
	if rows := since(t, s, 0); len(rows) > 0 {
		t.Errorf("got revocations %v of refused updates", rows)
	}
}

func wantConflict(t *testing.T, what, field string, err error) {
	t.Helper()
	if !errors.Is(err, api.ErrConflict) || !strings.Contains(err.Error(), field) {
		t.Errorf("%s with a taken %s: got %v, want a conflict that names it", what, field, err)
	}
}

func usersListed(t *testing.T, s store.Store) {
	for i := range 5 {
		create(t, s, api.User{Subject: fmt.Sprint("u", i), Login: fmt.Sprint("login", i), Number: int64(50 - 10*i)})
	}
	for _, test := range []struct {
		after int64
		limit int
		want  []int64
	}{{0, 10, []int64{10, 20, 30, 40, 50}}, {0, 2, []int64{10, 20}}, {20, 2, []int64{30, 40}}, {50, 2, nil}, {0, 0, nil}} {
		list, err := s.Users(t.Context(), test.after, test.limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, u := range list {
			got = append(got, u.Number)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("after %d, at most %d: got %v, want %v", test.after, test.limit, got, test.want)
		}
	}
}

func updates(t *testing.T, s store.Store) {
	create(t, s, alice())
	got, err := s.UpdateUser(t.Context(), "u_alice", func(u *api.User) ([]api.Revocation, error) {
		u.Login, u.Email, u.Gen, u.Disabled, u.Roles = "Alison", "", 2, true, nil
		return []api.Revocation{{Kind: api.RevokeSubject, Key: u.Subject, MinGen: 2}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := alice()
	want.Number, want.Login, want.Email, want.Gen, want.Disabled, want.Roles = 1, "Alison", "", 2, true, nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("updated (-want +got):\n%s", diff)
	}
	for _, old := range []func() error{
		func() error { _, err := s.UserByLogin(t.Context(), "alice"); return err },
		func() error { _, err := s.UserByEmail(t.Context(), "alice@example.org"); return err },
	} {
		if err := old(); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("got %v by an old name, want not found", err)
		}
	}
	refused := errors.New("refused")
	for name, change := range map[string]func(*api.User) ([]api.Revocation, error){
		"an error": func(u *api.User) ([]api.Revocation, error) {
			u.Login = "Eve"
			return []api.Revocation{{Kind: api.RevokeSubject, Key: u.Subject}}, refused
		},
		"another subject": func(u *api.User) ([]api.Revocation, error) { u.Subject = "u_eve"; return nil, nil },
	} {
		_, err := s.UpdateUser(t.Context(), "u_alice", change)
		if err == nil || name == "an error" && err != refused {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if after, _ := s.UserBySubject(t.Context(), "u_alice"); !cmp.Equal(after, want) {
		t.Errorf("a refused update left %+v", after)
	}
	if rows := since(t, s, 0); len(rows) != 1 || rows[0].MinGen != 2 {
		t.Errorf("got revocations %v, want the one of the update that went through", rows)
	}
}

func deletion(t *testing.T, s store.Store) {
	create(t, s, alice(), bob())
	for id, subject := range map[string]string{"a1": "u_alice", "a2": "u_alice", "b1": "u_bob"} {
		if err := s.CreateAPIKey(t.Context(), api.APIKey{ID: id, Subject: subject}); err != nil {
			t.Fatal(err)
		}
	}
	begin(t, s, aSession("sa", "u_alice"), aSession("sb", "u_bob"))
	if err := s.DeleteUser(t.Context(), "u_alice", api.Revocation{Kind: api.RevokeSubject, Key: "u_alice"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UserByLogin(t.Context(), "alice"); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v, want the user gone", err)
	}
	if keys, _ := s.APIKeys(t.Context(), "", "", 10); len(keys) != 1 || keys[0].ID != "b1" {
		t.Errorf("got keys %v, want bob's alone", keys)
	}
	if list, _ := s.Sessions(t.Context(), "", "", 10); len(list) != 1 || list[0].ID != "sb" {
		t.Errorf("got sessions %v, want bob's alone", idsOf(list))
	}
	if err := rotate(t.Context(), s, "sa", 0); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v for a deleted user's refresh token, want not found", err)
	}
	if rows := since(t, s, 0); len(rows) != 1 || rows[0].Key != "u_alice" {
		t.Errorf("got revocations %v, want alice's", rows)
	}
	create(t, s, alice()) // her names are free again
}

func concurrentUpdates(t *testing.T, s store.Store) {
	const workers, each = 32, 4
	create(t, s, alice())
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range each {
				_, err := s.UpdateUser(t.Context(), "u_alice", func(u *api.User) ([]api.Revocation, error) {
					u.Gen++
					return []api.Revocation{{Kind: api.RevokeSubject, Key: u.Subject, MinGen: u.Gen}}, nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if u, _ := s.UserBySubject(t.Context(), "u_alice"); u.Gen != 1+workers*each {
		t.Errorf("got generation %d, want %d", u.Gen, 1+workers*each)
	}
	rows := since(t, s, 0)
	if len(rows) != workers*each {
		t.Fatalf("got %d revocations, want %d", len(rows), workers*each)
	}
	for i, r := range rows {
		if r.MinGen != int64(i+2) {
			t.Fatalf("row %d has generation %d, want %d: rows and updates differ in order", i, r.MinGen, i+2)
		}
	}
}

func concurrentCreates(t *testing.T, s store.Store) {
	const workers = 32
	var all sync.WaitGroup
	var mu sync.Mutex
	conflicts := 0
	for i := range workers {
		all.Go(func() {
			_, err := s.CreateUser(t.Context(), api.User{Subject: fmt.Sprint("u", i), Login: fmt.Sprint("login", i/2)})
			if errors.Is(err, api.ErrConflict) {
				mu.Lock()
				conflicts++
				mu.Unlock()
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	list, err := s.Users(t.Context(), 0, 100)
	if err != nil || len(list) != workers/2 || conflicts != workers/2 {
		t.Errorf("got %d users and %d conflicts, %v, want %d of each", len(list), conflicts, err, workers/2)
	}
}
