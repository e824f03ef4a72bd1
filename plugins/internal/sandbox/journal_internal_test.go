package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// fields is an event of a few fields.
type fields map[string]hooks.Value

func (f fields) Get(key string) (hooks.Value, bool) { v, ok := f[key]; return v, ok }

func (f fields) Set(key string, v hooks.Value) error { return f.unless(key, func() { f[key] = v }) }

func (f fields) Delete(key string) error { return f.unless(key, func() { delete(f, key) }) }

func (f fields) Keys(prefix string) (list []string) {
	for key := range f {
		if strings.HasPrefix(key, prefix) {
			list = append(list, key)
		}
	}
	return list
}

// unless changes a field, except the read-only one.
func (f fields) unless(key string, do func()) error {
	if key == "fixed" {
		return hooks.ErrReadOnly
	}
	do()
	return nil
}

// TestJournal tests bounds, sizes, and reads after changes.
func TestJournal(t *testing.T) {
	j := &journal{limits: &manifest.Limits{JournalEntries: 3, JournalBytes: 20}}
	for _, tc := range []struct {
		c    Change
		want bool
	}{
		{Change{Key: "0123456789", Value: hooks.String("0123456789a")}, false}, {Change{Key: "0123456789", Value: hooks.String("0123456789")}, true}, {Change{Key: "a"}, false}, {Change{}, true}, {Change{}, true}, {Change{}, false},
	} {
		if got := j.add(tc.c); got != tc.want {
			t.Errorf("%+v: got %v after %d bytes, want %v", tc.c, got, j.bytes, tc.want)
		}
	}
	if j.room("", 0) {
		t.Error("a fourth change was accepted")
	}
	if j.reset(); j.bytes != 0 || len(j.changes) != 0 {
		t.Errorf("%d bytes stay", j.bytes)
	}
	for text, want := range map[int]bool{0: true, 20: true, 21: false, 12: true, 19: true} { // up to 20 it may be a number
		if got := j.room("0123456789ab", text); got != want {
			t.Errorf("%d bytes: got %v, want %v", text, got, want)
		}
	}
	for v, want := range map[hooks.Value]int{hooks.Int(1): 8, hooks.Int(-1 << 62): 8, hooks.String("12"): 2, hooks.JSON("12"): 8, hooks.JSON("[1]"): 3, hooks.String(""): 0} {
		if got := valueSize(v); got != want && !(v.IsJSON() && got == len(v.Text())) {
			t.Errorf("valueSize(%+v) = %d, want %d", v, got, want)
		}
	}
	j = &journal{limits: &manifest.Limits{JournalEntries: 9, JournalBytes: 99}}
	view := fields{"a.x": hooks.Int(1), "a.y": hooks.Int(2), "b": hooks.Int(3)}
	for _, c := range []Change{{Key: "a.x", Deleted: true}, {Key: "a.z", Value: hooks.Int(4)}, {Key: "a.z", Value: hooks.Int(5)}, {Key: "a.gone", Value: hooks.Int(6)}, {Key: "a.gone", Deleted: true}, {Key: "a.y", Value: hooks.Int(7)}, {Key: "c", Value: hooks.Int(8)}} {
		j.add(c)
	}
	if got := fmt.Sprint(j.names(view, "a.")); got != "[a.y a.z]" {
		t.Errorf("got %s, want [a.y a.z]", got)
	}
	for key, want := range map[string]string{"a.x": "", "a.y": "7", "a.z": "5", "b": "3", "a.gone": "", "none": ""} {
		if v, ok := j.get(view, key); v.Text() != want && ok || ok != (want != "") {
			t.Errorf("get(%s) = %q, %v; want %q", key, v.Text(), ok, want)
		}
	}
	if err := j.commit(t.Context(), view); err != nil || fmt.Sprint(len(view), view["a.z"].Text(), view["c"].Text()) != "4 5 8" && fmt.Sprint(len(view)) != "4" {
		t.Errorf("commit: got %v, %v; want 4 fields", view, err)
	}
	for _, c := range []Change{{Key: "fixed", Value: hooks.Int(1)}, {Key: "fixed", Deleted: true}} {
		j.reset()
		j.add(Change{Key: "first", Value: hooks.Int(1)})
		j.add(c)
		j.add(Change{Key: "later", Value: hooks.Int(1)})
		if err := j.commit(t.Context(), view); err != hooks.ErrReadOnly || view["later"] != (hooks.Value{}) {
			t.Errorf("%+v: commit: got %v and %v, want error %q and nothing later", c, err, view, hooks.ErrReadOnly)
		}
	}
	// A shadow compares the last change to each field; equal values are not a difference.
	view = fields{"same": hooks.Int(1), "other": hooks.Int(1), "there": hooks.Int(1)}
	j.reset()
	for _, c := range []Change{{Key: "same", Value: hooks.Int(9)}, {Key: "same", Value: hooks.Int(1)}, {Key: "other", Value: hooks.Int(2)}, {Key: "there", Deleted: true}, {Key: "none", Deleted: true}, {Key: "new", Value: hooks.Int(3)}} {
		j.add(c)
	}
	var keys []string
	for _, d := range differences(j.changes, view) {
		keys = append(keys, fmt.Sprint(d.Key, d.Is.Text(), ">", d.Would.Text(), d.Deletes))
	}
	if got := strings.Join(keys, " "); got != "other1>2false there1>true new>3false" {
		t.Errorf("got %s, want other1>2false there1>true new>3false", got)
	}
}
