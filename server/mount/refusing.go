package mount

import (
	"cmp"
	"context"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// NewWords returns the error responses of the dialects, whose clients expect the codes of
// their plugin.
func NewWords(e *core.Engine, list []Mounted) httpauth.Words { return words{e, Closest(list)} }

type words struct {
	engine *core.Engine
	list   []Mounted // most specific first
}

var _ httpauth.Words = words{}

// Refusal implements [httpauth.Words].
func (s words) Refusal(ctx context.Context, a *api.Attempt, d core.Decision) (core.ErrorResponse, bool) {
	for _, m := range s.list {
		if refuser, ok := m.Dialect.(dialect.Refuser); ok && m.Mount.GovernsAttempt(a) {
			return refuser.Refusal(ctx, s.engine, m.asStandard(a, d), d)
		}
	}
	return core.ErrorResponse{}, false
}

// FailedGuess implements [httpauth.Words].
func (s words) FailedGuess(a *api.Attempt, d core.Decision) (core.FailedGuess, bool) {
	for _, m := range s.list {
		if _, ok := m.Dialect.(dialect.Refuser); !ok || !m.Mount.GovernsAttempt(a) {
			continue
		}
		if guesser, ok := m.Dialect.(dialect.Guesser); ok {
			return guesser.FailedGuess(m.asStandard(a, d), d)
		}
		break
	}
	return core.FailedGuess{}, false
}

// ignoreBadCredential implements core.Application.IgnoreBadCredential: the WordPress mount
// of the request's site decides; without one, a bad credential is denied.
func ignoreBadCredential(list []Mounted) func(*api.Attempt) bool {
	var asked []func(*api.Attempt) (ignored, ok bool)
	for _, m := range Closest(list) {
		if m.Traits.WordPress {
			asked = append(asked, m.Mount.IgnoreBadCredential(m.Dialect, m.Common.OnBadToken))
		}
	}
	return func(a *api.Attempt) bool {
		for _, ask := range asked {
			if ignored, ok := ask(a); ok {
				return ignored
			}
		}
		return false
	}
}

// Closest sorts mounts by specificity: those with a host first, then by the length of the
// base path, longest first. The first mount that matches a request applies.
func Closest(list []Mounted) []Mounted {
	return slices.SortedStableFunc(slices.Values(list), func(a, b Mounted) int {
		if hosts := (a.Mount.Host != ""); hosts != (b.Mount.Host != "") {
			if hosts {
				return -1
			}
			return 1
		}
		return cmp.Compare(len(b.Mount.Base()), len(a.Mount.Base()))
	})
}
