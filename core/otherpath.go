package core

import (
	"context"
	"strings"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/authenticate"
	"github.com/cardea-auth/cardea/core/internal/cache"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/internal/filename"
	"github.com/cardea-auth/cardea/core/route"
)

// others checks other ways in which the application could read a request, and other
// resources that it could act on.
type others struct{ *Engine }

// CheckSlash refuses an attempt that was allowed with d if hooks would not allow it without
// the slash at the end of its path, which many routers remove, or with an added slash if
// its rule treats both paths as one; where such hooks are bound, the rule there must allow
// it, too. Without them nothing is checked; see [Engine.OtherSlash]. The error is an [api.Error].
func (e *Engine) CheckSlash(ctx context.Context, a *api.Attempt, d Decision) error {
	return others{e}.checkSlash(ctx, a, d, a.Path)
}

// checkSlash is CheckSlash for a path that the attempt's may be taken for.
func (e others) checkSlash(ctx context.Context, a *api.Attempt, d Decision, path string) error {
	ends := strings.HasSuffix(path, "/")
	if !ends && d.Rule.TrailingSlash != route.SlashSame || !decideByPath(e.env.Policy.Load().Hooks) {
		return nil
	}
	if other := route.OtherSlash(path); other != "" {
		return e.checkPath(ctx, a, d, other)
	}
	return nil
}

// CheckTrimmed refuses an attempt that was allowed with d if it would not be allowed, by
// the rules, by the sites of mounts or by a hook, with the paths that some servers make of
// it: by cutting blanks and dots off the ends of segments, or a script and what precedes it
// ([filename.ScriptPaths]), or the index of a directory that has a rule ([filename.IndexedBy]).
// A path below more than four scripts is refused. Hooks are asked also with another slash at
// the end of that. A path that rules name with or without an ending, or as an index, is
// judged by those, too, and so is each of [Application.Paths]. The error is an [api.Error].
func (e *Engine) CheckTrimmed(ctx context.Context, a *api.Attempt, d Decision) error {
	forms, err := others{e}.cutForms(e.env.Policy.Load(), a, d)
	if err != nil {
		return err
	}
	for _, path := range forms {
		if rule, _ := e.RuleAt(a, a.Method, path); rule.Forbids(d.Rule) {
			return compiled.OtherPath()
		}
		if err := (others{e}).checkPath(ctx, a, d, path); err != nil {
			return err
		}
		if err := (others{e}).checkSlash(ctx, a, d, path); err != nil {
			return err
		}
	}
	meant, err := e.env.Policy.Load().PathsOf(d.Rule, d.Reading, a, forms)
	if err != nil {
		return err
	}
	if d.Reading.IsKnown() && d.Reading.MayBePage() {
		if err := (others{e}).checkIndexed(ctx, a, d, route.Trimmed(a.Path)); err != nil {
			return err
		}
	}
	if len(meant) > 0 && !d.Reading.MayBePage() { // a file at another path is no route
		d.Reading = &route.Reading{Meaning: route.Meaning{Method: a.Method, Path: a.Path}}
	}
	if err := (others{e}).checkMeant(ctx, a, d, meant); err != nil {
		return err
	}
	return others{e}.checkFiles(ctx, a, d, append(forms, meant...))
}

// checkMeant refuses an attempt that would not be allowed at another path that the application
// may take it for, or in the directory of an index file there; see [Application.Paths].
func (e others) checkMeant(ctx context.Context, a *api.Attempt, d Decision, paths []string) error {
	for _, path := range paths {
		rule, ok := e.RuleAt(a, a.Method, path)
		if !ok {
			return compiled.OtherPath()
		}
		if err := e.checkNamed(ctx, a, d, path, rule); err != nil {
			return err
		}
		if err := e.checkIndexed(ctx, a, d, path); err != nil {
			return err
		}
	}
	return nil
}

// checkIndexed refuses an attempt that would not be allowed in the directory that an index file
// at a path answers for.
func (e others) checkIndexed(ctx context.Context, a *api.Attempt, d Decision, path string) error {
	at := filename.IndexedBy(path, d.Rule, e.env.Policy.Load().Source.Scripts)
	if at == "" {
		return nil
	}
	rule, ok := e.RuleAt(a, a.Method, at)
	if !ok {
		return nil
	}
	return e.checkNamed(ctx, a, d, at, rule)
}

// checkFiles refuses an attempt that would not be allowed at another path of the same file by
// the rule that names it.
func (e others) checkFiles(ctx context.Context, a *api.Attempt, d Decision, forms []string) error {
	files, err := compiled.FilesOf(e.env.Policy.Load(), d.Reading).Of(a, d.Rule, forms)
	for _, f := range files {
		if err := e.checkNamed(ctx, a, d, f.Path, f.Rule); err != nil {
			return err
		}
	}
	return err
}

// checkNamed is checkPath for a path with this rule, also with another slash at its end. It
// refuses a credential that was not accepted, which the rule for the attempt lets through.
func (e others) checkNamed(ctx context.Context, a *api.Attempt, d Decision, path string, rule *route.Rule) error {
	if rule.Upstream != d.Rule.Upstream {
		return compiled.OtherPath()
	}
	if rule.Access == route.Public && !compiled.ForwardsMore(d.Rule, rule, a) && e.env.Policy.Load().Hooks.RouteExclusion.Len() == 0 {
		return nil
	}
	if d.known == nil && (d.PassedOn || a.Credential.Kind != api.NoCredential) && rule.StricterThan(d.Rule) {
		return compiled.OtherPath()
	}
	if err := e.checkPath(ctx, a, d, path); err != nil {
		return err
	}
	return e.checkSlash(ctx, a, d, path)
}

// cutForms returns the paths that some servers make of the attempt's by cutting parts off. Of
// scripts, an application whose reading is known makes what [Application.Paths] says.
func (e others) cutForms(p *compiled.Policy, a *api.Attempt, d Decision) (out []string, err error) {
	trimmed := route.Trimmed(a.Path)
	if !d.Reading.IsKnown() && d.Reading.MayBePage() {
		if out, err = filename.ScriptPaths(trimmed, d.Rule, p.Source.Scripts); err != nil {
			return nil, err
		}
		if at := filename.IndexedBy(trimmed, d.Rule, p.Source.Scripts); at != "" && e.hasRule(a, at) {
			out = append(out, at)
		}
	}
	if trimmed != a.Path {
		out = append(out, trimmed)
	}
	return out, nil
}

func (e others) hasRule(a *api.Attempt, path string) bool {
	_, ok := e.RuleAt(a, a.Method, path)
	return ok
}

// CheckPath refuses an attempt that was allowed with d if it would not be allowed at
// another canonical path: by the rule there, by the sites of mounts, by what the
// application accepts there, or by a hook; or if its credential could belong to another
// user there. If no rule is for that path, that of the attempt applies. It does not count
// as a call. The error is an [api.Error].
func (e *Engine) CheckPath(ctx context.Context, a *api.Attempt, d Decision, path string) error {
	if path == a.Path {
		return nil
	}
	return others{e}.checkPath(ctx, a, d, path)
}

func (e others) checkPath(ctx context.Context, a *api.Attempt, d Decision, path string) (err error) {
	defer api.Recover("decision about", a.RawTarget, &err)
	host, err := route.Host(a.Host)
	if err != nil {
		return err
	}
	read, differs := compiled.WithPath(d.Reading, a.Path, path)
	if !differs {
		return nil // a REST route, whose path has only one form
	}
	p, also := e.env.Policy.Load(), *a
	also.Path = path
	own := &compiled.Target{Host: host, Path: a.Path, Rule: d.Rule, Read: d.Reading}
	rules, err := rulesAt(p, host, d, read, &also)
	if err != nil {
		return err
	}
	at := &compiled.Target{Host: host, Path: path, Rule: rules.narrowed(), Read: read}
	if compiled.ForwardsMore(d.Rule, at.Rule, a) {
		return compiled.OtherPath()
	}
	public, err := rules.isPublic(ctx, e.Engine, p, at, &also)
	if err != nil || public {
		return err
	}
	as := d
	if err := e.identifyAt(ctx, p, rules, at, &also, &as); err != nil {
		return err
	}
	if d.known != nil {
		if err := compiled.SameUser(p, own, at, &also); err != nil {
			return err
		}
	}
	if err := rules.permit(ctx, e.Engine, p, at, &also, &as); err != nil {
		return err
	}
	if as.NarrowerThan(d) {
		return compiled.OtherPath()
	}
	return nil
}

// rulesAt returns the rules that govern an attempt with another path, and those that d is
// based on. Without a rule for that path they are the only ones.
func rulesAt(p *compiled.Policy, host string, d Decision, read *route.Reading, also *api.Attempt) (g governing, err error) {
	var found []*route.Rule
	if read == nil {
		read = &route.Reading{Meaning: route.Meaning{Method: also.Method, Path: also.Path}}
	}
	for m := range read.All() {
		if rule, ok := p.Rules.Match(host, m.Method, m.Path); ok {
			found = append(found, rule)
		}
	}
	if len(found) == 0 {
		return governing{d.Rule, d.also}, nil
	}
	for _, rule := range append(found, d.also...) {
		if err := g.govern(p, host, also.Path, rule); err != nil {
			return g, err
		}
	}
	return g, nil
}

// identifyAt authenticates the request at another path without counting another call or
// attempt.
func (e others) identifyAt(ctx context.Context, p *compiled.Policy, rules governing, at *compiled.Target, a *api.Attempt, d *Decision) error {
	if d.PassedOn {
		return nil
	}
	header, err := p.HeaderFor(at.Rule, at)
	if err != nil {
		return err
	}
	if d.known == nil && a.Credential.Kind == api.NoCredential { // it may have been public, so the credential was not read
		known, err := e.auth.Authenticate(ctx, p, at, header, a)
		if err != nil && !rules.tolerate(p, a, err) {
			return err
		}
		if err == nil {
			d.Identity, d.known = known.Identity, known
		}
		return nil
	}
	if err := e.sameCredential(ctx, p, at, header, a); err != nil || d.known == nil {
		return err // no credential, or a bad one that is tolerated
	}
	who, err := e.judgeAt(ctx, p, d.known, at, a)
	if err == nil {
		d.Identity, d.known = who.Identity, who
	}
	return err
}

// sameCredential refuses a request that would present a different credential at a place.
func (e others) sameCredential(ctx context.Context, p *compiled.Policy, at *compiled.Target, header *route.HeaderSpec, a *api.Attempt) error {
	spec, err := e.auth.CredentialSpec(ctx, p, at, header, a)
	if err != nil {
		return err
	}
	found, err := authenticate.Extract(p, spec, a)
	if err != nil || found.Kind != a.Credential.Kind || found.Kind != api.NoCredential && found.Header != a.Credential.Header {
		return compiled.TwoHeaders()
	}
	return nil
}

// judgeAt checks a credential at another place without counting it again.
func (e others) judgeAt(ctx context.Context, p *compiled.Policy, known *cache.Entry, at *compiled.Target, a *api.Attempt) (*cache.Entry, error) {
	if err := p.CheckPlace(known.Method, &known.Identity, at); err != nil {
		return nil, err
	}
	if err := e.verifier.CheckToken(ctx, p, &known.Identity, at, a); err != nil {
		return nil, err
	}
	who, err := e.auth.Resolve(ctx, p, known, at, a)
	if err != nil {
		return nil, err
	}
	return who, p.CheckMethod(known.Method, &who.Identity, a.Credential.Kind, at)
}

// decideByPath reports whether hooks are bound that may decide by the path of a request.
func decideByPath(h *Hooks) bool {
	return h.RouteAccess.Len()+h.RouteExclusion.Len()+h.TokenVerify.Len()+h.IdentityResolved.Len()+h.CustomHeader.Len() > 0
}
