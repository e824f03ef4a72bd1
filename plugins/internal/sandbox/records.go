package sandbox

import (
	"slices"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Call describes one call of a hook. It is for audits, recordings and tests; clients
// never see it.
type Call struct {
	Plugin, Point string
	// Status is what the guest returned; zero if it failed before returning.
	Status abi.Status
	// Err is nil, the refusal (an *api.Error), or a *[Fault].
	Err error
	// Changes is the journal in order. It takes effect if Err is nil and Status keeps
	// changes.
	Changes []Change
	// Fuel is the fuel burned, HostCalls the number of host calls.
	Fuel      int64
	HostCalls int
}

// Change is one entry of a journal.
type Change struct {
	Key     string
	Value   hooks.Value
	Deleted bool
}

func (c Change) apply(view hooks.View) error {
	if c.Deleted {
		return view.Delete(c.Key)
	}
	return view.Set(c.Key, c.Value)
}

// Shadow is how a shadow's outcome differs from the event. If a new version of a plugin
// is bound as shadow after the old one, that is the difference between the two versions.
type Shadow struct {
	Plugin, Point string
	Refuses       bool         // it would have refused
	Differences   []Difference // what it would have changed; none if it agrees
}

// Difference is a field that a shadow would have set differently. Is is the zero value if
// the field is absent.
type Difference struct {
	Key     string
	Is      hooks.Value
	Would   hooks.Value
	Deletes bool
}

// differences compares the event after changes with the event as it is.
func differences(changes []Change, view hooks.View) []Difference {
	var list []Difference
	for n, c := range changes {
		if slices.ContainsFunc(changes[n+1:], func(later Change) bool { return later.Key == c.Key }) {
			continue
		}
		is, there := view.Get(c.Key)
		if c.Deleted && !there || !c.Deleted && there && is.Text() == c.Value.Text() {
			continue
		}
		list = append(list, Difference{c.Key, is, c.Value, c.Deleted})
	}
	return list
}

// Start is the fuel used by a function that runs when an instance starts.
type Start struct {
	Name        string // _initialize or configure
	Fuel, Limit int64
	Error       string // why no instance can start; "" for one that does
}
