package users

import (
	"fmt"
	"testing"
)

// TestFormsInUse: what is known of directories together, and of those that do not tell.
func TestFormsInUse(t *testing.T) {
	a, b, c, nobody := cost{kind: bcrypted, n: 4}, cost{kind: bcrypted, n: 5}, cost{kind: bcrypted, n: 6}, cost{kind: crypted}
	var f formsInUse
	f.of("told").add(a)
	f.of("told").counted = true
	f.of("told too").add(b)
	f.of("told too").counted = true
	f.met("silent", c)
	f.met("silent", c)
	f.met("silent", cost{kind: bcrypted, n: capBcrypt + 1})
	for _, tc := range []struct {
		names []string
		want  []cost
	}{
		{nil, []cost{nobody}}, {[]string{"new"}, []cost{nobody}}, {[]string{"told"}, []cost{a}}, {[]string{"told", "told too"}, []cost{a, b}}, {[]string{"told", "told"}, []cost{a}},
		{[]string{"silent"}, []cost{c, nobody}}, {[]string{"told", "silent"}, []cost{a, c, nobody}}, {[]string{"silent", "told"}, []cost{c, nobody, a}}, {[]string{"new", "silent"}, []cost{nobody, c}},
	} {
		if got := f.inUse(tc.names, nobody); fmt.Sprint(got) != fmt.Sprint(tc.want) {
			t.Errorf("%v: got %v, want %v", tc.names, got, tc.want)
		}
	}
	if got := f.of("told").costs; len(got) != 1 {
		t.Errorf("what was lent became %v", got)
	}
	for i := range 2 * mostForms {
		f.of("many").add(cost{kind: stretched, n: uint32(i)})
	}
	if n := len(f.of("many").costs); n != mostForms {
		t.Errorf("%d costs are remembered", n)
	}
	for _, tc := range []struct {
		names       []string
		spent, want float64
	}{{[]string{"a"}, 5, 5}, {[]string{"a"}, 3, 5}, {[]string{"b"}, 4, 4}, {[]string{"b", "a"}, 1, 5}, {[]string{"a", "b"}, 1, 5}, {nil, 9, 0}} {
		if got := f.programs(tc.names, tc.spent); got != tc.want {
			t.Errorf("%v after %v: got %v, want %v", tc.names, tc.spent, got, tc.want)
		}
	}
}

// TestStopwatch: what takes no time is not measured, and what is remembered is bounded.
func TestStopwatch(t *testing.T) {
	var w stopwatch
	if w.of(cost{}, 8) != 0 || w.times != nil {
		t.Error("next to nothing was measured")
	}
	one := cost{kind: bcrypted, n: 4}
	first := w.of(one, 8)
	if first <= 0 || w.of(one, 8) != first || w.sum([]cost{one, one}, 8) != 2*first {
		t.Errorf("measured %v, then %v, %v", first, w.of(one, 8), w.sum([]cost{one, one}, 8))
	}
	for i := range mostTimes {
		w.times[cost{kind: stretched, n: uint32(i)}] = duration{}
	}
	w.of(cost{kind: bcrypted, n: 5}, 8)
	if len(w.times) != 1 {
		t.Errorf("%d times are remembered", len(w.times))
	}
	w.times = map[cost]duration{{kind: stretched, n: 7}: {fixed: 100, block: 10}}
	if got, want := w.of(cost{kind: stretched, n: 7}, 100), 100+10*(cost{kind: stretched}).blocks(100); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
