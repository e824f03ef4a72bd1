package core_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
)

// report is what Introspect must return for a credential after something has happened.
type report struct {
	happens func(*faulty)
	text    func(*faulty) api.Secret
	told    string
}

// onALine is the report on one line.
func onALine(in core.Inspected, now time.Time) string {
	state := in.State.Why
	if in.State.Live && state == "" {
		state = "live"
	}
	expires := "never"
	if !in.Expires.IsZero() {
		expires = fmt.Sprint(in.Expires.Sub(now).Round(time.Minute))
	}
	if in.ID != "" {
		state = strings.ReplaceAll(state, in.ID, "ID")
	}
	if in.Note != "" {
		state += ", " + strings.SplitAfter(strings.ReplaceAll(in.Note, cmp.Or(in.Session, "none"), "SID"), ":")[0]
	}
	return fmt.Sprintf("%s of %s %v %v, %s, %s", in.What, in.Login, in.Roles, in.Sites, expires, state)
}

func reports() map[string]report {
	ctx := context.Background()
	access := func(f *faulty) api.Secret { return f.grant.Access.Text }
	shop := func(f *faulty) api.Secret { return f.shop.Access.Text }
	refresh := func(f *faulty) api.Secret { return f.grant.Refresh }
	key := func(f *faulty) api.Secret { return api.Secret(f.key) }
	nothing := func(*faulty) {}
	disabled := func(f *faulty) { f.must(f.accounts.SetDisabled(ctx, "u_bob", true, "op")) }
	deleted := func(f *faulty) { f.must(f.accounts.Delete(ctx, f.bob, "op")) }
	wait := func(d time.Duration) func(*faulty) { return func(f *faulty) { f.clock.advance(d) } }
	revoke := func(r api.Revocation) func(*faulty) { return func(f *faulty) { f.must(f.Tokens().Revoke(ctx, r)) } }
	rotated := func(f *faulty) { f.token.ID = rotate(f) }
	shape := func(s string) func(*faulty) api.Secret { return func(*faulty) api.Secret { return api.Secret(s) } }
	return map[string]report{
		"access":                           {nothing, access, "access token of bob [subscriber] [], 15m0s, live"},
		"access of a site":                 {nothing, shop, "access token of root [administrator] [forum shop], 15m0s, live"},
		"access, revoked":                  {func(f *faulty) { f.must(f.Tokens().RevokeToken(ctx, f.grant.Access.Text)) }, access, "access token of  [] [], never, the credential has been revoked, its session SID lives on and can be given new tokens"},
		"access, expired":                  {wait(time.Hour), access, "access token of  [] [], never, token expired, its session SID lives on and can be given new tokens"},
		"access, expired, and its session": {wait(1000 * time.Hour), access, "access token of  [] [], never, token expired"},
		"access, its session ended":        {func(f *faulty) { f.must(f.Admin().EndSession(ctx, f.grant.Session, "stolen", "op")) }, access, "access token of  [] [], never, the credential has been revoked"},
		"access, signature":                {nothing, func(f *faulty) api.Secret { return f.grant.Access.Text + "x" }, "access token of  [] [], never, bad token signature"},
		"access, user gone":                {func(f *faulty) { f.testSites.shop.users = nil }, shop, "access token of  [] [], never, no such user"},
		"no credential":                    {nothing, shape("x"), "access token of  [] [], never, malformed token"},
		"refresh":                          {nothing, refresh, "refresh token of bob [] [], 336h0m0s, live"},
		"refresh, used within the grace":   {func(f *faulty) { _, err := f.refresh(f.grant.Refresh); f.must(err) }, refresh, "refresh token of bob [] [], 0s, live, it was used before:"},
		"refresh, used":                    {func(f *faulty) { _, err := f.refresh(f.grant.Refresh); f.must(err); f.clock.advance(time.Minute) }, refresh, "refresh token of bob [] [], 335h59m0s, it was used before, and another took its place, its session SID lives on and can be given new tokens"},
		"refresh, used, its successor too": {func(f *faulty) {
			g, err := f.refresh(f.grant.Refresh)
			f.must(err)
			_, err = f.refresh(g.Refresh)
			f.must(err)
		}, refresh, "refresh token of bob [] [], 336h0m0s, it was used before, and another took its place, its session SID lives on and can be given new tokens"},
		"key, no rule for it": {func(f *faulty) {
			p := f.config.Policy
			p.Rules = []route.Rule{{Name: "all", Path: "/**", Roles: []string{"nobody"}}, {Name: "open", Path: "/open", Access: route.Public}}
			f.must(f.Reload(ctx, p))
		}, key, "API key of bob [subscriber] [], never, no rule of this server lets it in"},
		"key, no method for it": {func(f *faulty) {
			p := f.config.Policy
			p.Methods = slices.DeleteFunc(slices.Clone(p.Methods), func(m core.NamedMethod) bool { return m.Name == "apikey" })
			f.must(f.Reload(ctx, p))
		}, key, "API key of bob [subscriber] [], never, no method of this server takes API keys"},
		"refresh, ended":                {func(f *faulty) { f.must(f.Admin().EndSession(ctx, f.grant.Session, "stolen", "op")) }, refresh, "refresh token of bob [] [], 336h0m0s, ended: stolen"},
		"refresh, idle":                 {wait(14 * 24 * time.Hour), refresh, "refresh token of bob [] [], 0s, expired"},
		"refresh, disabled":             {disabled, refresh, "refresh token of bob [] [], 336h0m0s, revoked (its user is disabled)"},
		"refresh, deleted":              {deleted, refresh, "refresh token of  [] [], never, no session has this refresh token"},
		"refresh, subject":              {revoke(api.Revocation{Kind: api.RevokeSubject, Key: "u_bob"}), refresh, "refresh token of bob [] [], 336h0m0s, revoked"},
		"refresh, no token format":      {func(f *faulty) { p := f.config.Policy; p.TokenFormats, p.Sites = nil, nil; f.must(f.Reload(ctx, p)) }, func(f *faulty) api.Secret { return f.shop.Refresh }, "refresh token of root [] [], 336h0m0s, nothing is mounted for token format \"shop\""},
		"refresh, unknown":              {nothing, func(f *faulty) api.Secret { return swapped(f.grant.Refresh) }, "refresh token of  [] [], never, no session has this refresh token"},
		"refresh, cut":                  {nothing, func(f *faulty) api.Secret { return f.grant.Refresh[:20] }, "refresh token of  [] [], never, this is not the whole of a refresh token"},
		"key":                           {nothing, key, "API key of bob [subscriber] [], never, live"},
		"key for roles":                 {nothing, func(f *faulty) api.Secret { return api.Secret(f.rootKey) }, "API key of root [administrator] [], never, live"},
		"key, revoked":                  {func(f *faulty) { f.must(f.accounts.RevokeAPIKey(ctx, f.keyID, "op")) }, key, "API key of bob [subscriber] [], never, revoked"},
		"key, unknown":                  {nothing, shape("cdk_0000000000000000000000000000000000000000000000000000000000000000"), "API key of  [] [], never, this is not the whole of an API key"},
		"key, cut":                      {nothing, func(f *faulty) api.Secret { return api.Secret(f.key[:20]) }, "API key of  [] [], never, this is not the whole of an API key"},
		"key, disabled":                 {disabled, key, "API key of bob [] [], never, revoked (its user is disabled)"},
		"key, revoked, and not its own": {func(f *faulty) { f.key = other(f); f.must(f.accounts.RevokeAPIKey(ctx, f.keyID, "op")) }, key, "API key of bob [subscriber] [], never, revoked"},
		"key, user gone":                {func(f *faulty) { f.testSites.shop.users = nil }, func(f *faulty) api.Secret { return api.Secret(f.rootKey) }, "API key of  [] [], never, its user is gone"},
		"key, not its own":              {func(f *faulty) { f.key = other(f) }, key, "API key of  [] [], never, this is no secret, or an old one, of API key \"ID\""},
		"key, deleted":                  {deleted, key, "API key of  [] [], never, no API key has the id \"ID\""},
		"key, replaced":                 {rotated, key, "API key of bob [subscriber] [], 1h0m0s, live, it is an old secret of the key, which a rotation has replaced:"},
		"key, replaced, over":           {func(f *faulty) { rotated(f); f.clock.advance(time.Hour) }, key, "API key of  [] [], never, this is no secret, or an old one, of API key \"ID\""},
		"key, everything":               {revoke(api.Revocation{Kind: api.RevokeAll}), key, "API key of bob [subscriber] [], never, revoked with everything"},
		"key, all but keys":             {revoke(api.Revocation{Kind: api.RevokeAll, Key: api.SpareAPIKeys}), key, "API key of bob [subscriber] [], never, live"},
		"key, subject":                  {revoke(api.Revocation{Kind: api.RevokeSubject, Key: "u_bob"}), key, "API key of bob [subscriber] [], never, revoked with all of its user's"},
		"key, client":                   {func(f *faulty) { revoke(api.Revocation{Kind: api.RevokeClient, Key: "apikey:" + f.keyID})(f) }, key, "API key of bob [subscriber] [], never, revoked with all of its client's"},
		"key, short":                    {func(f *faulty) { f.key = f.byShortKey().Get("X-Api-Key") }, key, "API key of bob [subscriber] [], 1h0m0s, live"},
		"key, short, over":              {func(f *faulty) { f.key = f.byShortKey().Get("X-Api-Key"); f.clock.advance(time.Hour) }, key, "API key of bob [subscriber] [], 0s, expired"},
	}
}

// rotate rotates the API key and returns its new text.
func rotate(f *faulty) string {
	text, err := f.accounts.RotateAPIKey(context.Background(), f.keyID, time.Hour, "op")
	f.must(err)
	return text.Reveal()
}

// other returns a text with the key's id and a secret that was replaced twice.
func other(f *faulty) string {
	old := f.key
	for range 2 {
		rotate(f)
	}
	return old
}

// swapped returns a refresh token that is well-formed but unknown.
func swapped(text api.Secret) api.Secret {
	b := []byte(text)
	i := len(b) / 3
	if b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return api.Secret(b)
}

// TestInspect_reports tests what Introspect reports, and why a credential is refused.
func TestInspect_reports(t *testing.T) {
	for name, r := range reports() {
		f := newFaulty(t)
		f.prepare()
		f.clock.advance(time.Second)
		r.happens(f)
		in, err := f.Introspect(t.Context(), r.text(f))
		if got := onALine(in, f.clock.Now()); err != nil || got != r.told {
			t.Errorf("%s: %q, %v; want %q", name, got, err, r.told)
		}
	}
}

// TestRevokeCredential_before: revoking twice reports what the first revocation was.
func TestRevokeCredential_before(t *testing.T) {
	for kind, with := range map[api.RevocationKind]string{
		api.RevokeToken: "", api.RevokeSession: " with its session", api.RevokeSubject: " with all of its user's",
		api.RevokeClient: " with all of its client's", api.RevokeKey: " with its signing key", api.RevokeAll: " with everything",
	} {
		f := newFaulty(t)
		f.prepare()
		id := f.bob.Identity("store")
		id.Client = "app"
		issued := f.issue(id)
		f.clock.advance(time.Second)
		f.must(f.Tokens().Revoke(t.Context(), api.Revocation{Kind: kind, Key: map[api.RevocationKind]string{
			api.RevokeToken: issued.ID, api.RevokeSession: issued.Session, api.RevokeSubject: "u_bob",
			api.RevokeClient: "app", api.RevokeKey: f.Keys().Active().ID,
		}[kind]}))
		_, err := f.Admin().RevokeCredential(t.Context(), issued.Text, "stolen", "op")
		want := "nothing was revoked: the token was revoked" + with + " before"
		if api.CodeOf(err) != api.Conflict || api.AsError(err).Public != want {
			t.Errorf("%s: %v; want %q", kind, err, want)
		}
	}
}
