package store_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// panicking is a store that panics in every method, because it wraps nil.
type panicking struct{ store.Store }

// TestChecked: a panic in the store becomes an error that names the method.
func TestChecked(t *testing.T) {
	checked, err := store.Checked(&panicking{})
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.ValueOf(checked)
	var methods []reflect.Method
	for _, face := range []reflect.Type{
		reflect.TypeFor[store.Store](), reflect.TypeFor[session.Counter](), reflect.TypeFor[session.Finder](),
	} {
		for i := range face.NumMethod() {
			methods = append(methods, face.Method(i))
		}
	}
	for _, m := range methods {
		var args []reflect.Value
		for n := range m.Type.NumIn() {
			if in := m.Type.In(n); in == reflect.TypeFor[interface{ Done() <-chan struct{} }]() || n == 0 {
				args = append(args, reflect.ValueOf(t.Context()))
			} else if !m.Type.IsVariadic() || n < m.Type.NumIn()-1 {
				args = append(args, reflect.Zero(in))
			}
		}
		out := v.MethodByName(m.Name).Call(args)
		err, _ := out[len(out)-1].Interface().(error)
		if api.CodeOf(err) != api.Internal || !strings.Contains(err.Error(), `store "`+m.Name+`" panicked`) {
			t.Errorf("%s: got %.100v, want code %s and an error with %q", m.Name, err, api.Internal, `store "`+m.Name+`" panicked`)
		}
		for _, o := range out[:len(out)-1] {
			if !o.IsZero() {
				t.Errorf("%s: got %v beside the error", m.Name, o)
			}
		}
	}
	if u, ok := checked.(interface{ Unwrap() any }); !ok || u.Unwrap() == nil {
		t.Error("what the store can do besides is lost")
	}
}

// TestChecked_nil: a nil store is refused, even as a nil pointer.
func TestChecked_nil(t *testing.T) {
	for _, s := range []store.Store{nil, (*memory.Store)(nil)} {
		if c, err := store.Checked(s); c != nil || err == nil {
			t.Errorf("%T: Checked = %v, %v; want nil and an error", s, c, err)
		}
	}
}

// otherKey is a store that returns the same API key for every id.
type otherKey struct{ store.Store }

func (otherKey) APIKey(context.Context, string) (api.APIKey, error) {
	return api.APIKey{ID: "a", Subject: "u"}, nil
}

// TestChecked_otherKey: a store that returns another API key than requested is an error.
func TestChecked_otherKey(t *testing.T) {
	checked, err := store.Checked(otherKey{})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]api.Code{"a": "", "b": api.Internal, "": api.Internal, "A": api.Internal} {
		if key, err := checked.APIKey(t.Context(), id); api.CodeOf(err) != want || (key.ID == "a") != (want == "") {
			t.Errorf("APIKey(%q) = %+v, %v; want code %q", id, key, err, want)
		}
	}
}

// plain is a store without optional abilities.
type plain struct{ store.Store }

// TestChecked_abilities: sessions are counted and found whether the store can do this
// itself or only list them; one that can is asked.
func TestChecked_abilities(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	inner := memory.New()
	for i, device := range []string{"phone", "phone", "desk"} {
		x := api.Session{ID: fmt.Sprint(i), Subject: "u", Device: device, Created: now.Add(time.Duration(i)), IdleEnd: now.Add(time.Hour), End: now.Add(time.Hour)}
		if err := inner.CreateSession(t.Context(), x, api.RefreshToken{Hash: [32]byte{byte(i)}, Session: x.ID}); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		inner   store.Store
		queries int64 // one for each call
	}{"able": {inner, 2}, "listing": {plain{inner}, 2}, "its own answer": {able{inner}, 0}} {
		checked, err := store.Checked(c.inner)
		if err != nil {
			t.Fatal(err)
		}
		before := inner.Queries()
		n, countErr := checked.(session.Counter).CountLive(t.Context(), "u", now, 2)
		list, findErr := checked.(session.Finder).LiveOn(t.Context(), "u", "", "phone", now, 1)
		if countErr != nil || findErr != nil || n != 2 || len(list) != 1 || list[0].ID != "1" {
			t.Errorf("%s: counted %d, %v; found %+v, %v", name, n, countErr, list, findErr)
		}
		if got := inner.Queries() - before; got != c.queries {
			t.Errorf("%s: the store was asked %d times, want %d", name, got, c.queries)
		}
	}
}

// able is a store that counts and finds sessions itself.
type able struct{ store.Store }

func (able) CountLive(context.Context, string, time.Time, int) (int, error) { return 2, nil }

func (able) LiveOn(context.Context, string, string, string, time.Time, int) ([]api.Session, error) {
	return []api.Session{{ID: "1"}}, nil
}
