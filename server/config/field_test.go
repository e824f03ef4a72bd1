package config

import (
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/cardea-auth/cardea/methods/all"
)

// TestFields checks the tags of every setting: key, sentence, a default that is
// valid, a file twin for each secret.
func TestFields(t *testing.T) {
	keys := regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	count := 0
	check := func(owner reflect.Type) {
		seen := map[string]bool{}
		for _, f := range fieldsOf(owner) {
			if f.variants != "" {
				continue
			}
			count++
			name := owner.Name() + "." + f.key
			if !keys.MatchString(f.key) || seen[f.key] {
				t.Errorf("%s: key is not snake_case, or is there twice", name)
			}
			seen[f.key] = true
			if len(f.doc) < 10 || f.doc[len(f.doc)-1] != '.' {
				t.Errorf("%s: doc tag %q is no sentence", name, f.doc)
			}
			if f.enum != nil && f.hasDef && !slices.Contains(f.enum, f.def) {
				t.Errorf("%s: default %q is not one of its words", name, f.def)
			}
			if twin, ok := fieldOf(owner, f.key+"_file"); f.typ == secretType && (!ok || !twin.path) {
				t.Errorf("%s: a secret needs a setting %s_file of kind path", name, f.key)
			}
			if !f.hasDef {
				continue
			}
			if _, err := plainDefault(f); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	eachStruct(reflect.TypeFor[Config](), check)
	for _, method := range all.Types() {
		eachStruct(reflect.TypeOf(method), check)
	}
	if count < 90 {
		t.Errorf("visited %d settings: some struct was not reached", count)
	}
}

func eachStruct(t reflect.Type, fn func(reflect.Type)) {
	switch t.Kind() {
	case reflect.Slice, reflect.Map:
		eachStruct(t.Elem(), fn)
	case reflect.Struct:
		fn(t)
		for _, f := range fieldsOf(t) {
			eachStruct(f.typ, fn)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"access_ttl", "refresh_ttl", "issuer"}
	for word, want := range map[string]string{
		"acces_ttl": "access_ttl", "accessttl": "access_ttl", "isuer": "issuer", "zebra": "", "x": "", "ab": "",
	} {
		if got := nearest(word, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
