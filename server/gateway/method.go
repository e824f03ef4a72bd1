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

// checker checks an allowed request against rules and hooks in its other possible
// interpretations; [core.Engine] is one.
type checker interface {
	CheckMethods(ctx context.Context, a *api.Attempt, d core.Decision, methods []string) error
	CheckSlash(ctx context.Context, a *api.Attempt, d core.Decision) error
	CheckTrimmed(ctx context.Context, a *api.Attempt, d core.Decision) error
	CheckTargets(ctx context.Context, a *api.Attempt, d core.Decision, targets []core.Target) error
	DecidesByMethod(a *api.Attempt, d core.Decision) bool
}

var _ checker = (*core.Engine)(nil)

// decideOthers refuses a request that would be refused in another interpretation that the
// upstream may apply.
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
	inHeaders, err := f.methodsInHeaders()
	if err != nil {
		return err
	}
	inForm, err := f.formMethods(c, slices.Concat(methods, inHeaders))
	if err != nil {
		return err
	}
	methods = append(methods, inForm...)
	if slices.ContainsFunc(methods, isNoMethod) || slices.ContainsFunc(inHeaders, isNoMethod) {
		return api.E(api.Invalid, api.ReasonMethodOverride, "the method that the request names is invalid")
	}
	if len(methods) > 0 {
		if err := c.CheckMethods(ctx, a, f.decision, methods); err != nil {
			return err
		}
	}
	if err := f.decideBy(ctx, c, inHeaders); err != nil {
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

// isNoMethod reports whether text is not a valid method: a framework may read it
// differently than the rules.
func isNoMethod(text string) bool {
	return strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != ""
}

// checkSlash checks the path with the trailing slash added or removed, for each method, if
// the rule says that the upstream treats both alike.
func (f *forward) checkSlash(ctx context.Context, c checker, methods []string) error {
	a := &f.attempt
	if f.decision.Rule.TrailingSlash != route.SlashSame {
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

// otherMethods returns the methods in _method and the like of the query, which many frameworks
// apply. For a REST API they are part of the reading that was decided on; a page may use any
// framework.
func (f *forward) otherMethods() []string {
	query := f.attempt.Query
	if query == "" || !mayName(query) || !f.decision.Reading.MayBePage() {
		return nil
	}
	return namedMethods(query)
}

// mayName reports whether a query could have such a parameter, possibly encoded.
func mayName(query string) bool {
	return strings.Contains(strings.ToLower(query), "method") || strings.ContainsRune(query, '%')
}

// namedMethods returns the values of such parameters, in upper case, for either separator; some
// servers drop all question marks before a query. A value that cannot be decoded, or has a NUL,
// is kept as it is, so that no rule allows it: some frameworks ignore a NUL, or what follows it.
func namedMethods(query string) []string {
	var out []string
	for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' }) {
		name, value, _ := strings.Cut(strings.TrimLeft(pair, "?"), "=")
		if httpauth.NamesMethod(decoded(name)) {
			out = append(out, strings.ToUpper(strings.TrimSpace(decoded(value))))
		}
	}
	return out
}

// decoded decodes percent-encoding. Invalid escapes are kept, as lenient decoders do.
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
