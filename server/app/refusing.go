package app

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// words are those of the dialects at whose mounts requests are refused: their clients
// look for their codes.
type words struct {
	engine *core.Engine
	list   []mounted // the closest first
}

var _ httpauth.Words = words{}

// Refusal implements [httpauth.Words].
func (s words) Refusal(ctx context.Context, a *api.Attempt, d core.Decision) (core.ErrorResponse, bool) {
	for _, m := range s.list {
		if refuser, ok := m.dialect.(dialect.Refuser); ok && m.mount.GovernsAttempt(a) {
			return refuser.Refusal(ctx, s.engine, m.asStandard(a, d), d)
		}
	}
	return core.ErrorResponse{}, false
}

// FailedGuess implements [httpauth.Words].
func (s words) FailedGuess(a *api.Attempt, d core.Decision) (core.FailedGuess, bool) {
	for _, m := range s.list {
		if _, ok := m.dialect.(dialect.Refuser); !ok || !m.mount.GovernsAttempt(a) {
			continue
		}
		if guesser, ok := m.dialect.(dialect.Guesser); ok {
			return guesser.FailedGuess(m.asStandard(a, d), d)
		}
		break
	}
	return core.FailedGuess{}, false
}

// asStandard returns the attempt with the credential of the mount's header in
// Authorization, unless the rule has one of its own.
func (m mounted) asStandard(a *api.Attempt, d core.Decision) *api.Attempt {
	if d.Rule != nil && d.Rule.Header.Name != "" {
		return a
	}
	moved := *a
	moved.Header = api.Header(asStandard(m.header, http.Header(a.Header)))
	return &moved
}

// forgives is core.Policy.Forgives: what a bad credential means says the
// WordPress mount to whose site the request is; where there is none, it is refused.
func forgives(list []mounted) func(*api.Attempt) bool {
	var asked []func(*api.Attempt) (forgiven, ok bool)
	for _, m := range closest(list) {
		if !m.native {
			asked = append(asked, m.mount.Forgives(m.dialect))
		}
	}
	return func(a *api.Attempt) bool {
		for _, ask := range asked {
			if forgiven, ok := ask(a); ok {
				return forgiven
			}
		}
		return false
	}
}

// closest puts mounts with a host before those of any, and those within the sites
// of others before these: the first one that a request is to governs.
func closest(list []mounted) []mounted {
	return slices.SortedStableFunc(slices.Values(list), func(a, b mounted) int {
		if hosts := (a.mount.Host != ""); hosts != (b.mount.Host != "") {
			if hosts {
				return -1
			}
			return 1
		}
		return cmp.Compare(len(b.mount.Base()), len(a.mount.Base()))
	})
}
