package dialect

import (
	"context"
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// Refuser is the optional ability of a [Dialect] to format, as its plugin does, the
// refusal of a request on another route. Refusal returns the response to send; ok is
// false if the plugin has no answer for this refusal. The attempt has the credential in
// Authorization. Refusal may verify a token with the engine; it must not count
// failures.
type Refuser interface {
	Refusal(ctx context.Context, e *core.Engine, a *api.Attempt, d core.Decision) (r core.ErrorResponse, ok bool)
}

// Guesser is the optional ability of a [Dialect] whose plugin blocks addresses after
// too many failures: FailedGuess returns the failure to count for a refusal on another
// route; ok is false if it does not count.
type Guesser interface {
	FailedGuess(a *api.Attempt, d core.Decision) (g core.FailedGuess, ok bool)
}

// BearerReader is the optional ability of a [Dialect] whose plugin parses Authorization
// headers differently from RFC 6750. ReadBearer is called only for unusual headers; ok
// is false if the plugin sees no Bearer, and text is "" if it sees one without a token.
type BearerReader interface {
	ReadBearer(value string) (text string, ok bool)
}

// Bearer returns how the gateway reads unusual Authorization headers of requests to the
// mount's REST API (see core.Application): as d's plugin does, so that both see the same
// client. Elsewhere, and for a dialect without the ability, the header is read strictly.
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

// Chooser is the optional ability of a [Dialect] whose plugin accepts only one kind of
// credential on the routes that it protects.
type Chooser interface {
	Chooses(kind api.Kind) bool
}

// Accepts returns whether the gateway accepts a credential on the mount's REST API (see
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

// Watcher is the optional ability of a [Dialect] whose plugin does not check the
// credentials of every request to the site. Watches reports whether it checks those of
// this request to another route, and so rejects a bad one.
type Watcher interface {
	Watches(a *api.Attempt) bool
}

// IgnoreBadCredential returns whether the gateway treats a bad credential as absent (see
// core.Application): as the common setting on_bad_token says, and by default if d's plugin
// does not check it. ok is false for requests to other sites.
func (m Mount) IgnoreBadCredential(d Dialect, onBadToken string) func(a *api.Attempt) (ignored, ok bool) {
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

// Covers reports whether WordPress could treat a request as one to the mount's REST
// API, or to a route at or below the given one, such as "/cart"; "" covers all of the
// API.
func (m Mount) Covers(a *api.Attempt, below string) bool {
	return m.API().Covers(below, a.Method, a.Path, a.Query)
}

// Governs reports whether a request is to the mount's REST API, in any of its forms,
// and so whether its refusals have the plugin's format. It includes requests that the
// gateway cannot read.
func (m Mount) Governs(host string, target *url.URL) bool {
	if !m.atHost(host) {
		return false
	}
	_, ok := m.API().Route(target)
	return ok
}

// Holds reports whether a request is to one of the mount's hosts, at or below its base
// path.
func (m Mount) Holds(host string, target *url.URL) bool {
	return m.atHost(host) && strings.HasPrefix(target.Path+"/", m.Base()+"/")
}

// GovernsAttempt is Governs for an attempt.
func (m Mount) GovernsAttempt(a *api.Attempt) bool { return m.Governs(a.Host, wordpress.Target(a)) }
