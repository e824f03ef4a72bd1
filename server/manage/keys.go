package manage

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
)

// Key describes a signing key, without key material.
type Key struct {
	ID        string    `json:"id"`
	Algorithm string    `json:"algorithm"`
	State     string    `json:"state"`
	Created   time.Time `json:"created"`
	NotBefore time.Time `json:"not_before"` // when it starts or started signing
	RetireAt  time.Time `json:"retire_at"`  // when it stops verifying; zero: undecided or never
}

// KeyList lists the keys, oldest first.
type KeyList struct {
	Keys []Key `json:"keys"`
	// Mounts lists mounts that sign or verify with a secret of their own, which is a
	// setting and not in Keys.
	Mounts []MountKey `json:"mounts,omitempty"`
	// Made lists the IDs of Keys that a revocation created to replace the revoked one.
	Made []string `json:"made,omitempty"`
	// WasRevoked says that the key had already been revoked before this revocation.
	WasRevoked bool `json:"was_revoked,omitempty"`
	// Revoked is the algorithm of the key that a revocation removed.
	Revoked string `json:"revoked,omitempty"`
	// Given says that the configuration provides the keys.
	Given bool `json:"given,omitempty"`
}

// MountKey describes the secret of a mount.
type MountKey struct {
	Mount     string `json:"mount"`
	Algorithm string `json:"algorithm"`
	Weak      bool   `json:"weak,omitempty"` // too weak to sign; it only verifies
	// PreviousUntil is until when the secret that it has replaced verifies; zero: there is none
	// that still does.
	PreviousUntil time.Time `json:"previous_until,omitzero"`
}

type (
	exported struct {
		Text string `json:"text"`
	}
	rotateKeys struct {
		Now bool `json:"now,omitempty"` // the next key becomes active at once
	}
)

// keyHandler serves the routes of keys: those that sign tokens and those that sign assertions.
type keyHandler struct{ *handler }

func (h keyHandler) routes() {
	h.read("GET /keys", func(*http.Request) (any, error) { return h.tokenKeys(), nil })
	h.read("GET /keys/export", h.exportKey)
	h.change("POST /keys/rotate", "keys rotate", h.rotateTokenKeys)
	h.change("POST /keys/{kid}/revoke", "keys revoke", h.revokeTokenKey)
	h.assertionKeys()
}

// tokenKeys returns the keys that sign tokens, and the secrets of mounts.
func (h keyHandler) tokenKeys() KeyList {
	out, revoked := keysOf(h.Engine.Keys()), h.Engine.Admin().RevokedKeys()
	out.Given = h.Engine.Keys().IsGiven()
	for i := range out.Keys {
		if slices.Contains(revoked, out.Keys[i].ID) {
			out.Keys[i].State = "revoked"
		}
	}
	for _, s := range h.Engine.Admin().OwnSecrets() {
		out.Mounts = append(out.Mounts, MountKey{s.TokenFormat, s.Algorithm, s.Weak, s.PreviousUntil})
	}
	return out
}

func (h keyHandler) rotateTokenKeys(r *http.Request, a *act) (any, error) {
	var in rotateKeys
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	if in.Now {
		return nil, api.E(api.Invalid, "", "now works only for the keys that sign assertions: verifiers need time to fetch a new key that signs tokens")
	}
	before := h.tokenKeys()
	err := h.Engine.Admin().RotateKeys(r.Context(), a.actor)
	if api.ReasonOf(err) == keys.ReasonGiven {
		return nil, api.Wrap(api.Conflict, keys.ReasonGiven, "nothing was changed: "+givenKey, err)
	}
	if err != nil {
		return nil, err
	}
	after := h.tokenKeys()
	a.tellKeys(after)
	return after, checkRotated(before, after)
}

func (h keyHandler) revokeTokenKey(r *http.Request, a *act) (any, error) {
	a.target = r.PathValue("kid")
	if slices.ContainsFunc(h.Engine.Admin().OwnSecrets(), func(s core.OwnSecret) bool { return s.TokenFormat == a.target }) {
		return nil, api.E(api.Conflict, ReasonMountSecret, fmt.Sprintf(mountSecret, bounded(a.target)))
	}
	before, revoked := h.tokenKeys(), h.Engine.Admin().RevokedKeys()
	if err := h.Engine.Admin().RevokeKey(r.Context(), a.target, a.actor); err != nil {
		return nil, h.unrevoked(r, a.target, err)
	}
	out := h.tokenKeys()
	out.Made, out.Revoked, out.WasRevoked = madeSince(before, out), algorithmOf(before, a.target), slices.Contains(revoked, a.target)
	a.tellKeys(out)
	return out, nil
}

// unrevoked returns the error for a key that was not revoked: of another kind, unknown, or
// given by the configuration.
func (h keyHandler) unrevoked(r *http.Request, kid string, err error) error {
	given := api.ReasonOf(err) == keys.ReasonGiven
	switch {
	case !given && !errors.Is(err, api.ErrNotFound):
		return err
	case h.signsAssertions(r.Context(), kid):
		return about(kid, api.E(api.Conflict, ReasonAssertionKey, fmt.Sprintf("%q is a key that signs assertions, and no tokens", bounded(kid))))
	case !given:
		return named(err, api.ReasonUnknownKey, "no signing key has the id %q", kid)
	}
	_, known := h.Engine.Keys().Find(kid)
	if known || slices.ContainsFunc(h.Engine.Keys().All(), func(k keys.Info) bool { return k.ID == kid }) { // Find does not know keys.secret, which has no id
		return api.Wrap(api.Conflict, keys.ReasonGiven, "nothing was changed: "+givenKey, err)
	}
	unknown := named(api.ErrNotFound, api.ReasonUnknownKey, "no signing key has the id %q", kid)
	if other := naming(h).misnamed(r.Context(), kid, unknown); api.CodeOf(other) == api.Conflict {
		return other
	}
	return api.Wrap(api.Conflict, keys.ReasonGiven, api.AsError(unknown).Public+", and nothing was changed: "+givenKey, err)
}

// givenKey says how to replace a key that the configuration provides.
const givenKey = "the key is given by the configuration, in keys.secret, keys.secret_file or keys.file: write another one there, and restart the server. " +
	"Until then whoever has the old one can make tokens for every user. Every token that it signed is refused after the restart; " +
	"sessions live on: 'cardea token revoke --everything' ends them"

// algorithmOf returns the algorithm of a key in the list.
func algorithmOf(list KeyList, kid string) string {
	for _, k := range list.Keys {
		if k.ID == kid {
			return k.Algorithm
		}
	}
	return ""
}

// madeSince returns the IDs of keys in after that are not in before.
func madeSince(before, after KeyList) []string {
	var ids []string
	for _, k := range after.Keys {
		if !slices.ContainsFunc(before.Keys, func(b Key) bool { return b.ID == k.ID }) {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// tellKeys adds the active key and the next key to the log line.
func (a *act) tellKeys(list KeyList) {
	for _, k := range list.Keys {
		switch k.State {
		case string(keys.Active):
			a.facts = append(a.facts, "signs", k.ID)
		case string(keys.Next):
			a.facts = append(a.facts, "next", k.ID, "next_signs_from", k.NotBefore.UTC())
		}
	}
}

// ReasonMountSecret says that a mount was named in place of a signing key.
const ReasonMountSecret = "mount_secret"

// mountSecret says how to change the secret of a mount.
const mountSecret = "nothing was changed: %q is a mount with a secret of its own, which is a setting: write a new one there and at the site, and restart the server. " +
	"Do not keep a secret that leaked as secret_previous. " +
	"Until then whoever has the old one can make tokens for every user of the mount. Every token signed with it is refused after the restart; " +
	"sessions live on: 'cardea token revoke --everything' ends them"

func keysOf(ring *keys.Ring) KeyList {
	var out KeyList
	for _, k := range ring.All() {
		out.Keys = append(out.Keys, Key{k.ID, k.Algorithm, string(k.State), k.Created, k.NotBefore, k.RetireAt})
	}
	return out
}

// checkRotated returns an error if a rotation changed nothing because there is already a
// next key.
func checkRotated(before, after KeyList) error {
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

// ReasonRotating says that a rotation is already in progress.
const ReasonRotating = "rotating"
