package manage

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// APIKey describes an API key in listings and responses. Key is the key itself, only set
// in the response that created it.
type APIKey struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Subject  string    `json:"subject"`
	Login    string    `json:"login,omitempty"` // "" if unknown
	User     string    `json:"user,omitempty"`  // what commands take for the user; see [User.Name]
	Roles    []string  `json:"roles"`
	Scopes   []string  `json:"scopes"`
	Rate     int       `json:"rate"` // calls per minute; 0: no limit
	Created  time.Time `json:"created"`
	Expires  time.Time `json:"expires"` // zero: never
	LastUsed time.Time `json:"last_used"`
	State    string    `json:"state"`
	Key      string    `json:"key,omitempty"`

	// Only in the response to a rotation, about the secrets before it:
	OldUntil time.Time `json:"old_until,omitzero"`  // until when the previous secret works; zero: no longer
	OldState string    `json:"old_state,omitempty"` // why the previous secret was refused already, if it was
	Cut      time.Time `json:"cut,omitzero"`        // until when the secret before that was to work
}

// NewAPIKey is the request for an API key of a user.
type NewAPIKey struct {
	Login   string   `json:"login"`
	Name    string   `json:"name,omitempty"`
	Roles   []string `json:"roles,omitempty"`
	Scopes  []string `json:"scopes,omitempty"`
	Rate    int      `json:"rate,omitempty"`
	Seconds int64    `json:"seconds,omitempty"` // lifetime; 0: until revoked
}

type (
	apiKeyList struct {
		APIKeys []APIKey `json:"apikeys"`
	}
	rotation struct {
		Overlap int64 `json:"overlap"` // seconds for which the previous secret keeps working
	}
)

func (h *handler) apiKeys() {
	h.read("GET /apikeys", h.listAPIKeys)
	h.change("POST /apikeys", "apikey create", h.createAPIKey)
	h.change("POST /apikeys/{id}/rotate", "apikey rotate", h.rotateAPIKey)
	h.change("POST /apikeys/{id}/revoke", "apikey revoke", h.revokeAPIKey)
}

func (h *handler) listAPIKeys(r *http.Request) (any, error) {
	q, subject, n, err := h.page(r)
	if err != nil {
		return nil, err
	}
	list, err := h.Engine.Admin().KeyAccounts().APIKeys(r.Context(), subject, q.Get("prefix"), q.Get("after"), n)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), lookTime)
	defer cancel()
	r = r.WithContext(ctx)
	out, login := apiKeyList{APIKeys: make([]APIKey, len(list))}, h.logins(r)
	for i, k := range list {
		if out.APIKeys[i], err = h.apiKey(r, k); err != nil {
			return nil, err
		}
		out.APIKeys[i].Login, out.APIKeys[i].User = login(k.Subject)
	}
	return out, nil
}

func (h *handler) createAPIKey(r *http.Request, a *act) (any, error) {
	var n NewAPIKey
	if err := decode(r, &n); err != nil {
		return nil, err
	}
	a.target = n.Login
	if err := h.secrets.check("login", n.Login); err != nil {
		return nil, err
	}
	life, err := seconds("seconds", n.Seconds)
	if err != nil {
		return nil, err
	}
	u, err := h.account(r, n.Login)
	if err != nil {
		return nil, err
	}
	text, key, err := h.Engine.Admin().KeyAccounts().CreateAPIKey(r.Context(), core.NewAPIKey{
		Subject: u.Subject, Name: n.Name, Roles: n.Roles, Scopes: n.Scopes, Rate: n.Rate, Life: life,
	}, a.actor)
	if err != nil {
		return nil, naming{h}.ofDisabled(r, n.Login, err)
	}
	a.target, a.facts = key.ID, append(a.facts, "login", u.Login, "subject", u.Subject)
	return APIKey{
		ID: key.ID, Name: key.Name, Subject: key.Subject, Login: u.Login, Roles: key.Roles, Scopes: key.Scopes, Rate: key.RateLimit,
		Created: key.Created, Expires: key.Expires, State: StateLive, Key: text.Reveal(),
	}, nil
}

func (h *handler) rotateAPIKey(r *http.Request, a *act) (any, error) {
	a.target = r.PathValue("id")
	var in rotation
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	overlap, err := seconds("overlap", in.Overlap)
	if err != nil {
		return nil, err
	}
	before, err := h.keyWithID(r, a.target)
	if err != nil {
		return nil, err
	}
	state, err := h.Engine.Admin().KeyAccounts().APIKeyState(r.Context(), before)
	if err != nil {
		return nil, err
	}
	old, err := h.Engine.Admin().KeyAccounts().OldSecretState(r.Context(), before)
	if err != nil {
		return nil, err
	}
	text, err := h.Engine.Admin().KeyAccounts().RotateAPIKey(r.Context(), a.target, overlap, a.actor)
	if err != nil {
		return nil, h.unrotated(r, before, state, noAPIKey(err, a.target))
	}
	out, err := h.rotated(r, before, state, old)
	out.Key = text.Reveal()
	return out, err
}

// unrotated adds to the error of a rotation whose account is disabled, and that enabling it
// does not restore a key that is revoked.
func (h *handler) unrotated(r *http.Request, before api.APIKey, state core.State, err error) error {
	if api.ReasonOf(err) != api.ReasonDisabled {
		return err
	}
	_, name := h.logins(r)(before.Subject)
	if strings.HasPrefix(state.Why, "revoked") {
		err = api.Wrap(api.Denied, api.ReasonDisabled, fmt.Sprintf("API key %q is revoked for good, and needs a successor; this account is disabled", before.ID), err)
	}
	return naming{h}.ofDisabled(r, name, err)
}

// rotated describes a key after a rotation and the state of its previous secrets; before and
// the states of its newest and its old secret are from before the rotation.
func (h *handler) rotated(r *http.Request, before api.APIKey, state, old core.State) (APIKey, error) {
	key, err := h.keyWithID(r, before.ID)
	if err != nil {
		return APIKey{}, err
	}
	out, err := h.apiKey(r, key)
	if now, unknown := h.Engine.Admin().KeyAccounts().OldSecretState(r.Context(), key); unknown == nil && now.Live {
		out.OldUntil = oldEnd(key)
	}
	out.OldState = state.Why
	if old.Live && h.Engine.Now().Before(before.OldUntil) {
		out.Cut = oldEnd(before)
	}
	return out, err
}

// oldEnd returns until when the previous secret of a key works: no longer than the key.
func oldEnd(k api.APIKey) time.Time {
	if !k.Expires.IsZero() && k.Expires.Before(k.OldUntil) {
		return k.Expires
	}
	return k.OldUntil
}

// keyWithID returns the API key with that ID.
func (h *handler) keyWithID(r *http.Request, id string) (api.APIKey, error) {
	list, err := h.Engine.Admin().KeyAccounts().APIKeys(r.Context(), "", id, "", pageSize)
	for _, k := range list {
		if k.ID == id {
			return k, nil
		}
	}
	return api.APIKey{}, cmp.Or(err, noAPIKey(api.ErrNotFound, id))
}

func (h *handler) revokeAPIKey(r *http.Request, a *act) (any, error) {
	a.target = r.PathValue("id")
	rev, err := h.Engine.Admin().RevokeAPIKeyID(r.Context(), a.target, reasonRevoked, a.actor)
	a.facts = append(a.facts, "subject", rev.Subject)
	out, err := h.outcome(r.Context(), a, rev, err)
	return out, noAPIKey(err, a.target)
}

func noAPIKey(err error, id string) error {
	return named(err, api.ReasonUnknownAPIKey, "no API key has the id %q", id)
}

// apiKey describes a key with the state that decides on requests.
func (h *handler) apiKey(r *http.Request, k api.APIKey) (APIKey, error) {
	state, err := h.Engine.Admin().KeyAccounts().APIKeyState(r.Context(), k)
	text, err := toldState(state, err)
	if state.Live && h.Engine.Now().Before(k.OldUntil) {
		if old, unknown := h.Engine.Admin().KeyAccounts().OldSecretState(r.Context(), k); unknown == nil && old.Live {
			text += "; the old secret still works until " + oldEnd(k).UTC().Format(time.RFC3339)
		}
	}
	return APIKey{
		ID: k.ID, Name: k.Name, Subject: k.Subject, Roles: k.Roles, Scopes: k.Scopes, Rate: k.RateLimit,
		Created: k.Created, Expires: k.Expires, LastUsed: k.LastUsed, State: text,
	}, err
}

// seconds parses a duration in seconds.
func seconds(name string, n int64) (time.Duration, error) {
	const most int64 = 100 * 365 * 24 * 60 * 60
	if n < 0 || n > most {
		return 0, api.E(api.Invalid, "", fmt.Sprintf("%s is %d, must be 0 to %d", name, n, most))
	}
	return time.Duration(n) * time.Second, nil
}
