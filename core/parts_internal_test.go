package core

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/internal/compiled"
	"github.com/cardea-auth/cardea/core/policy"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
)

// layoutsPolicy has a layout of each kind.
func layoutsPolicy() *compiled.Policy {
	whole := func(api.Claims) (api.Identity, bool, error) { return api.Identity{}, true, nil }
	part := func(api.Claims) (api.Identity, bool, error) { return api.Identity{}, false, nil }
	broken := func(api.Claims) (api.Identity, bool, error) { return api.Identity{}, true, errors.New("broken") }
	keys := func(context.Context, string, string) ([]api.Key, error) { return nil, nil }
	return &compiled.Policy{Hooks: NewHooks(), Layouts: []compiled.Layout{
		{Layout: Layout{Name: policy.NativeName, Read: whole}},
		{Layout: Layout{Name: "number", Read: part}},
		{Layout: Layout{Name: "broken", Read: broken}},
		{Layout: Layout{Name: "issuer:x", Read: part, Verifying: keys}, SiteBound: true},
		{Layout: Layout{Name: "keyed", Read: part, Keys: []api.Key{{ID: "one"}, {ID: "two"}}}, SiteBound: true},
	}}
}

// TestSitesOf: a token of a site counts at its own and where it is accepted; no other
// credential is a site's.
func TestSitesOf(t *testing.T) {
	p := layoutsPolicy()
	sites := []Site{{Name: "b", Layout: "keyed"}, {Name: "a", Layout: "number", AcceptsFrom: []string{"keyed"}}, {Name: "c", Layout: policy.NativeName, AcceptsFrom: []string{"keyed"}}, {Name: "d", Layout: "number"}}
	p.Sites = slices.Grow(p.Sites, len(sites))[:len(sites)]
	for i, s := range sites {
		p.Sites[i].Site = s
	}
	e := &Engine{}
	e.tokens.e = e
	e.policy.Store(p)
	for name, c := range map[string]struct {
		proof api.Proof
		want  string
	}{
		"a site's":       {api.Proof{TokenID: "t", Layout: "keyed"}, "[a b] true"},
		"native":         {api.Proof{TokenID: "t", Layout: policy.NativeName}, "[] false"},
		"of no site":     {api.Proof{TokenID: "t", Layout: "number"}, "[] false"},
		"gone":           {api.Proof{TokenID: "t", Layout: "gone"}, "[] false"},
		"no token":       {api.Proof{Layout: "keyed"}, "[] false"},
		"a session only": {api.Proof{Session: "s", Layout: "keyed"}, "[] false"},
	} {
		names, ok := e.Tokens().SitesOf(api.Identity{Proof: c.proof})
		if got := fmt.Sprint(names, ok); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// newBare is an engine without anything.
func newBare(t *testing.T) *Engine {
	t.Helper()
	e, err := New(t.Context(), Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// TestWrongEitherWay: login-before's refusal comes before a wrong password, and nothing
// else does.
func TestWrongEitherWay(t *testing.T) {
	refusal, challenge := api.E(api.Denied, "x", "refused"), api.Wrap(api.Unauthenticated, api.ReasonChallenge, "code", &ChallengeError{})
	wrong, away := api.E(api.Unauthenticated, api.ReasonWrongPassword, "wrong"), api.E(api.Unavailable, "", "away")
	for name, c := range map[string]struct{ verdict, wrong, want error }{
		"no verdict": {nil, wrong, wrong}, "refused": {refusal, wrong, refusal}, "a challenge": {challenge, wrong, wrong},
		"not checked": {refusal, away, away}, "a challenge, not checked": {challenge, away, away}, "nothing, not checked": {nil, away, away},
	} {
		if got := wrongEitherWay(c.verdict, c.wrong); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestTolerates is the table of what counts as nobody's under an optional rule.
func TestTolerates(t *testing.T) {
	yes, no := func(*api.Attempt) bool { return true }, func(*api.Attempt) bool { return false }
	bad, missing := api.E(api.Unauthenticated, api.ReasonTokenSignature, ""), api.E(api.Unauthenticated, api.ReasonNoCredential, "")
	for name, c := range map[string]struct {
		access route.Access
		on     string
		kind   api.Kind
		ignore func(*api.Attempt) bool
		err    error
		want   bool
	}{
		"nothing shown":                  {route.Optional, route.Deny, api.NoCredential, nil, missing, true},
		"something, nobody's":            {route.Optional, route.Deny, api.Bearer, nil, missing, false},
		"bad":                            {route.Optional, route.Deny, api.Bearer, nil, bad, false},
		"bad, nothing shown":             {route.Optional, route.Deny, api.NoCredential, nil, bad, false},
		"bad, as none":                   {route.Optional, route.Anonymous, api.Bearer, nil, bad, true},
		"bad, asked, nobody to ask":      {route.Optional, route.Asked, api.Bearer, nil, bad, false},
		"bad, asked, yes":                {route.Optional, route.Asked, api.Bearer, yes, bad, true},
		"bad, asked, no":                 {route.Optional, route.Asked, api.Bearer, no, bad, false},
		"bad, not asked":                 {route.Optional, route.Deny, api.Bearer, yes, bad, false},
		"required":                       {route.Required, route.Anonymous, api.NoCredential, yes, missing, false},
		"denied":                         {route.Optional, route.Anonymous, api.Bearer, yes, api.E(api.Denied, "", ""), false},
		"away":                           {route.Optional, route.Anonymous, api.Bearer, yes, api.E(api.Unavailable, "", ""), false},
		"two credentials":                {route.Optional, route.Anonymous, api.Bearer, yes, api.E(api.Unauthenticated, api.ReasonManyCredentials, ""), false},
		"a fault":                        {route.Optional, route.Anonymous, api.Bearer, yes, errors.New("x"), false},
		"something, nobody's, as none":   {route.Optional, route.Anonymous, api.Bearer, nil, missing, true},
		"something, nobody's, ask, none": {route.Optional, route.Asked, api.Bearer, nil, missing, false},
	} {
		p := &compiled.Policy{IgnoreBad: c.ignore}
		rule := &route.Rule{Access: c.access, OnBadToken: c.on}
		if got := tolerates(p, rule, &api.Attempt{Credential: api.Credential{Kind: c.kind}}, c.err); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestFaultLog_firstSecond: a cause is told also at the moment zero.
func TestFaultLog_firstSecond(t *testing.T) {
	var f faultLog
	for i, want := range []bool{true, false} {
		if _, got := f.admit("x", time.Unix(0, 0)); got != want {
			t.Errorf("time %d: %v", i, got)
		}
	}
}

// TestUnwritable: where no directory can be changed, each change is refused for that.
func TestUnwritable(t *testing.T) {
	var u unwritable
	ctx := t.Context()
	ask := func(_ api.User, err error) error { return err }
	_, list := u.List(ctx, 0, 1)
	for name, err := range map[string]error{
		"List": list, "Create": ask(u.Create(ctx, users.NewUser{})), "Update": ask(u.Update(ctx, "x", users.Change{}, "op")),
		"SetPassword": ask(u.SetPassword(ctx, "x", "y", "op")), "SetDisabled": ask(u.SetDisabled(ctx, "x", true, "op")),
		"SetRoles": ask(u.SetRoles(ctx, "x", nil, "op")), "Delete": u.Delete(ctx, "x", "op"),
	} {
		if api.ReasonOf(err) != api.ReasonReadOnly {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestAccountOf: only who has a number is one account at all sites of a network.
func TestAccountOf(t *testing.T) {
	e := newBare(t)
	e.dirs = []users.Directory{networked{name: "a", network: "n"}, networked{name: "b", network: "n"}, networked{name: "c"}}
	same := e.accountOf("a", "a:1", 1)
	for name, c := range map[string]struct {
		directory, subject string
		number             int64
		same               bool
	}{
		"the sister": {"b", "b:1", 1, true}, "another number": {"a", "a:2", 2, false}, "no number": {"a", "a:1", 0, false},
		"a negative one": {"a", "a:1", -1, false}, "no network": {"c", "c:1", 1, false}, "no directory": {"", "x", 1, false},
	} {
		got := e.accountOf(c.directory, c.subject, c.number)
		if (got == same) != c.same || !c.same && c.number <= 0 && got != c.subject {
			t.Errorf("%s: %q, of %q", name, got, same)
		}
	}
}

// networked is a directory of which the name alone is asked, and the network.
type networked struct {
	users.Directory
	name, network string
}

func (d networked) Name() string    { return d.name }
func (d networked) Network() string { return d.network }

// TestSigningKeys: no weak key of a layout signs, and none that cannot; where its first
// one is weak the ring signs.
func TestSigningKeys(t *testing.T) {
	e := newBare(t)
	good, weak, public := api.Key{ID: "good", Algorithm: "HS256", Private: []byte("x")}, api.Key{ID: "weak", Weak: true, Private: []byte("x")}, api.Key{ID: "public"}
	for name, c := range map[string]struct {
		own  []api.Key
		want []string // nil: the ring's
	}{
		"none": {nil, nil}, "one": {[]api.Key{good}, []string{"good"}}, "a weak one": {[]api.Key{weak}, nil}, "a weak one first": {[]api.Key{weak, good}, nil},
		"a weak one beside it": {[]api.Key{good, weak}, []string{"good"}}, "one that cannot": {[]api.Key{good, public}, []string{"good"}},
	} {
		d := &draft{e: e, layout: &compiled.Layout{Layout: Layout{Keys: c.own}}}
		var ids []string
		for _, k := range d.signing() {
			ids = append(ids, k.ID)
		}
		if want := c.want; want == nil && len(ids) > 0 && ids[0] == e.keys.Signing()[0].ID {
			continue
		} else if !slices.Equal(ids, want) {
			t.Errorf("%s: %v, want %v", name, ids, want)
		}
	}
}

// TestNetworked: directories are of one network where both name the same; a directory
// alone is none.
func TestNetworked(t *testing.T) {
	for name, c := range map[string]struct {
		a, b networked
		want bool
	}{
		"one":          {networked{name: "a", network: "n"}, networked{name: "b", network: "n"}, true},
		"two":          {networked{name: "a", network: "n"}, networked{name: "b", network: "m"}, false},
		"one and none": {networked{name: "a", network: "n"}, networked{name: "b"}, false},
		"none":         {networked{name: "a"}, networked{name: "b"}, false},
	} {
		e := newBare(t)
		e.dirs = []users.Directory{c.a, c.b}
		if got := e.sameNetwork("a", "b"); got != c.want {
			t.Errorf("%s: same %v", name, got)
		}
		if got := e.networked(); got != c.want {
			t.Errorf("%s: networked %v", name, got)
		}
		if e.dirs = e.dirs[:1]; e.networked() {
			t.Errorf("%s: a directory alone is networked", name)
		}
	}
}

// TestCheckToken_layoutGone: a token of a layout that a reload took away is asked nothing
// about it.
func TestCheckToken_layoutGone(t *testing.T) {
	e, p := newBare(t), layoutsPolicy()
	if err := e.checkToken(t.Context(), p, &api.Identity{Proof: api.Proof{TokenID: "t", Layout: "gone"}}, nil, nil); err != nil {
		t.Error(err)
	}
}

// TestRestrictAtLogin: what a hook takes away at a login is noted with all dialects as
// which it was asked; what was taken away before the login is no login's.
func TestRestrictAtLogin(t *testing.T) {
	with := func(narrowed, atLogin bool, dialects string) api.Identity {
		return api.Identity{Roles: []string{"a", "b"}, Proof: api.Proof{Narrowed: narrowed, LoginNarrowed: atLogin, LoginDialects: dialects}}
	}
	less := func(id api.Identity) api.Identity { id.Roles = id.Roles[:1]; return id }
	for name, c := range map[string]struct {
		before, after     api.Identity
		narrowed, atLogin bool
		dialects          string
	}{
		"nothing":                        {with(false, false, ""), with(false, false, ""), false, false, ""},
		"a role":                         {with(false, false, ""), less(with(false, false, "")), true, true, "new"},
		"a role, and one before":         {with(true, true, "old"), less(with(true, true, "old")), true, true, "new old"},
		"nothing, one before":            {with(true, true, "old"), with(true, true, "old"), true, true, "new old"},
		"a role, narrow before":          {with(true, false, ""), less(with(true, false, "")), true, false, ""},
		"nothing, narrow before a login": {with(true, false, ""), with(true, false, ""), true, false, ""},
	} {
		got := restrictAtLogin(c.before, c.after, "new").Proof
		said := strings.Split(got.LoginDialects, compiled.DialectSeparator)
		slices.Sort(said)
		if got.Narrowed != c.narrowed || got.LoginNarrowed != c.atLogin || strings.Join(said, " ") != c.dialects {
			t.Errorf("%s: %v, at a login %v, as %q", name, got.Narrowed, got.LoginNarrowed, said)
		}
	}
}

// TestAlgorithmJudge: whoever is told that an algorithm will not do is told which would.
func TestAlgorithmJudge(t *testing.T) {
	j := algorithmJudge{{Algorithm: "HS256"}, {Algorithm: "ES256"}}
	if err := j.accept(t.Context(), nil, &Algorithm{Algorithm: "ES256"}, true); err != nil {
		t.Error(err)
	}
	if err := j.accept(t.Context(), nil, &Algorithm{Algorithm: "RS256"}, true); err == nil || !strings.Contains(err.Error(), "HS256, ES256") {
		t.Errorf("got %v", err)
	}
}

// TestCircumstances_NUL: no text of a client's can stand for two.
func TestCircumstances_NUL(t *testing.T) {
	a := circumstances{host: "a", agent: "b\x00c"}
	b := circumstances{host: "a\x00b", agent: "c"}
	if bytes.Equal(a.appendTo(nil), b.appendTo(nil)) {
		t.Error("they have one key")
	}
}

// TestStrictness: of two rules that govern a request the one counts that lets fewer pass.
func TestStrictness(t *testing.T) {
	order := []route.Access{route.Public, route.Optional, route.Required}
	for i, a := range order {
		for j, b := range order {
			if got := strictness(&route.Rule{Access: a}) > strictness(&route.Rule{Access: b}); got != (i > j) {
				t.Errorf("%s is stricter than %s: %v", a, b, got)
			}
		}
	}
	if strictness(&route.Rule{}) != strictness(&route.Rule{Access: route.Required}) {
		t.Error("no word on it is not the strictest")
	}
}

// TestPlain is the table of what is a credential in every grammar.
func TestPlain(t *testing.T) {
	for name, c := range map[string]struct {
		kind        api.Kind
		text, value string
		want        bool
	}{
		"a token": {api.Bearer, "a.b.c", "Bearer a.b.c", true}, "an API key": {api.APIKeyKind, "k", "Bearer k", true},
		"two parts": {api.Bearer, "a.b", "Bearer a.b", false}, "a password": {api.Basic, "a.b.c", "Bearer a.b.c", false},
		"nothing": {api.NoCredential, "a.b.c", "Bearer a.b.c", false}, "another spelling": {api.Bearer, "a.b.c", "bearer a.b.c", false},
		"another scheme": {api.APIKeyKind, "k", "ApiKey k", false},
	} {
		if got := plain(api.Credential{Kind: c.kind, Text: c.text}, c.value); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestNarrowerThan: another user, and one right less, each make a decision a narrower one.
func TestNarrowerThan(t *testing.T) {
	as := func(subject string, roles, scopes []string) Decision {
		return Decision{Identity: api.Identity{Subject: subject, Roles: roles, Scopes: scopes, Method: "m"}}
	}
	all := as("u", []string{"a", "b"}, []string{"r"})
	for name, c := range map[string]struct {
		d, other Decision
		want     bool
	}{
		"the same": {all, all, false}, "more": {all, as("u", []string{"a"}, nil), false}, "a role less": {as("u", []string{"a"}, []string{"r"}), all, true},
		"a scope less": {as("u", []string{"a", "b"}, nil), all, true}, "another user": {as("v", []string{"a", "b"}, []string{"r"}), all, true},
		"nobody": {Decision{}, all, true}, "than nobody": {all, Decision{}, false},
	} {
		if got := c.d.NarrowerThan(c.other); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestEndsWithTokens: what hits API keys as well is never forgotten.
func TestEndsWithTokens(t *testing.T) {
	for kind, want := range map[api.RevocationKind]bool{
		api.RevokeAll: false, api.RevokeClient: false, api.RevokeSubject: false,
		api.RevokeToken: true, api.RevokeSession: true, api.RevokeKey: true, api.RefreshUser: true,
	} {
		if got := endsWithTokens(api.Revocation{Kind: kind, Key: "x"}); got != want {
			t.Errorf("%s: %v", kind, got)
		}
	}
	if !endsWithTokens(api.Revocation{Kind: api.RevokeSubject, Key: "x", MinGen: 1}) {
		t.Error("a generation hits no API key")
	}
}

// TestWarnWeak: a layout is told of whose first secret is weak, and no other.
func TestWarnWeak(t *testing.T) {
	var log bytes.Buffer
	e := newBare(t)
	e.log = slog.New(slog.NewTextHandler(&log, nil))
	e.warnWeak(&compiled.Policy{Layouts: []compiled.Layout{
		{Layout: Layout{Name: "one"}}, {Layout: Layout{Name: "two", Keys: []api.Key{{}}}}, {Layout: Layout{Name: "three", Keys: []api.Key{{}, {Weak: true}}}}, {Layout: Layout{Name: "four", Keys: []api.Key{{Weak: true}}}},
	}})
	if got := log.String(); strings.Count(got, "weak secret") != 1 || !strings.Contains(got, "layout=four") {
		t.Errorf("got %s", got)
	}
}

// TestInSession: a session's user is in the directory that its layout names now, and of
// the generation with which it was begun.
func TestInSession(t *testing.T) {
	e, p := newBare(t), layoutsPolicy()
	p.Layouts[1].Directory = "shop"
	e.policy.Store(p)
	for name, c := range map[string]struct {
		session api.Session
		id      api.Identity
		good    bool
	}{
		"there":               {api.Session{Layout: "number"}, api.Identity{Directory: "shop"}, true},
		"elsewhere":           {api.Session{Layout: "number"}, api.Identity{Directory: "forum"}, false},
		"nowhere":             {api.Session{Layout: "number"}, api.Identity{}, false},
		"of any":              {api.Session{Layout: "keyed"}, api.Identity{Directory: "forum"}, true},
		"of a later time":     {api.Session{Layout: "number", Gen: 1}, api.Identity{Directory: "shop", Gen: 2}, false},
		"of an earlier one":   {api.Session{Layout: "number", Gen: 2}, api.Identity{Directory: "shop", Gen: 1}, false},
		"of the same":         {api.Session{Layout: "number", Gen: 2}, api.Identity{Directory: "shop", Gen: 2}, true},
		"of the same, native": {api.Session{Layout: policy.NativeName, Gen: 2}, api.Identity{Directory: "store", Gen: 2}, true},
	} {
		if _, err := e.inSession(c.session, c.id); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}
