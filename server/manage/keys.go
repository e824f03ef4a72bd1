package manage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// Key is a key that signs, without its material.
type Key struct {
	ID        string    `json:"id"`
	Algorithm string    `json:"algorithm"`
	State     string    `json:"state"`
	Created   time.Time `json:"created"`
	NotBefore time.Time `json:"not_before"` // when it signs, or began to
	RetireAt  time.Time `json:"retire_at"`  // when it stops verifying; zero: not decided, or never
}

type (
	keyList struct {
		Keys []Key `json:"keys"`
	}
	exported struct {
		Text string `json:"text"`
	}
	rotateKeys struct {
		Now bool `json:"now,omitempty"` // the next key signs at once
	}
)

func (h *handler) keys() {
	h.read("GET /keys", func(*http.Request) (any, error) { return keysOf(h.Engine.Keys()), nil })
	h.read("GET /keys/export", h.exportKey)
	h.change("POST /keys/rotate", "keys rotate", func(r *http.Request, a *act) (any, error) {
		var in rotateKeys
		if err := decode(r, &in); err != nil {
			return nil, err
		}
		if in.Now {
			return nil, api.E(api.Invalid, "", "others fetch the keys that sign tokens, and need the time: now is for the keys that sign assertions")
		}
		before := keysOf(h.Engine.Keys())
		if err := h.Engine.RotateKeys(r.Context(), a.actor); err != nil {
			return nil, err
		}
		after := keysOf(h.Engine.Keys())
		return after, checkRotated(before, after)
	})
	h.change("POST /keys/{kid}/revoke", "keys revoke", func(r *http.Request, a *act) (any, error) {
		a.target = r.PathValue("kid")
		err := h.Engine.RevokeKey(r.Context(), a.target, a.actor)
		return keysOf(h.Engine.Keys()), named(err, api.ReasonUnknownKey, "no signing key has the id %q", a.target)
	})
	h.assertionKeys()
}

// assertionKeys are routes for the keys that sign assertions, which are no engine's.
func (h *handler) assertionKeys() {
	h.read("GET /assertion-keys", func(r *http.Request) (any, error) {
		out, err := h.withAssertionKeys(r.Context(), false, func(*keys.Ring) error { return nil })
		if api.ReasonOf(err) == ReasonNoAssertionKeys {
			return keyList{}, nil
		}
		return out, err
	})
	h.change("POST /assertion-keys/rotate", "keys rotate --for assertion", h.rotateAssertionKeys)
	h.change("POST /assertion-keys/{kid}/revoke", "keys revoke --for assertion", func(r *http.Request, a *act) (any, error) {
		a.target = r.PathValue("kid")
		out, err := h.withAssertionKeys(r.Context(), false, func(ring *keys.Ring) error {
			_, err := ring.Remove(r.Context(), a.target)
			return err
		})
		return out, named(err, ReasonUnknownAssertionKey, "no assertion key has the id %q", a.target)
	})
}

func (h *handler) rotateAssertionKeys(r *http.Request, _ *act) (any, error) {
	var in rotateKeys
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	return h.withAssertionKeys(r.Context(), true, func(ring *keys.Ring) error {
		if !in.Now {
			before := keysOf(ring)
			_, err := ring.Rotate(r.Context())
			return cmp.Or(err, checkRotated(before, keysOf(ring)))
		}
		_, err := ring.Promote(r.Context())
		return noNextKey(err)
	})
}

// withAssertionKeys does something with the keys that sign assertions. With create the
// first one is made where there is none; else that is not found.
func (h *handler) withAssertionKeys(ctx context.Context, create bool, do func(*keys.Ring) error) (any, error) {
	if h.AssertionKeys == nil {
		return nil, api.E(api.NotFound, ReasonUnknownAssertionKey, "nothing here signs assertions")
	}
	ring, done, err := h.AssertionKeys(ctx, create)
	if err != nil {
		return nil, err
	}
	if ring == nil {
		return nil, api.Wrap(api.NotFound, ReasonNoAssertionKeys, "no key that signs assertions was made yet", api.ErrNotFound)
	}
	defer done()
	if err := do(ring); err != nil {
		return nil, err
	}
	return keysOf(ring), nil
}

func keysOf(ring *keys.Ring) keyList {
	var out keyList
	for _, k := range ring.All() {
		out.Keys = append(out.Keys, Key{k.ID, k.Algorithm, string(k.State), k.Created, k.NotBefore, k.RetireAt})
	}
	return out
}

// exportKey answers with a public key, in the format that the query names.
func (h *handler) exportKey(r *http.Request) (any, error) {
	q := r.URL.Query()
	out, err := export(h.Engine.Keys(), q.Get("kid"), q.Get("format"), h.Engine.Now())
	return exported{string(out)}, err
}

// ReasonUnknownAssertionKey says that no key that signs assertions has the id.
const ReasonUnknownAssertionKey = "unknown_assertion_key"

// ReasonNoAssertionKeys says that no key that signs assertions was made yet.
const ReasonNoAssertionKeys = "no_assertion_keys"

// checkRotated is an error after a rotation that changed nothing, as the next key waits
// already.
func checkRotated(before, after keyList) error {
	same := slices.EqualFunc(before.Keys, after.Keys, func(a, b Key) bool {
		return a.ID == b.ID && a.State == b.State && a.NotBefore.Equal(b.NotBefore)
	})
	if !same {
		return nil
	}
	for _, k := range after.Keys {
		if k.State == string(keys.Next) {
			at := k.NotBefore.UTC().Format(time.RFC3339)
			return api.E(api.Conflict, ReasonRotating, fmt.Sprintf("nothing was changed: a rotation is under way, and key %s signs from %s", k.ID, at))
		}
	}
	return api.E(api.Conflict, ReasonRotating, "nothing was changed")
}

// ReasonRotating says that a rotation had been asked for before.
const ReasonRotating = "rotating"

// ReasonNoNextKey says that no key waits to sign.
const ReasonNoNextKey = "no_next_key"

// certificateLife is how long an exported certificate says it holds: it stands
// for a key, whose own life is what counts.
const certificateLife = 10 * 365 * 24 * time.Hour

func export(ring *keys.Ring, kid, format string, now time.Time) ([]byte, error) {
	key := ring.Active()
	if kid != "" {
		var ok bool
		if key, ok = ring.Find(kid); !ok {
			return nil, named(api.ErrNotFound, api.ReasonUnknownKey, "no signing key has the id %q", kid)
		}
	}
	switch format {
	case "jwk":
		return asked(keys.ExportJWK(key, false))
	case "jwks":
		return ring.JWKS(), nil
	case "pem":
		return asked(keys.ExportPEM(key, false))
	case "cert":
		return asked(keys.ExportCertificate(key, "cardea "+key.ID, now, now.Add(certificateLife)))
	}
	return nil, api.E(api.Invalid, "", fmt.Sprintf("format is %.40q, must be jwk, jwks, pem or cert", format))
}

// asked takes an error for one of whoever asked: the key has no public part.
func asked(out []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, api.E(api.Invalid, "", err.Error())
	}
	return out, nil
}

func noNextKey(err error) error {
	if errors.Is(err, api.ErrNotFound) {
		return api.E(api.NotFound, ReasonNoNextKey, "there is no next key: rotate first")
	}
	return err
}
