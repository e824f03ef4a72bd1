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

// Target is a resource that a request acts on in addition to its own, or in another way
// than its method says: for example the resource that WebDAV's MOVE writes, or the one it
// deletes.
type Target struct {
	Method    string // the method with which it must be allowed
	RawTarget string // as in [api.Attempt]
	// Below is the method of the request if it acts on everything below the resource, as
	// WebDAV's COPY does on a collection; "" if it acts on the resource alone.
	Below string
	// IfDAV says that the target counts only if the application speaks WebDAV: a rule for
	// the resource names a WebDAV method.
	IfDAV bool
	// Unread says that the request may name further resources where Cardea does not look,
	// as in its body. It is refused unless the rule for the method names that method.
	Unread bool
	// Cut says that the application may have cut off a prefix of the request's path and
	// resolved the resource below it.
	Cut bool
	// Bucket says that the first segment may be the bucket of an object store, which has a
	// host of its own, instead of a part of the path.
	Bucket bool
}

// The limits for one request.
const (
	maxTargets  = 8  // resources; each is checked in several ways
	maxPrefixed = 32 // resources times prefixes of its own path below which they are checked
)

// CheckTargets refuses an attempt that was allowed with d if requests for these resources
// at the same host would not be allowed for the same identity, or would go to another
// upstream. Each is decided as a separate request and counts towards an API key's rate.
//
// With Cut, it must also be allowed below each prefix of the attempt's path. With Below, no
// rule for a path below the resource may be stricter than its own, and no hook that decides
// on single paths (route-access, route-exclusion) may be bound, unless the rule for that
// method names the method: hooks are asked about the resource alone. The same holds for
// Unread. The error is an [api.Error].
func (e *Engine) CheckTargets(ctx context.Context, a *api.Attempt, d Decision, targets []Target) error {
	if len(targets) > maxTargets {
		return otherTarget("the request names too many resources besides its own")
	}
	host, err := route.Host(a.Host)
	if err != nil {
		return err
	}
	o := others{e}
	if o.countCut(a, targets) > maxPrefixed {
		return otherTarget("the request names another resource, and its own path is too long for that")
	}
	for _, t := range targets {
		if err := gone(ctx); err != nil {
			return err
		}
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

// countCut returns how many resources are checked below prefixes of the attempt's path.
func (e others) countCut(a *api.Attempt, targets []Target) int {
	count, segments := 0, strings.Count(a.Path, "/")
	for _, t := range targets {
		if t.Cut {
			count += segments
		}
	}
	return count
}

// gone returns an error once the client has left: nobody waits for further checks.
func gone(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return api.Wrap(api.Unavailable, "", "the request has ended", err)
	}
	return nil
}

// acts reports whether the request acts on the resource; see [Target.IfDAV].
func (e others) acts(host string, a *api.Attempt, t Target) bool {
	return !t.IfDAV || e.env.Policy.Load().Rules.NamesDAV(host, a.Path)
}

// ActsBelow reports whether an attempt that was allowed acts on everything below its own
// resource by one of these targets, while its rule does not name the method. Checks of
// single paths below it, other than rules, are not made for such a request.
func (e *Engine) ActsBelow(a *api.Attempt, targets []Target) bool {
	host, err := route.Host(a.Host)
	return err != nil || slices.ContainsFunc(targets, func(t Target) bool {
		return t.Below != "" && others{e}.acts(host, a, t) && !others{e}.namesMethod(a, t.Below, a.Path)
	})
}

// namesMethod reports whether the rule for a method at a path names that method: its author
// has considered what the method does. For DELETE, which in WebDAV deletes everything
// below, this holds only where rules name WebDAV methods; elsewhere it deletes one
// resource.
func (e others) namesMethod(a *api.Attempt, method, path string) bool {
	rule, ok := e.RuleAt(a, method, path)
	if !ok || !slices.Contains(rule.Methods, method) {
		return false
	}
	host, err := route.Host(a.Host)
	return method != http.MethodDelete || err == nil && e.env.Policy.Load().Rules.NamesDAV(host, path)
}

// checkTarget decides on a target that is not the attempt itself.
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
	if other, ok := e.OtherSlash(&also); ok && other.Forbids(as.Rule) {
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

// checkBucket refuses a resource in a bucket that has a host in the rules. If that host is
// the requested one, the resource must also be allowed without the bucket's name.
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

// checkCut requires that a resource is allowed below each prefix of the attempt's path. A
// prefix without a rule is skipped.
func (e others) checkCut(ctx context.Context, a, also *api.Attempt, as Decision, t Target) error {
	for i := 1; i <= len(a.Path); i++ {
		if i < len(a.Path) && a.Path[i] != '/' || a.Path[i-1] == '/' {
			continue
		}
		if err := gone(ctx); err != nil {
			return err
		}
		path := a.Path[:i] + also.Path
		forms := []string{path, route.OtherSlash(path)}
		if trimmed := route.Trimmed(path); trimmed != path {
			forms = append(forms, trimmed)
		}
		for _, at := range forms {
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

// checkAt requires that a resource is allowed at a path, if there is a rule for it.
func (e others) checkAt(ctx context.Context, also *api.Attempt, as Decision, path string) error {
	rule, ok := e.RuleAt(also, also.Method, path)
	switch {
	case !ok:
		return nil
	case rule.Forbids(as.Rule):
		return otherTarget("the request names a resource that is not allowed below a part of its own path")
	}
	return e.checkPath(ctx, also, as, path)
}

// checkBelow checks an action on everything below a path against the rules there. It
// refuses if hooks decide on single paths, since they cannot be asked about unknown paths.
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
		return otherTarget("the request acts on everything below a resource, where hooks decide on single paths: a rule that lists the method allows it")
	}
	if p.Rules.StricterBelow(host, t.Method, path, d.Rule) {
		return otherTarget("the request acts on everything below a resource, where not everything is allowed")
	}
	return nil
}

// AllowsBelow reports whether whoever was allowed is allowed to use a method everywhere below
// a canonical path, as rules see it: no rule there is stricter and no hook decides by paths.
func (d *Decision) AllowsBelow(a *api.Attempt, method, path string) bool {
	if d.policy == nil || d.Rule == nil || decideByPath(d.policy.Hooks) {
		return false
	}
	host, err := route.Host(a.Host)
	return err == nil && !d.policy.Rules.StricterBelow(host, method, path, d.Rule)
}

func otherTarget(text string) error { return api.E(api.Invalid, api.ReasonOtherTarget, text) }
