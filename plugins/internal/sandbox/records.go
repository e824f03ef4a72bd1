package sandbox

import (
	"slices"

	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/plugins/abi"
)

// Call is what one call of a hook did. It is for audits, recordings and tests;
// clients never see it.
type Call struct {
	Plugin, Point string
	// Status is what the guest returned; zero when it broke before it could.
	Status abi.Status
	// Err is nil, the refusal (an *api.Error), or a *[Fault].
	Err error
	// Changes is the journal in its order. They count if Err is nil and Status
	// keeps changes.
	Changes []Change
	// Fuel is what the guest burned, HostCalls how often it called the host.
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

// Shadow is what a shadow would have done that nobody before it did: where a new
// version of a plugin is bound as the shadow of the old one, after it, how they
// differ.
type Shadow struct {
	Plugin, Point string
	Refuses       bool         // it would have refused
	Differences   []Difference // what it would have changed; none if it agrees
}

// Difference is a field that a shadow would have left otherwise. A field that is
// not there has the zero value.
type Difference struct {
	Key     string
	Is      hooks.Value
	Would   hooks.Value
	Deletes bool
}

// differences compares what changes would make of an event with the event as it is.
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

// Start is what a function burns that runs when an instance starts.
type Start struct {
	Name        string // _initialize or configure
	Fuel, Limit int64
	Error       string // why no instance can start; "" for one that does
}
