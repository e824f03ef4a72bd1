package tree

import (
	"bytes"
	"reflect"
	"testing"
)

// printed is what the encoder makes of a struct.
func printed(t *testing.T, v any) string {
	t.Helper()
	var out bytes.Buffer
	e := Encoder{Keep: func(string, reflect.Value) bool { return true }, Note: func(string) string { return "" }}
	if err := e.Write(&out, reflect.ValueOf(v)); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestEncoder_lists(t *testing.T) {
	type holder struct {
		Grid  [][]int             `yaml:"grid" doc:"A grid."`
		Words [][]string          `yaml:"words" doc:"Words."`
		Maps  []map[string]int    `yaml:"maps" doc:"Numbers by name."`
		Named map[string][]string `yaml:"named" doc:"Words by name."`
	}
	got := printed(t, holder{
		Grid: [][]int{{1, 2}, {}}, Words: [][]string{{"a b", "c"}}, Maps: []map[string]int{{"x": 1}},
		Named: map[string][]string{"y": {"d"}},
	})
	const want = `grid:
  - - 1
    - 2
  - []
words:
  - [a b, c]
maps:
  - x: 1
named:
  y: [d]
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
