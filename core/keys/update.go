package keys

import (
	"context"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// ReasonGiven says that a key is the operator's, which nothing changes but the
// configuration.
const ReasonGiven = "key_given"

// errGiven is why operators' keys stay as they are.
func errGiven() error {
	return api.E(api.Conflict, ReasonGiven, "nothing was changed: the key is given by the configuration: write another one there, and restart the server. "+
		"Every token that the old one signed is refused from then on; sessions live on")
}

func (r *Ring) update(ctx context.Context, do step) ([]Change, error) {
	return r.updateAt(ctx, r.config.Now(), do)
}

// updateAt applies a step to the set as it is stored, stores the outcome and
// shows it to readers. Whatever fails leaves everything as it was.
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

// sameTimes reports whether two sets with the same keys and states also agree
// about the moments.
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

// set is the ring's entries between changes.
type set interface {
	// update hands over the entries and keeps what comes back, as one step that nobody
	// else comes between.
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

// given is a set that nothing changes.
type given []entry

func (g given) update(_ context.Context, change func([]entry) ([]entry, error)) ([]entry, error) {
	return unchanged(g, change, errGiven())
}

// unchanged returns a set that must stay as it is; a change to it is refused.
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
