package manage

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// StateLive is the state of valid sessions and keys.
const StateLive = "live"

// StateUnknown begins the state of a session or key that cannot be told; the reason follows.
const StateUnknown = "unknown"

// Session describes a session in listings.
type Session struct {
	ID          string    `json:"id"`
	Subject     string    `json:"subject"`
	Login       string    `json:"login"`          // "" if unknown
	User        string    `json:"user,omitempty"` // what commands take for the user; see [User.Name]
	Client      string    `json:"client"`
	TokenFormat string    `json:"token_format"`
	Device      string    `json:"device"`
	Peer        string    `json:"peer"`
	Created     time.Time `json:"created"`
	Used        time.Time `json:"used"`
	State       string    `json:"state"`
}

type sessionList struct {
	Sessions []Session `json:"sessions"`
}

// reasonRevoked is the recorded reason for a revocation by an operator.
const reasonRevoked = "revoked"

func (h *handler) sessions() {
	h.read("GET /sessions", h.listSessions)
	h.change("POST /sessions/{id}/revoke", "session revoke", h.revokeSession)
	h.change("POST /users/{login}/logout", "session revoke --user", h.logout)
}

// subject returns the subject of the user that a query names by login, e-mail address or
// subject, "" if it names none. The user may be disabled, or gone if something of theirs is
// stored.
func (h *handler) subject(r *http.Request, q url.Values) (string, error) {
	if !q.Has("user") {
		return "", nil
	}
	who := q.Get("user")
	u, err := h.account(r, who)
	if reason := api.ReasonOf(err); reason != api.ReasonUnknownUser && reason != ReasonUnlooked {
		return u.Subject, err
	}
	subject, _, found := h.Engine.Admin().FindSubject(r.Context(), who)
	if code := api.CodeOf(found); code == api.NotFound || code == api.Unavailable {
		return "", err
	}
	return subject, found
}

// page returns the user and the number of rows of a listing.
func (h *handler) page(r *http.Request) (q url.Values, subject string, n int, err error) {
	q = r.URL.Query()
	if subject, err = h.subject(r, q); err == nil {
		n, err = limit(r)
	}
	return q, subject, n, err
}

func (h *handler) listSessions(r *http.Request) (any, error) {
	q, subject, n, err := h.page(r)
	if err != nil {
		return nil, err
	}
	list, err := h.Engine.Admin().Sessions(r.Context(), subject, q.Get("after"), n)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), lookTime)
	defer cancel()
	r = r.WithContext(ctx)
	out, login := sessionList{Sessions: make([]Session, len(list))}, h.logins(r)
	for i, s := range list {
		state, err := toldState(h.Engine.Admin().SessionState(r.Context(), s))
		if err != nil {
			return nil, err
		}
		out.Sessions[i] = Session{
			ID: s.ID, Subject: s.Subject, Client: s.Client, TokenFormat: s.TokenFormat, Device: s.Device, Peer: s.Peer,
			Created: s.Created, Used: s.Used, State: state,
		}
		out.Sessions[i].Login, out.Sessions[i].User = login(s.Subject)
	}
	return out, nil
}

// logins returns a lookup by subject of logins and of what commands take for the user; see
// [User.Name]. It caches results for one listing.
func (h *handler) logins(r *http.Request) func(subject string) (login, name string) {
	type user struct{ login, name string }
	known := map[string]user{}
	return func(subject string) (login, name string) {
		u, ok := known[subject]
		if !ok {
			u.login = h.Engine.Admin().LoginOf(r.Context(), subject)
			u.name = u.login
			if u.login != "" && len(h.Engine.Admin().Directories()) > 1 {
				u.name = naming{h}.nameOf(r.Context(), api.User{Subject: subject, Login: u.login})
			}
			known[subject] = u
		}
		return u.login, u.name
	}
}

// toldState returns the state for a list. What cannot be told of one row, such as while a
// directory does not answer, does not keep the others from being listed.
func toldState(s core.State, err error) (string, error) {
	if api.CodeOf(err) == api.Unavailable {
		return StateUnknown + ": " + sentence(api.AsError(err), err), nil
	}
	return stateText(s), err
}

// stateText returns the state as a word or a sentence.
func stateText(s core.State) string {
	if s.Live {
		return StateLive
	}
	return s.Why
}

func (h *handler) revokeSession(r *http.Request, a *act) (any, error) {
	a.target = r.PathValue("id")
	rev, err := h.Engine.Admin().RevokeSessionID(r.Context(), a.target, reasonRevoked, a.actor)
	a.facts = append(a.facts, "subject", rev.Subject)
	out, err := h.outcome(r.Context(), a, rev, err)
	return out, named(err, api.ReasonUnknownSession, "no session has the id %q", a.target)
}

func (h *handler) logout(r *http.Request, a *act) (any, error) {
	a.target = r.PathValue("login")
	if u, err := h.Engine.Admin().Account(r.Context(), a.target); err == nil {
		if err := (naming{h}).checkUnambiguous(r.Context(), a.target, u); err != nil {
			return nil, err
		}
	}
	rev, err := h.Engine.Admin().RevokeUser(r.Context(), a.target, reasonRevoked, a.actor)
	a.facts = append(a.facts, "subject", rev.Subject, "sessions", rev.Sessions, "apikeys", rev.APIKeys)
	if api.CodeOf(err) == api.Unavailable && rev.Subject == "" {
		return nil, naming{h}.unlooked(r.Context(), a.target, err)
	}
	return h.outcome(r.Context(), a, rev, err)
}
