package config

import (
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/config/internal/tree"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// TestFields checks the tags of every setting: key, description, a valid default, and a
// file setting for each secret.
func TestFields(t *testing.T) {
	keys := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	count := 0
	check := func(owner reflect.Type) {
		seen := map[string]bool{}
		for _, f := range tree.FieldsOf(owner) {
			if f.Variants != "" {
				continue
			}
			count++
			name := owner.Name() + "." + f.Key
			if !keys.MatchString(f.Key) || seen[f.Key] {
				t.Errorf("%s: key is not snake_case, or is there twice", name)
			}
			seen[f.Key] = true
			if len(f.Doc) < 10 || f.Doc[len(f.Doc)-1] != '.' {
				t.Errorf("%s: doc tag %q is not a sentence", name, f.Doc)
			}
			if f.Enum != nil && f.HasDefault && !slices.Contains(f.Enum, f.Default) {
				t.Errorf("%s: default %q is not one of its words", name, f.Default)
			}
			if twin, ok := tree.FieldOf(owner, f.Key+"_file"); f.Type == tree.SecretType && (!ok || !twin.Path) {
				t.Errorf("%s: a secret needs a setting %s_file of kind path", name, f.Key)
			}
			if !f.HasDefault {
				continue
			}
			if _, err := tree.PlainDefault(f); err != nil {
				t.Errorf("%s: PlainDefault: %v", name, err)
			}
		}
	}
	eachStruct(reflect.TypeFor[Config](), check)
	for _, method := range all.Types() {
		eachStruct(reflect.TypeOf(method), check)
	}
	for _, dialect := range dialects.Types() {
		eachStruct(reflect.TypeOf(dialect), check)
	}
	if count < 90 {
		t.Errorf("visited %d settings: some struct was not reached", count)
	}
}

func eachStruct(t reflect.Type, fn func(reflect.Type)) {
	if tree.IsScalar(t) {
		return
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Map:
		eachStruct(t.Elem(), fn)
	case reflect.Struct:
		fn(t)
		for _, f := range tree.FieldsOf(t) {
			eachStruct(f.Type, fn)
		}
	}
}
