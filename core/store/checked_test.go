package store_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
)

// panicking is a store of which every method panics, since there is none inside.
type panicking struct{ store.Store }

// TestChecked: whatever a store panics in, it is an error that names the method.
func TestChecked(t *testing.T) {
	checked, err := store.Checked(&panicking{})
	if err != nil {
		t.Fatal(err)
	}
	v, methods := reflect.ValueOf(checked), reflect.TypeFor[store.Store]()
	for i := range methods.NumMethod() {
		m := methods.Method(i)
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
			t.Errorf("%s: got %.100v", m.Name, err)
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

// TestChecked_nil: no store is none, also as a nil pointer.
func TestChecked_nil(t *testing.T) {
	for _, s := range []store.Store{nil, (*memory.Store)(nil)} {
		if c, err := store.Checked(s); c != nil || err == nil {
			t.Errorf("%T: got %v, %v", s, c, err)
		}
	}
}

// otherKey is a store that answers with one API key, whichever it is asked for.
type otherKey struct{ store.Store }

func (otherKey) APIKey(context.Context, string) (api.APIKey, error) {
	return api.APIKey{ID: "a", Subject: "u"}, nil
}

// TestChecked_otherKey: an API key that is not the one that was asked for is a fault.
func TestChecked_otherKey(t *testing.T) {
	checked, err := store.Checked(otherKey{})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]api.Code{"a": "", "b": api.Internal, "": api.Internal, "A": api.Internal} {
		if key, err := checked.APIKey(t.Context(), id); api.CodeOf(err) != want || (key.ID == "a") != (want == "") {
			t.Errorf("%q: got %+v, %v", id, key, err)
		}
	}
}
