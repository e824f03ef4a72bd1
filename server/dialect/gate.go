package dialect

import (
	"context"
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Refuser is the optional ability of a [Dialect] to say in its plugin's words why a
// request on a route of others was refused. Refusal returns the response, for the writer
// of refusals; ok is false for refusals that it has no words for. The attempt has the
// credential in Authorization. It may ask the engine about a token, and counts nothing.
type Refuser interface {
	Refusal(ctx context.Context, e *core.Engine, a *api.Attempt, d core.Decision) (r core.ErrorResponse, ok bool)
}

// Guesser is the optional ability of a [Dialect] whose plugin bars addresses that fail too
// often: FailedGuess returns what a refusal on a route of others counts as; ok is false
// if it does not count.
type Guesser interface {
	FailedGuess(a *api.Attempt, d core.Decision) (g core.FailedGuess, ok bool)
}

// BearerReader is the optional ability of a [Dialect] whose plugin finds a Bearer
// in Authorization headers that RFC 6750 has no place for, or overlooks one that
// it has. ReadBearer is asked about odd headers only; ok is false where the plugin
// sees none, and text is "" where it sees one without a token.
type BearerReader interface {
	ReadBearer(value string) (text string, ok bool)
}

// Bearer is how the gate reads odd Authorization headers of requests to the
// mount's REST API (see core.Application): as d's plugin does, so that a client is the
// same to both. Elsewhere, and for a dialect without the ability, it has no
// opinion.
func (m Mount) Bearer(d Dialect) core.BearerReader {
	reader, able := d.(BearerReader)
	return func(a *api.Attempt, value string) (string, core.Reading) {
		if !able || !m.atHost(a.Host) || !m.Covers(a, "") {
			return "", core.ReadStrictly
		}
		text, ok := reader.ReadBearer(value)
		if !ok {
			return "", core.ReadNothing
		}
		return text, core.ReadBearer
	}
}

// Chooser is the optional ability of a [Dialect] whose plugin takes one kind of
// credential at a time on the routes that it protects.
type Chooser interface {
	Chooses(kind api.Kind) bool
}

// Accepts tells the gate which credentials count on the mount's REST API (see
// core.Application); nil for a dialect without a choice.
func (m Mount) Accepts(d Dialect) func(*api.Attempt) bool {
	chooser, able := d.(Chooser)
	if !able {
		return nil
	}
	return func(a *api.Attempt) bool {
		here := m.atHost(a.Host) && m.Covers(a, "")
		return !here || chooser.Chooses(a.Credential.Kind)
	}
}

// Watcher is the optional ability of a [Dialect] whose plugin does not look at
// the credentials of every request to the site. Watches reports whether it looks
// at this one's, and so refuses a bad one, on routes of others.
type Watcher interface {
	Watches(a *api.Attempt) bool
}

// IgnoreBadCredential tells the gate whether a bad credential counts as none (see
// core.Application): as onBadToken says, the common setting, and by default where d's
// plugin does not look. ok is false for requests to other sites than the mount's.
func (m Mount) IgnoreBadCredential(d Dialect, onBadToken string) func(a *api.Attempt) (forgiven, ok bool) {
	watcher, able := d.(Watcher)
	return func(a *api.Attempt) (bool, bool) {
		switch {
		case !m.atHost(a.Host) || !strings.HasPrefix(a.Path+"/", m.API().Home()+"/"):
			return false, false
		case onBadToken == Deny || onBadToken == Anonymous:
			return onBadToken == Anonymous, true
		}
		return able && !watcher.Watches(a), true
	}
}

// Covers reports whether WordPress could take a request for one to the mount's REST
// API, or to what is below a route of it, such as "/cocart"; "" is all of it.
func (m Mount) Covers(a *api.Attempt, below string) bool {
	return m.API().Covers(below, a.Method, a.Path, a.Query)
}

// Governs reports whether a request to a host and a target is to the mount's REST API, in
// any of its forms, and so whose words a refusal is said in; also one that the gate
// refuses to read.
func (m Mount) Governs(host string, target *url.URL) bool {
	if !m.atHost(host) {
		return false
	}
	_, ok := m.API().Route(target)
	return ok
}

// GovernsAttempt is Governs for an attempt.
func (m Mount) GovernsAttempt(a *api.Attempt) bool { return m.Governs(a.Host, wordpress.Target(a)) }
