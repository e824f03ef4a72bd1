package expr_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/expr"
)

func bind(t testing.TB, point hooks.Point, source string, o expr.Options) {
	t.Helper()
	if err := expr.Bind(point, "test", source, o); err != nil {
		t.Fatal(err)
	}
}

func ExampleBind() {
	points := core.NewHooks()
	if err := expr.Bind(points.AuthExpire, "short", `"admin" in user.roles ? min(lifetime, 900) : lifetime`, expr.Options{}); err != nil {
		fmt.Println(err)
		return
	}
	out, err := points.AuthExpire.Apply(context.Background(), core.Lifetime{
		Lifetime: time.Hour, Identity: api.Identity{Roles: []string{"admin"}},
	})
	fmt.Println(out.Lifetime, err)
	// Output: 15m0s <nil>
}

func TestBind_lifetime(t *testing.T) {
	for source, want := range map[string]time.Duration{
		`900`:                                 900 * time.Second,
		`min(lifetime, 60)`:                   time.Minute,
		`{lifetime: 5}`:                       5 * time.Second,
		`{exp: iat + 30}`:                     30 * time.Second,
		`nil`:                                 time.Hour,
		`user.id == 7 ? 1 : nil`:              time.Second,
		`client == "" ? 2 : 3`:                2 * time.Second,
		`now() > 0 ? 4 : 5`:                   5 * time.Second, // the clock below stands at 0
		`count(user.roles, # startsWith "e")`: time.Second,
	} {
		points := core.NewHooks()
		bind(t, points.AuthExpire, source, expr.Options{Now: func() time.Time { return time.Unix(0, 0) }})
		got, err := points.AuthExpire.Apply(context.Background(), core.Lifetime{
			Lifetime: time.Hour, IssuedAt: time.Unix(1000, 0), Identity: api.Identity{Number: 7, Roles: []string{"editor", "admin"}},
		})
		if err != nil || got.Lifetime != want {
			t.Errorf("%s: got %v, %v, want %v", source, got.Lifetime, err, want)
		}
	}
}

func TestBind_claims(t *testing.T) {
	for source, want := range map[string]string{
		`{tier: "gold", n: 2, flag: true, list: ["a"], deep: {x: 1}}`: `n=2 flag=true tier=gold list=[a] old=1`,
		`{"claim.tier": upper(user.login)}`:                           `tier=ADA old=1`,
		`{old: nil}`:                                                  ``,
		`claim.old == 1 ? {seen: claim.old + 1} : nil`:                `seen=2 old=1`,
		`claim.none == nil ? {none: "no"} : nil`:                      `none=no old=1`,
		`claim["old"] == 1 ? {q: "yes"} : nil`:                        `q=yes old=1`,
	} {
		points := core.NewHooks()
		bind(t, points.TokenClaims, source, expr.Options{})
		claims := api.Claims{}.With("old", int64(1))
		got, err := points.TokenClaims.Apply(context.Background(), core.TokenClaims{Claims: claims, Identity: api.Identity{Login: "ada"}})
		if err != nil {
			t.Errorf("%s: %v", source, err)
			continue
		}
		for _, part := range strings.Fields(want) {
			name, value, _ := strings.Cut(part, "=")
			if v, _ := got.Claims.Get(name); fmt.Sprint(v) != value {
				t.Errorf("%s: claim %s is %v, want %s", source, name, v, value)
			}
		}
		if _, there := got.Claims.Get("old"); there != strings.Contains(want, "old=1") {
			t.Errorf("%s: old is there: %v", source, there)
		}
	}
}

func TestBind_decision(t *testing.T) {
	attempt := &api.Attempt{Method: "GET", Path: "/x", Header: api.Header{"X-App": {"shop"}}}
	for source, want := range map[string]string{
		`user.email endsWith "@example.com"`:                "",
		`user.email matches "^ada@" && req.method == "GET"`: "",
		`req.header["x-app"] == "shop"`:                     "",
		`req.header["x-none"] == nil`:                       "",
		`true`:                                              "",
		`nil`:                                               "",
		`user.email endsWith "@example.org"`:                "denied",
		`"staff" in user.roles || deny("staff only")`:       "denied: staff only",
		`"a" in user.roles && any(user.roles, # == "b")`:    "",
	} {
		points := core.NewHooks()
		bind(t, points.RouteAccess, source, expr.Options{})
		_, err := points.RouteAccess.Apply(context.Background(), core.Access{
			Identity: api.Identity{Email: "ada@example.com", Roles: []string{"a", "b"}}, Attempt: attempt,
		})
		if got := outcome(err); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

func outcome(err error) string {
	var e *api.Error
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &e):
		return err.Error()
	case e.Public != "":
		return string(e.Code) + ": " + e.Public
	}
	return string(e.Code)
}

// TestBind_otherPoints: each point accepts the results that fit it.
func TestBind_otherPoints(t *testing.T) {
	ctx, points := context.Background(), core.NewHooks()
	bind(t, points.RouteExclusion, `req.path startsWith "/open"`, expr.Options{})
	if got, err := points.RouteExclusion.Apply(ctx, core.Exclusion{Attempt: &api.Attempt{Path: "/open/x"}}); err != nil || !got.Public {
		t.Errorf("route-exclusion: %+v, %v", got, err)
	}
	bind(t, points.CustomHeader, `{name: "X-Token", refuse_standard: true}`, expr.Options{})
	if got, err := points.CustomHeader.Apply(ctx, core.CredentialHeader{}); err != nil || got.Name != "X-Token" || !got.RefuseStandard {
		t.Errorf("custom-header: %+v, %v", got, err)
	}
	bind(t, points.LoginBefore, `answer.code == nil ? {challenge: "2fa_required"} : nil`, expr.Options{})
	if got, err := points.LoginBefore.Apply(ctx, core.LoginAttempt{}); err != nil || got.Challenge == nil || got.Challenge.Kind != "2fa_required" {
		t.Errorf("login-before: %+v, %v", got, err)
	}
	bind(t, points.SessionLimit, `len(live) > 1 ? [first(live)] : nil`, expr.Options{})
	if got, err := points.SessionLimit.Apply(ctx, core.SessionLimit{Live: []string{"s1", "s2"}}); err != nil || len(got.End) != 1 || got.End[0] != "s1" {
		t.Errorf("session-limit: %+v, %v", got, err)
	}
	bind(t, points.IdentityHeaders, `{"X-App": "shop"}`, expr.Options{})
	if got, err := points.IdentityHeaders.Apply(ctx, core.UpstreamHeaders{}); err != nil || got.Headers.Get("X-App") != "shop" {
		t.Errorf("identity-headers: %+v, %v", got, err)
	}
	bind(t, points.LoginAfter, `{"user.roles": filter(user.roles, # != "administrator")}`, expr.Options{})
	if got, err := points.LoginAfter.Apply(ctx, core.LoginResult{Identity: api.Identity{Roles: []string{"administrator", "editor"}}}); err != nil || len(got.Identity.Roles) != 1 {
		t.Errorf("login-after: got %+v, %v; want 1 entry", got, err)
	}
}

// TestBind_mistakes: an invalid expression does not load, and the error has the position.
func TestBind_mistakes(t *testing.T) {
	points := core.NewHooks()
	for _, test := range []struct {
		point        hooks.Point
		source, want string
	}{
		{points.AuthExpire, `lifetime +`, "(1:"},
		{points.AuthExpire, `livetime`, "(1:1)"},
		{points.AuthExpire, `user.logn == "x" ? 1 : 2`, "logn"},
		{points.AuthExpire, `lifetime + user.login`, "(1:10)"},
		{points.AuthExpire, `user.login`, "auth-expire takes its lifetime (int)"},
		{points.AuthExpire, `{iat: 5}`, "these can: lifetime exp"},
		{points.AuthExpire, `{lifetime: "x"}`, "this is a text; lifetime is int"},
		{points.AuthExpire, `user == nil ? 1 : 2`, "use one of its fields"},
		{points.AuthExpire, `let x = 1; x`, "variables are not allowed"},
		{points.AuthExpire, `1; 2`, "sequences are not allowed"},
		{points.AuthExpire, `len(1..9)`, "ranges are not allowed"},
		{points.AuthExpire, `repeat("x", 9) == "" ? 1 : 2`, "repeat"},
		{points.AuthExpire, `any(user.roles, any(user.scopes, # == "x")) ? 1 : 2`, "nested predicates are not allowed"},
		{points.AuthExpire, `user.login matches user.email ? 1 : 2`, "in quotes"},
		{points.AuthExpire, strings.Repeat("1+", 300) + "1", "maximum"},
		{points.AuthExpire, strings.Repeat(" ", 3000), "characters"},
		{points.RouteAccess, `"no"`, "true or false"},
		{points.RouteAccess, `{public: true}`, "no key can be set"},
		{points.TokenClaims, `true`, "a map of its keys"},
		{points.TokenClaims, `claim == nil ? nil : nil`, "claim.name"},
		{points.LoginFailed, `true`, "bind a plugin"},
	} {
		err := expr.Check(test.point, test.source)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q in it", test.source, err, test.want)
		}
		if err := expr.Bind(test.point, "x", test.source, expr.Options{}); err == nil {
			t.Errorf("%s: was bound", test.source)
		}
	}
}

// TestBind_breaks: an error in a call refuses or is skipped, and is reported.
func TestBind_breaks(t *testing.T) {
	for _, source := range []string{`{tier: claim.n + "x"}`, `claim.n`, `{x: 1.0 / claim.zero}`} {
		for onError, skip := range map[string]bool{expr.Deny: false, expr.Skip: true, "": true} {
			points, told := core.NewHooks(), 0
			bind(t, points.TokenClaims, source, expr.Options{OnError: onError, OnFault: func(_ context.Context, id string, err error) {
				told++
				if id != "test" || err == nil {
					t.Errorf("got %q, %v; want \"test\" and an error", id, err)
				}
			}})
			claims := api.Claims{}.With("n", int64(1)).With("zero", int64(0))
			_, err := points.TokenClaims.Apply(context.Background(), core.TokenClaims{Claims: claims})
			if (err == nil) != skip || told != 1 {
				t.Errorf("%s, skip %v: got %v, reported %d times; want 1 and an error: %v", source, skip, err, told, !skip)
			}
		}
	}
}

// FuzzCheck: any source loads or is an error.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{`900`, `user.login == "x" ? {lifetime: 1} : nil`, `any(user.roles, # == "a")`, `now() % 7`, `deny("x")`, `{exp: iat + 1}`, `"a" matches "("`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		points := core.NewHooks()
		if expr.Bind(points.AuthExpire, "fuzz", source, expr.Options{}) != nil {
			return
		}
		start := time.Now()
		_, _ = points.AuthExpire.Apply(context.Background(), core.Lifetime{
			Lifetime: time.Hour, Identity: api.Identity{Login: strings.Repeat("x", 1000), Roles: make([]string, 100)},
		})
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s took %v", source, d)
		}
	})
}

// TestBind_allowance: for all readings of one request, or all parts of a batch, an
// expression may do a bounded amount of work, whatever on_error says; beyond it the request
// is refused, which is not a failure. Separate requests, and cheap expressions, are not
// limited.
func TestBind_allowance(t *testing.T) {
	costly := strings.Repeat(`lower(req.header["x"]) == "" ? true : (`, 14) + "true" + strings.Repeat(")", 14)
	counted := func(ctx context.Context) context.Context {
		c := new(api.Counted)
		c.Begin(ctx)
		return c
	}
	for _, c := range []struct {
		name, source, onError string
		together              func(context.Context) context.Context
		reason                string // of the refusal; "": none
	}{
		{"separate requests", costly, expr.Deny, nil, ""},
		{"one request", costly, expr.Deny, counted, api.ReasonManyReadings},
		{"one request, skipped on error", costly, expr.Skip, counted, api.ReasonManyReadings},
		{"a batch", costly, expr.Deny, api.WithAllowance, route.ReasonBadBatch},
		{"a cheap one", `req.path != "/x"`, expr.Deny, counted, ""},
	} {
		points, faults := core.NewHooks(), 0
		bind(t, points.RouteAccess, c.source, expr.Options{OnError: c.onError, OnFault: func(context.Context, string, error) { faults++ }})
		ctx := context.Background()
		if c.together != nil {
			ctx = c.together(ctx)
		}
		in := core.Access{Attempt: &api.Attempt{Path: "/", Header: api.Header{"X": {strings.Repeat("A", 64<<10)}}}}
		var refused error
		begun := time.Now()
		for range 200 {
			if _, err := points.RouteAccess.Apply(ctx, in); err != nil {
				refused = err
			}
		}
		if api.ReasonOf(refused) != c.reason || faults > 0 {
			t.Errorf("%s: %v and %d faults after %s, want a refusal for %q", c.name, refused, faults, time.Since(begun), c.reason)
		}
		t.Logf("%s: 200 calls take %s", c.name, time.Since(begun))
	}
}

// TestBind_work: how much an expression may do for one request depends on its parts and on
// what it reads, and not on the clock: the same request is refused at the same reading on
// every machine. An honest expression may run hundreds of times.
func TestBind_work(t *testing.T) {
	list := func(n int) []string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf("group-%d", i))
		}
		return out
	}
	for _, c := range []struct {
		name, source string
		header       int // bytes
		roles        []string
		least, most  int // calls until one is refused; most 0: never within 1,000
	}{
		{"a role", `"admin" in user.roles && req.path startsWith "/x" || true`, 0, list(5), 1000, 0},
		{"many roles", `any(user.roles, # startsWith "adm") || true`, 0, list(200), 200, 1000},
		{"an address", `user.email matches "^[a-z.]+@example[.]com$" || true`, 0, nil, 1000, 0},
		{"a header", `req.header["x"] == "shop" || true`, 200, nil, 1000, 0},
		{"a long header", `req.header["x"] == "shop" || true`, 64 << 10, nil, 100, 1000},
		{"many parts", strings.Repeat(`lower(req.header["x"]) == "" || `, 14) + "true", 64 << 10, nil, 1, 20},
		{"a pattern", `req.header["x"] matches "(a|b|ab|ba)*c" || true`, 64 << 10, nil, 1, 20},
		{"sums", strings.Repeat(`req.header["x"] + `, 30) + `"" == "" || true`, 64 << 10, nil, 1, 3},
		{"a list, and a header for each", `any(user.roles, upper(req.header["x"]) == #) || true`, 64 << 10, list(200), 1, 10},
		{"a list, decoded", `len(user.roles) > 0 || true`, 0, list(50_000), 1, 20},
	} {
		var refusedAt [2]int
		for i := range refusedAt {
			points := core.NewHooks()
			bind(t, points.RouteAccess, c.source, expr.Options{})
			ctx := new(api.Counted)
			ctx.Begin(t.Context())
			in := core.Access{
				Identity: api.Identity{Email: "ada@example.com", Roles: c.roles},
				Attempt:  &api.Attempt{Path: "/", Header: api.Header{"X": {strings.Repeat("A", c.header)}}},
			}
			begun := time.Now()
			for n := 1; n <= 1000 && refusedAt[i] == 0; n++ {
				_, err := points.RouteAccess.Apply(ctx, in)
				switch api.ReasonOf(err) {
				case "":
				case api.ReasonManyReadings:
					refusedAt[i] = n
				default:
					t.Fatalf("%s: %v", c.name, err)
				}
			}
			t.Logf("%s: refused at %d, after %s", c.name, refusedAt[i], time.Since(begun).Round(time.Millisecond))
		}
		at := refusedAt[0]
		if at != refusedAt[1] || at == 0 && c.most > 0 || at > 0 && (at <= c.least || at > c.most) {
			t.Errorf("%s: refused at calls %v, want more than %d, at most %d", c.name, refusedAt, c.least, c.most)
		}
	}
}

// BenchmarkApply_counted is BenchmarkApply in a request whose work is counted.
func BenchmarkApply_counted(b *testing.B) {
	points := core.NewHooks()
	bind(b, points.AuthExpire, `user.email endsWith "@example.com" && lifetime > 900 ? 900 : lifetime`, expr.Options{})
	in := core.Lifetime{Lifetime: time.Hour, Identity: api.Identity{Email: "ada@example.com"}}
	b.ReportAllocs()
	for b.Loop() {
		var c api.Counted
		c.Begin(context.Background())
		if out, err := points.AuthExpire.Apply(&c, in); err != nil || out.Lifetime != 15*time.Minute {
			b.Fatal(out, err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	points := core.NewHooks()
	bind(b, points.AuthExpire, `user.email endsWith "@example.com" && lifetime > 900 ? 900 : lifetime`, expr.Options{})
	in := core.Lifetime{Lifetime: time.Hour, Identity: api.Identity{Email: "ada@example.com"}}
	b.ReportAllocs()
	for b.Loop() {
		if out, err := points.AuthExpire.Apply(context.Background(), in); err != nil || out.Lifetime != 15*time.Minute {
			b.Fatal(out, err)
		}
	}
}
