package gateway

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// checker holds a request that was let through to the rules and hooks for what else it
// could be taken for; [core.Engine] is one.
type checker interface {
	CheckMethods(ctx context.Context, a *api.Attempt, d core.Decision, methods []string) error
	CheckSlash(ctx context.Context, a *api.Attempt, d core.Decision) error
	CheckTrimmed(ctx context.Context, a *api.Attempt, d core.Decision) error
	CheckTargets(ctx context.Context, a *api.Attempt, d core.Decision, targets []core.Target) error
	DecidesByMethod(a *api.Attempt, d core.Decision) bool
}

var _ checker = (*core.Engine)(nil)

// decideOthers refuses a request that would not pass as something else that the upstream
// may take it for, or does besides.
func (f *forward) decideOthers(ctx context.Context) {
	c := f.gateway.checker
	if c == nil {
		return
	}
	if err := f.checkOthers(ctx, c); err != nil {
		f.decision = core.Decision{Err: api.AsError(err), Identity: f.decision.Identity, Rule: f.decision.Rule}
	}
}

func (f *forward) checkOthers(ctx context.Context, c checker) error {
	a := &f.attempt
	methods := f.otherMethods()
	inForm, err := f.formMethods(c)
	if err != nil {
		return err
	}
	methods = append(methods, inForm...)
	inHeaders, err := f.methodsInHeaders()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(methods, isNoMethod) || slices.ContainsFunc(inHeaders, isNoMethod) {
		return api.E(api.Invalid, api.ReasonMethodOverride, "what the request names as its method is none")
	}
	if len(methods) > 0 {
		if err := c.CheckMethods(ctx, a, f.decision, methods); err != nil {
			return err
		}
	}
	if err := f.decideBy(ctx, inHeaders); err != nil {
		return err
	}
	methods = append(methods, inHeaders...)
	targets, err := f.gateway.targets.Of(f.in, methods...)
	if err != nil {
		return err
	}
	targets = append(targets, httpauth.Actions(f.in, a.RawTarget, methods...)...)
	if len(targets) > 0 {
		if err := c.CheckTargets(ctx, a, f.decision, targets); err != nil {
			return err
		}
	}
	if err := f.checkSlash(ctx, c, methods); err != nil {
		return err
	}
	return c.CheckTrimmed(ctx, a, f.decision)
}

// isNoMethod reports whether a text is none that a method can be: a program may make
// another of it than rules do.
func isNoMethod(text string) bool {
	return strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != ""
}

// checkSlash looks at the path without the slash at its end, by each method, where the
// rule says that both are one to the upstream.
func (f *forward) checkSlash(ctx context.Context, c checker, methods []string) error {
	a := &f.attempt
	if !strings.HasSuffix(a.Path, "/") || f.decision.Rule.TrailingSlash != route.SlashSame {
		return nil
	}
	if err := c.CheckSlash(ctx, a, f.decision); err != nil {
		return err
	}
	for _, method := range methods {
		also := *a
		also.Method = method
		if err := c.CheckSlash(ctx, &also, f.decision); err != nil {
			return err
		}
	}
	return nil
}

// otherMethods are those that a request names in _method of its query, by which many
// frameworks go. What a REST API makes of it is part of the reading that was
// decided on; a page may be of any program.
func (f *forward) otherMethods() []string {
	query := f.attempt.Query
	if query == "" || !mayName(query) || isREST(f.decision.Reading) {
		return nil
	}
	return namedMethods(query)
}

// isREST reports whether the upstream takes a request for calls of its REST API alone.
func isREST(r *route.Reading) bool {
	if r == nil {
		return false
	}
	for m := range r.All() {
		if !m.IsREST() {
			return false
		}
	}
	return true
}

// mayName reports whether a query could have a parameter _method, encoded or not.
func mayName(query string) bool {
	return strings.Contains(strings.ToLower(query), "method") || strings.ContainsRune(query, '%')
}

// namedMethods are the values of _method, in capitals, by whichever character the
// application separates parameters. A value is as it is written where it cannot be decoded,
// so that no rule is for it; what follows a NUL is nothing to some.
func namedMethods(query string) []string {
	var out []string
	for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, value, _ := strings.Cut(pair, "=")
		if !isOverride(decoded(name)) {
			continue
		}
		value, _, _ = strings.Cut(decoded(value), "\x00")
		out = append(out, strings.ToUpper(strings.TrimSpace(value)))
	}
	return out
}

// decoded is a text without percent-encoding; what is badly encoded is taken as those do
// that forgive it, and leave it as it is.
func decoded(text string) string {
	if out, err := url.QueryUnescape(text); err == nil {
		return out
	}
	var b strings.Builder
	for len(text) > 0 {
		size := 1
		if text[0] == '%' && len(text) > 2 {
			if c, err := url.QueryUnescape(text[:3]); err == nil {
				b.WriteString(c)
				text = text[3:]
				continue
			}
		}
		b.WriteString(strings.ReplaceAll(text[:size], "+", " "))
		text = text[size:]
	}
	return b.String()
}

// isOverride reports whether a parameter is _method, also for those who forget blanks or
// brackets in front of a name and have an underscore for a dot or bracket, and as a list.
func isOverride(name string) bool {
	name = strings.ToLower(strings.TrimLeft(name, " \t\r\n\v\f\x00"))
	if bare := strings.TrimLeft(name, "[]"); strings.HasPrefix(bare, "_") {
		name = bare
	}
	if name == "" || strings.IndexByte("_.[", name[0]) < 0 {
		return false
	}
	rest, ok := strings.CutPrefix(name[1:], "method")
	return ok && (rest == "" || strings.IndexByte("[]\x00% \t", rest[0]) >= 0)
}
