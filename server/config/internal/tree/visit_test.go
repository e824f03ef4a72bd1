package tree

import (
	"reflect"
	"sync"
	"testing"
)

// withFunc is a configuration with a value that cannot be compared.
type withFunc struct {
	Colour string              `yaml:"colour" doc:"Its colour."`
	Named  map[string]withName `yaml:"named" doc:"More of it."`

	Lookup func() `yaml:"-"`
}

type withName struct {
	Text string `yaml:"text" doc:"A text."`

	Lookup func() `yaml:"-"`
}

func entries() []entry {
	return []entry{{Type: "thing", Config: withFunc{Colour: "red", Lookup: func() {}, Named: map[string]withName{"a": {Text: "x", Lookup: func() {}}}}}}
}

// TestVisit_sharedList: concurrent visits that only read a list do not write to it, which
// the race detector checks.
func TestVisit_sharedList(t *testing.T) {
	list := entries()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			Visit(reflect.ValueOf(list), "", func(Setting) {})
		})
	}
	all.Wait()
	Visit(reflect.ValueOf([1]entry(list)[0]), "", func(Setting) {}) // a copy, as checkers get
}

func TestSetting_Set(t *testing.T) {
	list := entries()
	var names []string
	Visit(reflect.ValueOf(list), "", func(s Setting) {
		names = append(names, s.Name)
		if s.Name == "[0].colour" || s.Name == "[0].named.a.text" {
			s.Set(reflect.ValueOf("blue"))
		}
	})
	got := list[0].Config.(withFunc)
	if got.Colour != "blue" || got.Named["a"].Text != "blue" || got.Lookup == nil || got.Named["a"].Lookup == nil {
		t.Errorf("got %+v after a visit of %v", got, names)
	}
}
