package storetest

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
	"github.com/cardea-auth/cardea/core/store"
)

// endedContext calls every method, including those of optional interfaces, with a cancelled
// context.
func endedContext(t *testing.T, s store.Store) {
	create(t, s, alice())
	begin(t, s, aSession("s", "u_alice"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	CallAll(ctx, s, func(method string, err error) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want canceled", method, err)
		}
	})
	if _, err := s.UserBySubject(t.Context(), bob().Subject); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("got %v: a canceled create went through", err)
	}
	if x, err := s.Session(t.Context(), "s"); err != nil || !x.Ended.IsZero() {
		t.Errorf("got %+v, %v: a canceled end went through", x, err)
	}
}

// CallAll calls every method of a store except Close, including those of optional
// interfaces, and passes its error to tell. It is for stores on which every call fails.
func CallAll(ctx context.Context, s store.Store, tell func(method string, err error)) {
	for _, face := range []reflect.Type{
		reflect.TypeFor[store.Store](), reflect.TypeFor[session.Counter](), reflect.TypeFor[session.Finder](), reflect.TypeFor[store.PluginEntries](),
	} {
		if !reflect.TypeOf(s).Implements(face) {
			continue
		}
		for i := range face.NumMethod() {
			m := face.Method(i)
			if m.Name == "Close" {
				continue
			}
			out := reflect.ValueOf(s).MethodByName(m.Name).Call(arguments(ctx, m.Type))
			err, _ := out[len(out)-1].Interface().(error)
			tell(m.Name, err)
		}
	}
}

// arguments returns arguments for which a method has work to do. Functions are nil: the
// method must not call them.
func arguments(ctx context.Context, method reflect.Type) []reflect.Value {
	list := []reflect.Value{reflect.ValueOf(ctx)}
	for i := 1; i < method.NumIn(); i++ {
		in := method.In(i)
		if method.IsVariadic() && i == method.NumIn()-1 {
			in = in.Elem()
		}
		list = append(list, argument(in))
	}
	return list
}

func argument(in reflect.Type) reflect.Value {
	switch v := reflect.New(in).Interface().(type) {
	case *string:
		return reflect.ValueOf("u_alice")
	case *int:
		return reflect.ValueOf(1)
	case *time.Time:
		return reflect.ValueOf(moment)
	case *api.User:
		return reflect.ValueOf(bob())
	case *map[string]time.Time:
		return reflect.ValueOf(map[string]time.Time{"k": moment})
	default:
		return reflect.ValueOf(v).Elem()
	}
}
