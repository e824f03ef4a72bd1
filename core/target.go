package core

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// Target is a resource on which a request acts, besides its own or in another way than
// its method says: the one that WebDAV's MOVE writes, and the one that it deletes.
type Target struct {
	Method    string // as which it must be allowed
	RawTarget string // as in [api.Attempt]
	// Below is the method of the request if it acts on all that is below the resource,
	// as WebDAV's COPY does with a collection; "": it acts on the resource alone.
	Below string
	// IfDAV says that it does so only if the application is one of WebDAV, by the rules for
	// the resource: that one of them names a method of it.
	IfDAV bool
	// Unread says that the request names further resources where nobody looks, as in its
	// body: it is refused unless the rule for the method names it.
	Unread bool
	// Cut says that the application may have cut a beginning of the request's path off,
	// and read the resource's as one below it.
	Cut bool
	// Bucket says that the first segment may be no part of the path, but a bucket of an
	// object store, which has a host of its own.
	Bucket bool
}

// The bounds of what one request may name.
const (
	maxTargets  = 8  // resources, each in each way
	maxPrefixes = 64 // segments of its own path, where it names others
)

// CheckTargets refuses an attempt that was let through with d, if requests for these
// resources at the same host would not be let through with the same identity, or go to
// another upstream. Each is decided on as a request of its own, by an API key's rate as
// well. With Cut, it must also be allowed below each beginning of the attempt's path.
// With Below, no rule for a path below the resource may be stricter than its own, and no
// hook be bound that decides for single paths (route-access, route-exclusion), unless the
// rule for that method there names the method: hooks are asked for the resource alone.
// So it is with Unread. The error is an [api.Error].
func (e *Engine) CheckTargets(ctx context.Context, a *api.Attempt, d Decision, targets []Target) error {
	if len(targets) > maxTargets {
		return otherTarget("the request names too many resources besides its own")
	}
	host, err := route.Host(a.Host)
	if err != nil {
		return err
	}
	o := others{e}
	for _, t := range targets {
		if !o.acts(host, a, t) {
			continue
		}
		if t.Unread && !o.namesMethod(a, t.Method, a.Path) {
			return otherTarget("the request may name other resources in its body: a rule that lists the method allows it")
		}
		err := o.checkBelow(a, d, t, a.Path)
		if t.RawTarget != a.RawTarget || t.Method != a.Method {
			err = o.checkTarget(ctx, a, d, t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// acts reports whether the request does act on the resource, see [Target.IfDAV].
func (e others) acts(host string, a *api.Attempt, t Target) bool {
	return !t.IfDAV || e.env.Policy.Load().Rules.NamesDAV(host, a.Path)
}

// ActsBelow reports whether an attempt that was let through acts on all below its own
// resource, by one of these targets, and the rule does not name the method that does so.
// What stands before single paths below, other than rules, is not asked for it.
func (e *Engine) ActsBelow(a *api.Attempt, targets []Target) bool {
	host, err := route.Host(a.Host)
	return err != nil || slices.ContainsFunc(targets, func(t Target) bool {
		return t.Below != "" && others{e}.acts(host, a, t) && !others{e}.namesMethod(a, t.Below, a.Path)
	})
}

// namesMethod reports whether the rule for a method at a path names it: whoever wrote it
// has thought of what the method does. A rule for DELETE says so of WebDAV's, which takes
// all below along, only where rules name WebDAV: everywhere else it deletes one resource.
func (e others) namesMethod(a *api.Attempt, method, path string) bool {
	rule, ok := e.RuleAt(a, method, path)
	if !ok || !slices.Contains(rule.Methods, method) {
		return false
	}
	host, err := route.Host(a.Host)
	return method != http.MethodDelete || err == nil && e.env.Policy.Load().Rules.NamesDAV(host, path)
}

// checkTarget decides on one that is not the attempt itself.
func (e others) checkTarget(ctx context.Context, a *api.Attempt, d Decision, t Target) error {
	if t.Bucket {
		if err := e.checkBucket(ctx, a, d, t); err != nil {
			return err
		}
	}
	also := *a
	also.Method, also.RawTarget = t.Method, t.RawTarget
	as := e.Decide(ctx, &also)
	switch {
	case as.Outcome != Allowed:
		return as.Err
	case as.Rule.Upstream != d.Rule.Upstream:
		return otherTarget("the request names a resource of another application")
	case as.NarrowerThan(d):
		return otherTarget("the request names a resource where less is allowed")
	}
	if other, ok := e.OtherSlash(&also); ok && other.StricterThan(as.Rule) {
		return otherTarget("the request names a resource that is not allowed with another slash at its end")
	}
	if err := e.CheckSlash(ctx, &also, as); err != nil {
		return err
	}
	if err := e.CheckTrimmed(ctx, &also, as); err != nil {
		return err
	}
	if err := e.checkBelow(&also, as, t, also.Path); err != nil {
		return err
	}
	if !t.Cut {
		return nil
	}
	return e.checkCut(ctx, a, &also, as, t)
}

// checkBucket refuses a resource of a bucket whose host rules know, unless it is the one
// that is asked: there it must be allowed without the bucket's name as well.
func (e others) checkBucket(ctx context.Context, a *api.Attempt, d Decision, t Target) error {
	host, err := route.Host(a.Host)
	if err != nil {
		return err
	}
	path, query, err := route.Canonical(t.RawTarget)
	if err != nil {
		return err
	}
	bucket, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	bucket = strings.ToLower(strings.TrimPrefix(route.Trimmed("/"+bucket), "/"))
	if bucket == "" {
		return nil
	}
	rules := e.env.Policy.Load().Rules
	for parent, more := host, true; more; _, parent, more = strings.Cut(parent, ".") {
		if at := bucket + "." + parent; at != host && rules.HasHost(at) {
			return otherTarget("the request names a resource in a bucket that has a host of its own")
		}
	}
	if host == bucket || strings.HasPrefix(host, bucket+".") {
		own := url.URL{Path: "/" + rest, RawQuery: query}
		t.RawTarget, t.Bucket = own.RequestURI(), false
		return e.checkTarget(ctx, a, d, t)
	}
	return nil
}

// checkCut holds a resource to what is allowed below each beginning of the attempt's
// path. Where no rule is for such a path, nothing is there.
func (e others) checkCut(ctx context.Context, a, also *api.Attempt, as Decision, t Target) error {
	if strings.Count(a.Path, "/") > maxPrefixes {
		return otherTarget("the request names another resource, and its own path is too long for that")
	}
	for i := 1; i <= len(a.Path); i++ {
		if i < len(a.Path) && a.Path[i] != '/' || a.Path[i-1] == '/' {
			continue
		}
		path := a.Path[:i] + also.Path
		for _, at := range []string{path, route.Trimmed(path), route.OtherSlash(path)} {
			if err := e.checkAt(ctx, also, as, at); err != nil {
				return err
			}
		}
		if _, ok := e.RuleAt(also, t.Method, path); !ok {
			continue
		}
		if err := e.checkBelow(also, as, t, path); err != nil {
			return err
		}
	}
	return nil
}

// checkAt holds a resource to what is allowed at a path for which there is a rule.
func (e others) checkAt(ctx context.Context, also *api.Attempt, as Decision, path string) error {
	rule, ok := e.RuleAt(also, also.Method, path)
	switch {
	case !ok:
		return nil
	case rule.StricterThan(as.Rule):
		return otherTarget("the request names a resource that is not allowed below a part of its own path")
	}
	return e.checkPath(ctx, also, as, path)
}

// checkBelow holds what a request does to all below a path to the rules there, and to
// what hooks could say there, which cannot be asked for paths that nobody knows.
func (e others) checkBelow(a *api.Attempt, d Decision, t Target, path string) error {
	if t.Below == "" {
		return nil
	}
	if e.namesMethod(a, t.Below, path) {
		return nil
	}
	host, err := route.Host(a.Host)
	if err != nil {
		return err
	}
	p := e.env.Policy.Load()
	if p.Hooks.RouteAccess.Len()+p.Hooks.RouteExclusion.Len() > 0 {
		return otherTarget("the request acts on all that is below a resource, and hooks decide there for single paths: a rule that lists the method allows it")
	}
	if p.Rules.StricterBelow(host, t.Method, path, d.Rule) {
		return otherTarget("the request acts on all that is below a resource, where not all is allowed")
	}
	return nil
}

func otherTarget(text string) error { return api.E(api.Invalid, api.ReasonOtherTarget, text) }
