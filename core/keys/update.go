package keys

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// ReasonGiven is the reason of the error for changes to a key that the configuration
// provides.
const ReasonGiven = "key_given"

// errGiven returns the error for changes to the operator's keys.
func errGiven() error {
	return api.E(api.Conflict, ReasonGiven, "nothing was changed: the key is given by the configuration: write another one there, and restart the server. "+
		"Every token that the old one signed is refused from then on; sessions live on")
}

func (r *Ring) update(ctx context.Context, do step) ([]Change, error) {
	return r.updateAt(ctx, r.config.Now(), do)
}

// updateAt applies a step to the stored set, saves the result and publishes it to
// readers. If it fails, nothing changes.
func (r *Ring) updateAt(ctx context.Context, now time.Time, do step) ([]Change, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.change.Lock()
	defer r.change.Unlock()
	before := r.now.Load()
	l := life{r.config.Schedule, r.config.Algorithm, r.config.Rand, now}
	after, err := r.set.update(ctx, func(list []entry) ([]entry, error) { return each(l, list, r.config.Also, do) })
	if err != nil {
		return nil, err
	}
	changes := diff(before.entries, after)
	if len(changes) == 0 && len(before.entries) > 0 && sameTimes(before.entries, after) {
		return nil, nil
	}
	next, err := newSnapshot(after, before.generation+1)
	if err != nil {
		return nil, err
	}
	r.replace(next.besides(r.config.Besides))
	r.report(changes)
	return changes, nil
}

// sameTimes reports whether two sets with the same keys and states also have the same
// times.
func sameTimes(a, b []entry) bool {
	for i := range a {
		x, y := a[i].info(), b[i].info()
		if x.ID != y.ID || !x.NotBefore.Equal(y.NotBefore) || !x.RetireAt.Equal(y.RetireAt) {
			return false
		}
	}
	return true
}

func (r *Ring) report(changes []Change) {
	for _, c := range changes {
		if c.From == "" {
			r.config.Logger.Debug("signing key read or made", "kid", c.KeyID, "alg", c.Algorithm, "state", string(c.To))
			continue
		}
		r.config.Logger.Info("signing key changed", "kid", c.KeyID, "alg", c.Algorithm, "from", string(c.From), "to", string(c.To))
	}
}

// set stores the ring's entries.
type set interface {
	// update passes the entries to change and stores its result, atomically.
	update(ctx context.Context, change func([]entry) ([]entry, error)) ([]entry, error)
}

func openSet(c Config) set {
	switch {
	case len(c.Given) > 0:
		return given(givenEntries(c.Given))
	case c.Vault != nil:
		return &kept{vault: c.Vault}
	case c.File != "" && c.ReadOnly:
		return readOnly(c.File)
	case c.File != "":
		return &kept{vault: NewFileVault(c.File, c.Logger)}
	}
	return &kept{vault: NewMemoryVault()}
}

// given is a set that cannot be changed.
type given []entry

func (g given) update(_ context.Context, change func([]entry) ([]entry, error)) ([]entry, error) {
	return unchanged(g, change, errGiven())
}

// unchanged runs change on a set that cannot be changed and returns refusal if it would
// change it.
func unchanged(stored []entry, change func([]entry) ([]entry, error), refusal error) ([]entry, error) {
	list, err := change(stored)
	if err == nil && len(diff(stored, list)) > 0 {
		err = refusal
	}
	return stored, err
}

func givenEntries(keys []api.Key) []entry {
	list := make([]entry, len(keys))
	for i, key := range keys {
		list[i] = entry{key: key, state: Retiring}
		if key.CanSign() && !key.Weak && !slices.ContainsFunc(list[:i], sameAlgorithm(key.Algorithm)) {
			list[i].state = Active
		}
	}
	return list
}
