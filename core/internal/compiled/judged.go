package compiled

import (
	"iter"
	"slices"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/filename"
	"github.com/cardea-auth/cardea/core/route"
)

// Hooks see a request as the rules do: with the canonical host, and with the method and
// path that the upstream will use. Otherwise "Host: ADMIN.example", or a route named in the
// query, could mean one thing to a rule and another to a hook.

// judged returns the attempt as hooks see it, or a itself if nothing differs.
func judged(a *api.Attempt, host, method, path string) *api.Attempt {
	if a.Host == host && a.Method == method && a.Path == path {
		return a
	}
	own := *a
	own.Host, own.Method, own.Path = host, method, path
	return &own
}

// Views yields the attempt once for each way of reading the request; hooks that decide run
// for each of them. If at is nil, it yields one empty attempt.
func (at *Target) Views(a *api.Attempt) iter.Seq[*api.Attempt] {
	if at == nil {
		return func(yield func(*api.Attempt) bool) { yield(&api.Attempt{}) }
	}
	host, read := at.Host, at.Read // captures these instead of at, which would escape to the heap
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

// Shown returns the attempt as hooks that decide nothing see it: in the first way of
// reading it. a may be nil. An invalid host is shown as empty.
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

// ReadingOf returns how the upstream could read a request, or nil if it takes the path
// literally or the request is invalid.
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

// WithPath returns r with path replaced by other. differs reports whether anything in it is
// identified by that path.
func WithPath(r *route.Reading, path, other string) (_ *route.Reading, differs bool) {
	if r == nil {
		return nil, true
	}
	out := *r
	out.Also = slices.Clone(r.Also)
	set := func(m *route.Meaning) {
		if !m.IsREST() && m.Path == path {
			m.Path, differs = other, true
		}
	}
	set(&out.Meaning)
	for i := range out.Also {
		set(&out.Also[i])
	}
	return &out, differs
}

// maxPaths is the maximum number of further paths of a request: each is a decision.
const maxPaths = 32

// PathsOf returns the further paths that the application may take a request that a rule decides
// for, by its path, by the forms of that, or by what its query names; also below scripts there,
// unless the application is known to read requests in its own way. The error is for more than
// [maxPaths].
func (p *Policy) PathsOf(rule *route.Rule, read *route.Reading, a *api.Attempt, forms []string) (out []string, err error) {
	if p.Paths == nil {
		return nil, nil
	}
	defer api.Recover("paths of", a.RawTarget, &err)
	anyPage := !read.IsKnown() && read.MayBePage()
	out = p.Paths(rule, a.Path, a.Query)
	for _, form := range forms {
		out = append(out, p.Paths(rule, form, "")...)
	}
	for i := 0; anyPage && i < min(len(out), maxPaths); i++ {
		below, err := filename.ScriptPaths(out[i], rule, p.Source.Scripts)
		if err != nil {
			return nil, err
		}
		for _, path := range below {
			if !slices.Contains(out, path) {
				out = append(out, path)
			}
		}
	}
	if len(out) > maxPaths {
		return nil, api.E(api.Invalid, api.ReasonBadPath, "the request names too many paths")
	}
	return out, nil
}

// FilesOf returns the names in rules by which an application may serve what a request names.
// One whose reading is known serves a directory by its index, but routes pages by their whole
// names.
func FilesOf(p *Policy, read *route.Reading) *filename.Index {
	if !read.IsKnown() && read.MayBePage() {
		return p.Files
	}
	return p.indexes
}
