package memory

import (
	"reflect"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
)

// TestClones: no copy shares a list with its original, in whatever field.
func TestClones(t *testing.T) {
	isCopied(t, clone)
	isCopied(t, cloneKey)
	isCopied(t, cloneSession)
	isCopied(t, cloneToken)
	if u := clone(api.User{Roles: []string{"a"}}); u.Roles[0] != "a" {
		t.Errorf("the copy has %v", u.Roles)
	}
}

// isCopied fills every list of a T, and expects that its copy has lists of its own.
func isCopied[T any](t *testing.T, copied func(T) T) {
	t.Helper()
	var original T
	v, lists := reflect.ValueOf(&original).Elem(), 0
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		case reflect.Map:
			f.Set(reflect.MakeMap(f.Type()))
		}
	}
	c := reflect.ValueOf(copied(original))
	for i := range v.NumField() {
		if kind := v.Field(i).Kind(); kind != reflect.Slice && kind != reflect.Map {
			continue
		}
		lists++
		if c.Field(i).IsNil() || c.Field(i).Pointer() == v.Field(i).Pointer() {
			t.Errorf("%T: the copy shares %s", original, v.Type().Field(i).Name)
		}
	}
	if lists == 0 {
		t.Errorf("%T has no lists", original)
	}
}
