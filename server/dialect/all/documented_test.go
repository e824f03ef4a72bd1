package all_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/server/dialect/all"
)

// settingsIn calls visit for each setting of a dialect's configuration.
func settingsIn(t reflect.Type, visit func(f reflect.StructField)) {
	for i := range t.NumField() {
		switch f := t.Field(i); f.Tag.Get("yaml") {
		case "-":
		case ",inline":
			settingsIn(f.Type, visit)
		default:
			visit(f)
		}
	}
}

// TestDialects_settingsInDoc: the package comment of each dialect names every setting.
func TestDialects_settingsInDoc(t *testing.T) {
	for name, o := range all.Types() {
		text, err := os.ReadFile(filepath.Join("..", filepath.Base(reflect.TypeOf(o).PkgPath()), "doc.go"))
		if err != nil {
			t.Fatal(err)
		}
		settingsIn(reflect.TypeOf(o), func(f reflect.StructField) {
			if key := f.Tag.Get("yaml"); !regexp.MustCompile(`\b` + key + `\b`).Match(text) {
				t.Errorf("doc.go of dialect %s does not name %s", name, key)
			}
		})
	}
}

// TestDialects_userFields: the description of claims names every field of the user that
// tokens may have, and no other.
func TestDialects_userFields(t *testing.T) {
	want := slices.Sorted(slices.Values(policy.UserFields()))
	for name, o := range all.Types() {
		settingsIn(reflect.TypeOf(o), func(f reflect.StructField) {
			if f.Tag.Get("yaml") != "claims" {
				return
			}
			_, list, _ := strings.Cut(f.Tag.Get("doc"), "}") // after the example
			got := regexp.MustCompile(`user\.\w+`).FindAllString(list, -1)
			if slices.Sort(got); !slices.Equal(got, want) {
				t.Errorf("dialect %s: claims names %v, want %v", name, got, want)
			}
		})
	}
}
