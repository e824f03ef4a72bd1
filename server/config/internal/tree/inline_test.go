package tree

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

type (
	shared struct {
		Secret     string `yaml:"secret" doc:"What is known to both."`
		Strictness string `yaml:"strictness" default:"full" enum:"full|none" doc:"How strict it is."`
	}
	Hidden struct {
		Age int `yaml:"age" default:"3" doc:"How old it is."`
	}
	sharing struct {
		First  string `yaml:"first" doc:"What comes first."`
		shared `yaml:",inline"`
		Deep   struct {
			Hidden `yaml:",inline"`
		} `yaml:",inline"`
		Last string `yaml:"last" doc:"What comes last."`
	}
	clashing struct {
		shared `yaml:",inline"`
		Mine   string `yaml:"secret" doc:"Another of that name."`
	}
	noStruct struct {
		Words []string `yaml:",inline" doc:"Some words."`
	}
)

// reported collects what a reader reports.
type reported []string

func (*reported) Found(string, Place) {}

func (r *reported) Wrong(key string, at Place, text string) {
	*r = append(*r, fmt.Sprintf("%d:%d %s %s", at.Line, at.Column, key, text))
}

func TestInline(t *testing.T) {
	lists := Lists{"things": {"sharing": sharing{}}}
	if err := lists.Check(reflect.TypeFor[entry]()); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, f := range FieldsOf(reflect.TypeFor[sharing]()) {
		keys = append(keys, f.Key)
	}
	if want := []string{"first", "secret", "strictness", "age", "last"}; !slices.Equal(keys, want) {
		t.Errorf("settings %v, want %v", keys, want)
	}

	var list []entry
	var wrong reported
	r := &Reader{Lists: lists, Report: &wrong, Root: reflect.TypeFor[entry]()}
	r.Read([]byte("- {type: sharing, secret: s, last: l}\n- {type: sharing, age: x, secrets: s}\n"), reflect.ValueOf(&list).Elem())
	want := sharing{shared: shared{"s", "full"}, Last: "l"}
	want.Deep.Age = 3
	if got := list[0].Config; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if want := []string{`2:24 [1].age "x" is not a whole number`, `2:27 [1] unknown key "secrets"; did you mean secret?`}; !slices.Equal(wrong, want) {
		t.Errorf("got %q, want %q", wrong, want)
	}

	Visit(reflect.ValueOf(list), "", func(s Setting) {
		if s.Name == "[0].secret" {
			s.Set(reflect.ValueOf("changed"))
		}
	})
	if got := list[0].Config.(sharing).Secret; got != "changed" {
		t.Errorf("after a visit secret is %q", got)
	}
	if got, want := printed(t, list[0]), "type: sharing\nfirst: \"\"\nsecret: changed\nstrictness: full\nage: 3\nlast: l\n"; got != want {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
	schema, err := lists.Schema(reflect.TypeFor[entry]())
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprint(schema); !strings.Contains(text, "How strict it is.") || strings.Contains(text, inline) {
		t.Errorf("schema %s", text)
	}
}

func TestInline_wrong(t *testing.T) {
	for want, config := range map[string]any{
		"field Mine: setting secret is already another field's": clashing{},
		"field Words is inline and not a struct":                noStruct{},
	} {
		err := Lists{"things": {"mine": config}}.Check(reflect.TypeFor[entry]())
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
