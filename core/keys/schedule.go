package keys

import (
	"io"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// defaultKeepFor covers the longest token lifetime that Cardea uses by default.
const defaultKeepFor = 31 * 24 * time.Hour

// Schedule is the life cycle of keys (see [State]).
type Schedule struct {
	RotateEvery  time.Duration // age at which the active key is replaced; 0 disables automatic rotation
	PublishAhead time.Duration // how long a next key is published before it signs; longer than any cache of the JWKS and any node's tick interval; 0 signs at once
	KeepFor      time.Duration // how long a replaced key still verifies: the longest token lifetime; 0 is 31 days (the server passes tokens.max_ttl)
}

// life computes state transitions of keys; it holds the parameters of the steps.
type life struct {
	schedule  Schedule
	algorithm string
	random    io.Reader
	now       time.Time
}

// step is one operation on a set; it returns the new set and does not modify its
// argument.
type step func(l life, list []entry) ([]entry, error)

// ensure creates a first key, or a key of the configured algorithm if the active one
// has another. The new key is active at once.
func (l life) ensure(list []entry) ([]entry, error) {
	list = l.retireOthers(list)
	if i := indexState(list, Active); i >= 0 && (l.algorithm == "" || l.algorithm == list[i].key.Algorithm) {
		return list, nil
	}
	list = slices.DeleteFunc(slices.Clone(list), func(e entry) bool { return e.state == Next })
	return l.replace(list, l.now)
}

// retireOthers keeps one active key, that of the configured algorithm if there is one,
// and retires the others, whose algorithms are no longer configured.
func (l life) retireOthers(list []entry) []entry {
	keep := slices.IndexFunc(list, func(e entry) bool { return e.state == Active && e.key.Algorithm == l.algorithm })
	if keep < 0 {
		keep = indexState(list, Active)
	}
	list = slices.Clone(list)
	for i := range list {
		if list[i].state == Active && i != keep {
			list[i].state, list[i].retireAt = Retiring, l.now.Add(l.schedule.keepFor())
		}
	}
	return list
}

// rotate starts a rotation: the next key is published now and signs after PublishAhead.
func (l life) rotate(list []entry) ([]entry, error) {
	i := indexState(list, Next)
	if i < 0 {
		return l.replace(list, l.now.Add(l.schedule.PublishAhead))
	}
	list = slices.Clone(list)
	if ready := list[i].created.Add(l.schedule.PublishAhead); ready.Before(list[i].notBefore) {
		list[i].notBefore = ready
	}
	return l.promote(list), nil
}

// promoteNow makes the next key active before its time.
func (l life) promoteNow(list []entry) ([]entry, error) {
	i := indexState(list, Next)
	if i < 0 {
		return nil, api.ErrNotFound
	}
	list = slices.Clone(list)
	list[i].notBefore = l.now
	return l.promote(list), nil
}

// tick applies the schedule at the current time.
func (l life) tick(list []entry) ([]entry, error) {
	list = slices.DeleteFunc(slices.Clone(list), func(e entry) bool {
		return e.state == Retiring && !e.retireAt.IsZero() && !l.now.Before(e.retireAt)
	})
	active := indexState(list, Active)
	if l.schedule.RotateEvery > 0 && active >= 0 && indexState(list, Next) < 0 {
		due := list[active].notBefore.Add(l.schedule.RotateEvery)
		if !l.now.Before(due.Add(-l.schedule.PublishAhead)) {
			return l.replace(list, latest(due, l.now.Add(l.schedule.PublishAhead)))
		}
	}
	return l.promote(list), nil
}

// remove deletes a key, and replaces it by the next or a new one if it was active.
func (l life) remove(list []entry, id string) ([]entry, error) {
	l.algorithm = l.newAlgorithm(list)
	list = slices.DeleteFunc(slices.Clone(list), func(e entry) bool { return e.key.ID == id })
	if indexState(list, Active) >= 0 {
		return list, nil
	}
	if i := indexState(list, Next); i >= 0 {
		list[i].notBefore = l.now
		return l.promote(list), nil
	}
	return l.replace(list, l.now)
}

// replace adds a next key that signs from the time at.
func (l life) replace(list []entry, at time.Time) ([]entry, error) {
	key, err := Generate(l.newAlgorithm(list), l.random)
	if err != nil {
		return nil, err
	}
	list = append(slices.Clone(list), entry{key: key, state: Next, created: l.now, notBefore: at})
	return l.promote(list), nil
}

// newAlgorithm returns the algorithm of new keys.
func (l life) newAlgorithm(list []entry) string {
	if l.algorithm != "" {
		return l.algorithm
	}
	if active := indexState(list, Active); active >= 0 {
		return list[active].key.Algorithm
	}
	return Algorithms()[0]
}

// promote makes a next key active if it is due, and retires the previously active one.
// It modifies list.
func (l life) promote(list []entry) []entry {
	next := indexState(list, Next)
	if next < 0 || l.now.Before(list[next].notBefore) {
		return list
	}
	if active := indexState(list, Active); active >= 0 {
		list[active].state = Retiring
		list[active].retireAt = l.now.Add(l.schedule.keepFor())
	}
	list[next].state = Active
	list[next].notBefore = l.now
	return list
}

func (s Schedule) keepFor() time.Duration {
	if s.KeepFor <= 0 {
		return defaultKeepFor
	}
	return s.KeepFor
}

func indexState(list []entry, state State) int {
	return slices.IndexFunc(list, func(e entry) bool { return e.state == state })
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
