package policy_test

import (
	"reflect"
	"testing"

	"github.com/cardea-auth/cardea/core/policy"
)

// TestPolicy_Clone: the copy shares no list with the original, whichever lists a policy
// has.
func TestPolicy_Clone(t *testing.T) {
	var p policy.Policy
	lists := fill(reflect.ValueOf(&p).Elem())
	clone := p.Clone()
	if !reflect.DeepEqual(clone.Rules, p.Rules) || !reflect.DeepEqual(clone.Sites, p.Sites) || !reflect.DeepEqual(clone.Tokens, p.Tokens) {
		t.Error("the copy is another policy")
	}
	if shared := sharing(reflect.ValueOf(p), reflect.ValueOf(clone), "Policy"); len(shared) > 0 {
		t.Errorf("both have the lists %v", shared)
	}
	if lists < 25 {
		t.Errorf("only %d lists are looked at", lists)
	}
	if empty := (policy.Policy{}).Clone(); empty.Rules != nil || empty.Tokens.Places != nil {
		t.Error("what was nil is not")
	}
}

// fill adds an element to each list in v, and returns the number of lists. Pointers,
// functions and interfaces stay nil.
func fill(v reflect.Value) (lists int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				lists += fill(v.Field(i))
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return 1 + fill(v.Index(0))
	}
	return lists
}

// sharing returns the names of the lists that two values share.
func sharing(a, b reflect.Value, name string) (shared []string) {
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if field := a.Type().Field(i); field.IsExported() {
				shared = append(shared, sharing(a.Field(i), b.Field(i), name+"."+field.Name)...)
			}
		}
	case reflect.Slice:
		if a.Len() > 0 && a.Pointer() == b.Pointer() {
			return []string{name}
		}
		for i := range a.Len() {
			shared = append(shared, sharing(a.Index(i), b.Index(i), name)...)
		}
	}
	return shared
}
