package tree

import (
	"reflect"
	"strings"
	"testing"
)

// entry is a list entry with a type name.
type entry struct {
	Type   string `yaml:"type" doc:"Its type."`
	Config any    `yaml:"-" variants:"things" by:"type"`
}

type (
	family struct {
		Children []family `yaml:"children" doc:"Those below it."`
	}
	cousins struct {
		ByName map[string]aunt `yaml:"by_name" doc:"Those beside it."`
	}
	aunt struct {
		Sons []cousins `yaml:"sons" doc:"Those below it."`
	}
	nested []nested
	nest   struct {
		All nested `yaml:"all" doc:"Lists of lists."`
	}
	twice struct {
		First  Texts `yaml:"first" doc:"Some words."`
		Second Texts `yaml:"second" doc:"Other words."`
	}
)

func TestLists_Check_recursive(t *testing.T) {
	for name, config := range map[string]any{"family": family{}, "cousins": cousins{}, "nest": nest{}} {
		err := Lists{"things": {name: config}}.Check(reflect.TypeFor[entry]())
		if err == nil || !strings.Contains(err.Error(), "which holds itself") {
			t.Errorf("%s: got %v, want an error with %q", name, err, "which holds itself")
		}
	}
	if err := (Lists{"things": {"twice": twice{}}}).Check(reflect.TypeFor[entry]()); err != nil {
		t.Errorf("a type that is used twice holds itself: %v", err)
	}
}
