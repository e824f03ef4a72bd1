package compiled

import (
	"iter"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
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

// Views yields the attempt as each thing for which it is judged. A hook that decides
// is asked about each. At no place, nil, it is asked once, about an empty one.
func (at *Target) Views(a *api.Attempt) iter.Seq[*api.Attempt] {
	if at == nil {
		return func(yield func(*api.Attempt) bool) { yield(&api.Attempt{}) }
	}
	host, read := at.Host, at.Read // not at itself, which would move to the heap for every request
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

// Shown is an attempt as points that decide nothing see it: as the first thing for
// which it could be taken. It may be nil. A host that cannot be read is none.
func (p *Policy) Shown(a *api.Attempt) *api.Attempt {
	if a == nil {
		return nil
	}
	host, err := route.Host(a.Host)
	if read := p.ReadingOf(host, a); err == nil && read != nil {
		return judged(a, host, read.Method, read.Path)
	}
	return judged(a, host, a.Method, a.Path)
}

// ReadingOf is what the upstream could take a request for, nil if that is what it
// is by its path, or cannot be read.
func (p *Policy) ReadingOf(host string, a *api.Attempt) *route.Reading {
	if p.Read == nil || a.Path == "" {
		return nil
	}
	upstream := ""
	if rule, _ := p.Rules.Match(host, a.Method, a.Path); rule != nil {
		upstream = rule.Upstream
	}
	read, err := p.ReadAs(upstream, a)
	if err != nil || read.Path == "" {
		return nil
	}
	return &read
}

// ReadAs is what an upstream could take a request for; the zero value is what the
// request line says. Read must be set.
func (p *Policy) ReadAs(upstream string, a *api.Attempt) (route.Reading, error) {
	read, err := p.Read(upstream, a.Method, a.Path, a.Query)
	if err != nil || p.Override == nil || read.Path == "" {
		return read, err
	}
	method, err := p.Override(upstream, a)
	if err != nil || method == "" {
		return read, err
	}
	if read.IsREST() {
		read.Method = method
	}
	for i := range read.Also {
		if read.Also[i].IsREST() {
			read.Also[i].Method = method
		}
	}
	return read, nil
}
