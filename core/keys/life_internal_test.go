package keys

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// The steps of life are tested on entries without material, written as "state
// algorithm@time", where time is in hours: when a key signs, or stops verifying.

var zero = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func hours(n int) time.Time { return zero.Add(time.Duration(n) * time.Hour) }

// written parses such a text; the id of a key is its position.
func written(t *testing.T, text string) (list []entry) {
	t.Helper()
	for i, word := range strings.Split(text, ", ") {
		if word == "" {
			continue
		}
		var state, algorithm string
		var at int
		if _, err := fmt.Sscanf(strings.Replace(word, "@", " ", 1), "%s %s %d", &state, &algorithm, &at); err != nil {
			t.Fatalf("%q: %v", word, err)
		}
		e := entry{key: api.Key{ID: fmt.Sprint(i), Algorithm: algorithm, Private: []byte{}}, state: State(state), created: zero, notBefore: zero}
		if e.state == Retiring {
			e.retireAt = hours(at)
		} else {
			e.notBefore = hours(at)
		}
		list = append(list, e)
	}
	return list
}

// asWritten is the reverse; a key created by the step is marked.
func asWritten(list []entry) string {
	var words []string
	for _, e := range list {
		at := e.notBefore
		if e.state == Retiring {
			at = e.retireAt
		}
		word := fmt.Sprintf("%s %s@%d", e.state, e.key.Algorithm, int(at.Sub(zero).Hours()))
		if len(e.key.ID) > 2 {
			word += " made"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

// TestLife runs each step on sets in each state, at hour 10. Keys are replaced after 100
// hours, published 5 ahead and kept for 50.
func TestLife(t *testing.T) {
	remove := func(id string) step {
		return func(l life, list []entry) ([]entry, error) { return l.remove(list, id) }
	}
	steps := map[string]step{
		"ensure": life.ensure, "rotate": life.rotate, "promote": life.promoteNow, "tick": life.tick, "remove 0": remove("0"), "remove 1": remove("1"), "remove 9": remove("9"),
	}
	for _, tc := range []struct {
		step, algorithm string
		every, ahead    int
		before, want    string // "" as want: not found
	}{
		{"ensure", "", 100, 5, "", "active HS256@10 made"},
		{"ensure", "ES256", 100, 5, "", "active ES256@10 made"},
		{"ensure", "", 100, 5, "active ES256@1", "active ES256@1"},
		{"ensure", "ES256", 100, 5, "active ES256@1", "active ES256@1"},
		{"ensure", "ES384", 100, 5, "active ES256@1", "retiring ES256@60, active ES384@10 made"},
		{"ensure", "ES384", 100, 5, "active ES256@1, next ES256@12", "retiring ES256@60, active ES384@10 made"},
		{"ensure", "ES256", 100, 5, "active HS256@1, active ES256@2", "retiring HS256@60, active ES256@2"},
		{"ensure", "", 100, 5, "active HS256@1, active ES256@2", "active HS256@1, retiring ES256@60"},
		{"ensure", "ES384", 100, 5, "active HS256@1, active ES256@2", "retiring HS256@60, retiring ES256@60, active ES384@10 made"},
		{"ensure", "ES256", 100, 5, "retiring ES256@20, active ES256@1", "retiring ES256@20, active ES256@1"},
		{"ensure", "", 100, 5, "retiring ES256@20", "retiring ES256@20, active HS256@10 made"},

		{"rotate", "", 100, 5, "active ES256@1", "active ES256@1, next ES256@15 made"},
		{"rotate", "ES384", 100, 5, "active ES256@1", "active ES256@1, next ES384@15 made"},
		{"rotate", "", 100, 0, "active ES256@1", "retiring ES256@60, active ES256@10 made"},
		{"rotate", "", 100, 5, "active ES256@1, next ES256@20", "retiring ES256@60, active ES256@10"}, // made at 0: known since 5
		{"rotate", "", 100, 15, "active ES256@1, next ES256@20", "active ES256@1, next ES256@15"},
		{"rotate", "", 100, 15, "active ES256@1, next ES256@12", "active ES256@1, next ES256@12"},

		{"promote", "", 100, 5, "active ES256@1", ""},
		{"promote", "", 100, 5, "active ES256@1, next ES256@20", "retiring ES256@60, active ES256@10"},

		{"tick", "", 100, 5, "active ES256@1", "active ES256@1"},
		{"tick", "", 14, 5, "active ES256@1", "active ES256@1, next ES256@15 made"}, // due at 15, so to be published now
		{"tick", "", 15, 5, "active ES256@1", "active ES256@1"},                     // due at 16
		{"tick", "", 2, 5, "active ES256@1", "active ES256@1, next ES256@15 made"},  // late, but still published
		{"tick", "", 14, 9, "active ES256@1", "active ES256@1, next ES256@19 made"}, // published later than its time
		{"tick", "", 0, 5, "active ES256@-99", "active ES256@-99"},                  // only when asked to
		{"tick", "", 2, 5, "active ES256@1, next ES256@12", "active ES256@1, next ES256@12"},
		{"tick", "", 100, 5, "active ES256@1, next ES256@10", "retiring ES256@60, active ES256@10"},
		{"tick", "", 100, 5, "active ES256@1, next ES256@11", "active ES256@1, next ES256@11"},
		{"tick", "", 100, 5, "retiring ES256@10, active ES256@1", "active ES256@1"},
		{"tick", "", 100, 5, "retiring ES256@11, active ES256@1", "retiring ES256@11, active ES256@1"},
		{"tick", "", 5, 5, "retiring ES256@11", "retiring ES256@11"},

		{"remove 0", "", 100, 5, "active ES256@1", "active ES256@10 made"},
		{"remove 0", "", 100, 5, "active ES256@1, next ES256@20", "active ES256@10"},
		{"remove 0", "", 100, 5, "active ES256@1, retiring HS256@20", "retiring HS256@20, active ES256@10 made"},
		{"remove 0", "ES384", 100, 5, "active ES256@1", "active ES384@10 made"},
		{"remove 1", "", 100, 5, "active ES256@1, next ES256@20", "active ES256@1"},
		{"remove 1", "", 100, 5, "active ES256@1, retiring ES256@20", "active ES256@1"},
		{"remove 9", "", 100, 5, "active ES256@1, next ES256@20", "active ES256@1, next ES256@20"},
	} {
		schedule := Schedule{time.Duration(tc.every) * time.Hour, time.Duration(tc.ahead) * time.Hour, 50 * time.Hour}
		l := life{schedule: schedule, algorithm: tc.algorithm, now: hours(10)}
		before := written(t, tc.before)
		after, err := steps[tc.step](l, before)
		if got := asWritten(after); got != tc.want || (err != nil) != (tc.want == "") || err != nil && !errors.Is(err, api.ErrNotFound) {
			t.Errorf("%s of %q (%+v): got %q, %v, want %q", tc.step, tc.before, schedule, got, err, tc.want)
		}
		if asWritten(before) != tc.before {
			t.Errorf("%s of %q changed it to %q", tc.step, tc.before, asWritten(before))
		}
	}
}

// TestLife_keepFor tests how long a replaced key verifies.
func TestLife_keepFor(t *testing.T) {
	for keep, want := range map[time.Duration]time.Duration{0: 31 * 24 * time.Hour, -1: 31 * 24 * time.Hour, 1: 1, time.Hour: time.Hour} {
		if got := (Schedule{KeepFor: keep}).keepFor(); got != want {
			t.Errorf("%v: keepFor() = %v, want %v", keep, got, want)
		}
	}
}

// TestLife_noRandomness: a step that cannot create a key changes nothing.
func TestLife_noRandomness(t *testing.T) {
	broken := errors.New("broken")
	for _, s := range []step{life.ensure, life.rotate, func(l life, list []entry) ([]entry, error) { return l.remove(list, "0") }} {
		l := life{algorithm: "HS256", now: hours(10), random: iotest.ErrReader(broken)}
		if list, err := s(l, written(t, "active ES256@1")); !errors.Is(err, broken) || list != nil {
			t.Errorf("got %v, %v; want nothing and error %q", asWritten(list), err, broken)
		}
	}
}

// TestEach: the keys of each further algorithm rotate independently.
func TestEach(t *testing.T) {
	list := written(t, "active HS256@1, active ES256@2, next ES256@20, active EdDSA@3, retiring ES384@30")
	l := life{algorithm: "HS256", now: hours(10), schedule: Schedule{KeepFor: 50 * time.Hour}}
	for _, tc := range []struct {
		also []string
		do   step
		want string
	}{
		{[]string{"ES256", "EdDSA"}, life.ensure, "active HS256@1, retiring ES384@30, active ES256@2, next ES256@20, active EdDSA@3"},
		{[]string{"ES256"}, life.ensure, "active HS256@1, retiring EdDSA@60, retiring ES384@30, active ES256@2, next ES256@20"},
		{[]string{"ES256", "EdDSA"}, life.promoteNow, "active HS256@1, retiring ES384@30, retiring ES256@60, active ES256@10, active EdDSA@3"},
		{[]string{"EdDSA"}, life.promoteNow, "retiring HS256@60, active ES256@2, active ES256@10, retiring ES384@30, active EdDSA@3"},
		{[]string{"ES384"}, life.ensure, "active HS256@1, retiring ES256@60, next ES256@20, retiring EdDSA@60, retiring ES384@30, active ES384@10 made"},
	} {
		got, err := each(l, list, tc.also, tc.do)
		if err != nil || asWritten(got) != tc.want {
			t.Errorf("%v: got %q, %v, want %q", tc.also, asWritten(got), err, tc.want)
		}
	}
	if got, err := each(l, written(t, "active HS256@1"), nil, life.promoteNow); !errors.Is(err, api.ErrNotFound) || got != nil {
		t.Errorf("nothing to do: got %v, %v; want nil and error %q", got, err, api.ErrNotFound)
	}
	broken := errors.New("broken")
	fails := func(l life, list []entry) ([]entry, error) {
		if l.algorithm == "EdDSA" {
			return nil, broken
		}
		return list, nil
	}
	if got, err := each(l, list, []string{"ES256", "EdDSA"}, fails); !errors.Is(err, broken) || got != nil {
		t.Errorf("one fails: got %v, %v; want nil and error %q", got, err, broken)
	}
}

// TestSameTimes: two sets are equal if their keys and times are.
func TestSameTimes(t *testing.T) {
	base := entry{key: api.Key{ID: "a"}, notBefore: hours(1), retireAt: hours(2)}
	for name, change := range map[string]func(*entry){
		"id": func(e *entry) { e.key.ID = "b" }, "begin": func(e *entry) { e.notBefore = hours(3) }, "end": func(e *entry) { e.retireAt = hours(3) },
	} {
		other := base
		if !sameTimes([]entry{base, base}, []entry{base, other}) {
			t.Errorf("%s: equal sets differ", name)
		}
		if change(&other); sameTimes([]entry{base, base}, []entry{base, other}) {
			t.Errorf("%s: the sets are the same", name)
		}
	}
}
