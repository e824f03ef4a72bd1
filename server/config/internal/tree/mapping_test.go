package tree

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

type (
	twoForms struct {
		Claims string            `yaml:"claims" default:"full" enum:"full|exact" mapping:"Fields" doc:"Which claims there are."`
		Fields map[string]string `yaml:"-"`
	}
	within struct {
		twoForms `yaml:",inline"`
		Last     string `yaml:"last" doc:"What comes last."`
	}
	noForm struct {
		Claims string `yaml:"claims" mapping:"Nothing" doc:"Which claims there are."`
	}
	wrongForm struct {
		Claims string `yaml:"claims" mapping:"Fields" doc:"Which claims there are."`
		Fields string `yaml:"-"`
	}
)

// TestMapping: a setting may be a word or a mapping, also in an inlined struct, and is
// printed as it was written.
func TestMapping(t *testing.T) {
	for text, want := range map[string]struct {
		word    string
		fields  map[string]string
		printed string
		wrong   []string
	}{
		"last: l":                       {"full", nil, "claims: full\nlast: l\n", nil},
		"claims: exact":                 {"exact", nil, "claims: exact\nlast: \"\"\n", nil},
		"claims: {b: user.b, a: c}":     {"full", map[string]string{"a": "c", "b": "user.b"}, "claims:\n  a: c\n  b: user.b\nlast: \"\"\n", nil},
		"claims: [a]":                   {"full", nil, "claims: full\nlast: \"\"\n", []string{"1:9 claims must be a string, got a list"}},
		"claims: {a: {b: c}}":           {"full", nil, "claims: full\nlast: \"\"\n", []string{"1:13 claims.a must be a string, got a mapping"}},
		"claims: {a: c, a: d}\nlast: l": {"full", map[string]string{"a": "c"}, "claims:\n  a: c\nlast: l\n", []string{`1:16 claims key "a" is here twice, first in line 1: keep one`}},
	} {
		var wrong reported
		v := Lists{}.Blank(reflect.TypeFor[within]())
		(&Reader{Report: &wrong, Root: v.Type()}).Read([]byte(text+"\n"), v)
		got := v.Interface().(within)
		if got.Claims != want.word || !maps.Equal(got.Fields, want.fields) || !slices.Equal(wrong, want.wrong) {
			t.Errorf("%s: got %+v, wrong %q; want %+v", text, got, wrong, want)
		}
		if out := printed(t, got); out != want.printed {
			t.Errorf("%s: printed\n%s", text, out)
		}
	}
	schema, err := Lists{}.Schema(reflect.TypeFor[within]())
	if err != nil {
		t.Fatal(err)
	}
	forms, _ := schema["properties"].(map[string]any)["claims"].(map[string]any)["anyOf"].([]any)
	if len(forms) != 2 {
		t.Errorf("the schema has the forms %v", forms)
	}
}

func TestMapping_wrongTag(t *testing.T) {
	for _, config := range []any{noForm{}, wrongForm{}} {
		err := Lists{"things": {"mine": config}}.Check(reflect.TypeFor[entry]())
		if err == nil || !strings.Contains(err.Error(), "mapping tag must name a field") {
			t.Errorf("%T: got %v, want an error with %q", config, err, "mapping tag must name a field")
		}
	}
}
