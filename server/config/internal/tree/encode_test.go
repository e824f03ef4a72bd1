package tree

import (
	"bytes"
	"errors"
	"net/netip"
	"reflect"
	"testing"
)

// printed returns the encoder's output for a struct.
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

// level is a type whose text differs from its printed form.
type level int

func (l *level) UnmarshalText(b []byte) error {
	*l = level(len(b))
	return nil
}

func (l *level) MarshalText() ([]byte, error) {
	if *l < 0 {
		return nil, errors.New("no text is that short")
	}
	return bytes.Repeat([]byte("x"), int(*l)), nil
}

func TestEncoder_texts(t *testing.T) {
	type holder struct {
		Level  level          `yaml:"level" doc:"How far it goes."`
		Odd    level          `yaml:"odd" doc:"What cannot be written."`
		Prefix netip.Prefix   `yaml:"prefix" doc:"No network."`
		Many   []netip.Prefix `yaml:"many" doc:"Networks."`
	}
	got := printed(t, holder{Level: 3, Odd: -1, Many: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	const want = "level: xxx\nodd: \"-1\"\nprefix: \"\"\nmany:\n  - 10.0.0.0/8\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
