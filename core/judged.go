package core

import (
	"context"
	"errors"
	"iter"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
)

// Hooks see what the rules see: a request's host in its one spelling, and method and
// path of what the upstream is going to take it for. Else "Host: ADMIN.example", or a
// route that the query names, would be one thing to a rule and another to a hook.

// judged is the attempt as hooks are to see it; the attempt itself if that is how it
// came.
func judged(a *api.Attempt, host, method, path string) *api.Attempt {
	if a.Host == host && a.Method == method && a.Path == path {
		return a
	}
	own := *a
	own.Host, own.Method, own.Path = host, method, path
	return &own
}

// views yields the attempt as each thing for which it is judged. A hook that decides
// is asked about each. At no place, nil, it is asked once, about an empty one.
func (at *place) views(a *api.Attempt) iter.Seq[*api.Attempt] {
	if at == nil {
		return func(yield func(*api.Attempt) bool) { yield(&api.Attempt{}) }
	}
	host, read := at.host, at.read // not at itself, which would move to the heap for every request
	return func(yield func(*api.Attempt) bool) {
		if read == nil || read.Path == "" {
			yield(judged(a, host, a.Method, a.Path))
			return
		}
		for m := range read.All() {
			if !yield(judged(a, host, m.Method, m.Path)) {
				return
			}
		}
	}
}

// shown is an attempt as points that decide nothing see it: as the first thing for
// which it could be taken. It may be nil. A host that cannot be read is none.
func (p *policy) shown(a *api.Attempt) *api.Attempt {
	if a == nil {
		return nil
	}
	host, err := route.Host(a.Host)
	if read := p.readingOf(host, a); err == nil && read != nil {
		return judged(a, host, read.Method, read.Path)
	}
	return judged(a, host, a.Method, a.Path)
}

// readingOf is what the upstream could take a request for, nil if that is what it
// is by its path, or cannot be read.
func (p *policy) readingOf(host string, a *api.Attempt) *route.Reading {
	if p.read == nil || a.Path == "" {
		return nil
	}
	upstream := ""
	if rule, _ := p.rules.Match(host, a.Method, a.Path); rule != nil {
		upstream = rule.Upstream
	}
	read, err := p.read(upstream, a.Method, a.Path, a.Query)
	if err != nil || read.Path == "" {
		return nil
	}
	return &read
}

// loginName is the name of the account that a login names, however it is written;
// where there is none, the name in the form by which directories compare.
func (e *Engine) loginName(ctx context.Context, r *LoginRequest) (string, error) {
	u, err := users.FindFor(ctx, e.in(r.directory), r.Login, r.options())
	if errors.Is(err, ErrNotFound) {
		return api.LoginKey(r.Login), nil
	}
	if own, _ := errors.AsType[*Error](err); own != nil && own.Code == api.Internal {
		return "", err // a directory's own fault
	}
	if err != nil {
		return "", api.Wrap(api.Unavailable, "", "the user directory does not answer", err)
	}
	return u.Login, nil
}
