package manage

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// assertionKeys adds the routes for the keys that sign assertions, which do not belong to
// the engine.
func (h keyHandler) assertionKeys() {
	h.read("GET /assertion-keys", func(r *http.Request) (any, error) {
		out, err := h.withAssertionKeys(r.Context(), false, func(*keys.Ring) error { return nil })
		if api.ReasonOf(err) == ReasonNoAssertionKeys {
			return KeyList{}, nil
		}
		return out, err
	})
	h.change("POST /assertion-keys/rotate", "keys rotate --for assertion", h.rotateAssertionKeys)
	h.change("POST /assertion-keys/{kid}/revoke", "keys revoke --for assertion", func(r *http.Request, a *act) (any, error) {
		a.target = r.PathValue("kid")
		var before KeyList
		out, err := h.withAssertionKeys(r.Context(), false, func(ring *keys.Ring) error {
			before = keysOf(ring)
			_, err := ring.Remove(r.Context(), a.target)
			return err
		})
		if after, ok := out.(KeyList); ok {
			after.Made, after.Revoked = madeSince(before, after), algorithmOf(before, a.target)
			out = after
		}
		return out, named(err, ReasonUnknownAssertionKey, "no assertion key has the id %q", a.target)
	})
}

// ReasonAssertionKey says that a key that signs assertions was named where one that signs
// tokens is needed.
const ReasonAssertionKey = "assertion_key"

// signsAssertions reports whether a key with that ID signs assertions.
func (h keyHandler) signsAssertions(ctx context.Context, kid string) (found bool) {
	_, err := h.withAssertionKeys(ctx, false, func(ring *keys.Ring) error {
		_, found = ring.Find(kid)
		return nil
	})
	return err == nil && found
}

func (h keyHandler) rotateAssertionKeys(r *http.Request, a *act) (any, error) {
	var in rotateKeys
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return h.withAssertionKeys(r.Context(), true, func(ring *keys.Ring) (err error) {
		before := keysOf(ring)
		if in.Now {
			_, err = ring.Promote(r.Context())
			err = noNextKey(err)
		} else {
			_, err = ring.Rotate(r.Context())
			err = cmp.Or(err, checkRotated(before, keysOf(ring)))
		}
		if err == nil {
			a.tellKeys(keysOf(ring))
		}
		return err
	})
}

// withAssertionKeys calls do with the keys that sign assertions. If there are none,
// create creates the first one; otherwise the error is NotFound.
func (h keyHandler) withAssertionKeys(ctx context.Context, create bool, do func(*keys.Ring) error) (any, error) {
	if h.AssertionKeys == nil {
		return nil, api.E(api.NotFound, ReasonUnknownAssertionKey, "nothing here signs assertions")
	}
	ring, done, err := h.AssertionKeys(ctx, create)
	if err != nil {
		return nil, assertionFault(err)
	}
	if ring == nil {
		return nil, api.Wrap(api.NotFound, ReasonNoAssertionKeys, "no key that signs assertions was made yet", api.ErrNotFound)
	}
	defer done()
	if err := do(ring); err != nil {
		return nil, assertionFault(err)
	}
	return keysOf(ring), nil
}

// assertionFault returns an error without a code of its own as Unavailable: the file of the
// keys could not be read or written.
func assertionFault(err error) error {
	if _, coded := errors.AsType[*api.Error](err); coded || errors.Is(err, api.ErrNotFound) {
		return err
	}
	return api.Wrap(api.Unavailable, "", "the keys that sign assertions cannot be read or changed at the moment", err)
}

func noNextKey(err error) error {
	if errors.Is(err, api.ErrNotFound) {
		return api.E(api.NotFound, ReasonNoNextKey, "there is no next key: rotate first")
	}
	return err
}

// ReasonUnknownAssertionKey says that no key that signs assertions has the ID.
const ReasonUnknownAssertionKey = "unknown_assertion_key"

// ReasonNoAssertionKeys says that no key that signs assertions exists yet.
const ReasonNoAssertionKeys = "no_assertion_keys"

// ReasonNoNextKey says that there is no next key.
const ReasonNoNextKey = "no_next_key"
