package plugins_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/hooks/expr"
	"github.com/cardea-auth/cardea/plugins"
	"github.com/cardea-auth/cardea/plugins/internal/asm"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// badValues are values that points refuse, per key and of its type. A value that starts
// with # is an integer, one with [ a list.
var badValues = []struct {
	point, key string
	values     []string
}{
	{"login-before", "challenge", []string{"", "two words", "a\r\nb", "a\x00b", strings.Repeat("x", 200)}},
	{"login-before", "challenge_text", []string{"a\r\nb", "a\x00b", strings.Repeat("x", 5000)}},
	{"login-after", "user.roles", []string{`["a,b"]`, `[""]`, `[" a"]`, `["a\nb"]`}},
	{"login-after", "user.scopes", []string{`["a b"]`, `[""]`, `["a\"b"]`, `["a\u0000b"]`}},
	{"auth-issuer", "iss", []string{"", "elsewhere", "cardea ", "cardea\n"}},
	{"auth-algorithm", "alg", []string{"", "none", "RS256", "HS256 ", "hs256"}},
	{"token-claims", "claim.sub", []string{"root"}},
	{"token-claims", "claim.ISS", []string{"elsewhere"}},
	{"token-claims", "claim.exp", []string{"#1"}},
	{"token-claims", "claim.preferred_username", []string{"root"}},
	{"token-claims", "claim.client_id", []string{"other"}},
	{"token-response", "response.token", []string{"forged"}},
	{"identity-resolved", "user.roles", []string{`["a,b"]`, `["a\r\nb"]`}},
	{"custom-header", "name", []string{"two words", "X-Auth-User", "Cookie", "Host", "X:Y", "a\r\nb", strings.Repeat("x", 300)}},
	{"custom-header", "prefix", []string{"two words", "a\nb", "a:b", " Bearer"}},
	{"identity-headers", "header.X-Tier", []string{"Anna ", " Anna", "a\r\nX: y", "a\x00b", "a\tb", strings.Repeat("x", 8<<10-1) + " "}},
	{"error-response", "status", []string{"#200", "#500", "#0", "#-1", "#99999"}},
	{"error-response", "code", []string{"", "a\nb", strings.Repeat("x", 200)}},
	{"error-response", "message", []string{"a\r\nb", "a\x00b", strings.Repeat("x", 5000)}},
	{"error-response", "header.Content-Type", []string{"text/html", "", "application/json; charset=latin1", "application/problem+json\r\nX: y"}},
	{"error-response", "header.Content-Length", []string{"1"}},
	{"error-response", "header.WWW-Authenticate", []string{"None"}},
	{"error-response", "header.Access-Control-Allow-Origin", []string{"*"}},
	{"error-response", "header.X-Help", []string{"a ", "a\r\nb"}},
	{"cors-headers", "allow", []string{"https://evil.example", "null", "* "}},
	{"cors-headers", "headers", []string{"a\r\nb", "two words", "a,,b"}},
	{"cors-headers", "methods", []string{"GET\n", "GET POST"}},
	{"rate-limit", "limit", []string{"#-1", "#9999999999"}},
	{"rate-limit", "window", []string{"#0", "#-1", "#99999999999"}},
	{"session-limit", "end", []string{`["somebody else's"]`}},
}

// accepted are values that must stay accepted.
var accepted = map[string]struct{ key, value string }{
	"identity-headers": {"header.X-Tier", "größe"},
	"error-response":   {"header.Content-Type", "application/problem+json"},
	"auth-algorithm":   {"alg", "ES256"},
	"token-claims":     {"claim.tier", "a\r\nb "}, // JSON holds it
}

// TestValues: a value that a point refuses is a failure of the hook that set it: it follows
// on_error, has class commit, and names point, hook, key and rule.
func TestValues(t *testing.T) {
	for _, row := range badValues {
		for _, value := range row.values {
			for _, how := range []string{"guest", "expression"} {
				for _, onError := range []string{plugins.Deny, plugins.Skip} {
					testValue(t, how, row.point, row.key, value, onError, true)
				}
			}
			testGoValue(t, row.point, row.key, value, true)
		}
	}
	for point, v := range accepted {
		testGoValue(t, point, v.key, v.value, false)
		testValue(t, "guest", point, v.key, v.value, plugins.Deny, false)
		testValue(t, "expression", point, v.key, v.value, plugins.Deny, false)
	}
}

func testValue(t *testing.T, how, pointName, key, value, onError string, bad bool) {
	t.Helper()
	hs, classes := core.NewHooks(), []string{}
	point, _ := hs.Point(pointName)
	name := "hook x"
	if how == "guest" {
		name = "plugin test"
		bindSetter(t, point, key, value, onError, &classes)
	} else if !bindExpression(t, point, key, value, onError, &classes) {
		return
	}
	what := how + " " + pointName + " " + key + " " + onError
	failed, public := pass(t, hs, pointName)
	if bad && (len(classes) == 0 || classes[0] != plugins.FaultCommit) || !bad && len(classes) > 0 {
		t.Errorf("%s: %.40q: classes %v, want a failure: %v", what, value, classes, bad)
	}
	if pointName != "error-response" && failed != (bad && onError == plugins.Deny) {
		t.Errorf("%s: %.40q: refused: %v", what, value, failed)
	}
	told := pointName != "error-response" && pointName != "cors-headers" // these points never refuse
	if failed && told && !strings.Contains(public, name+" failed at "+pointName+": ") {
		t.Errorf("%s: %.40q: the client gets %q", what, value, public)
	}
}

// testGoValue is testValue for a Go filter, whose failures always deny.
func testGoValue(t *testing.T, pointName, key, value string, bad bool) {
	t.Helper()
	hs := core.NewHooks()
	point, _ := hs.Point(pointName)
	hs.IdentityHeaders.Declare("X-Tier")
	var set error // the view's own error
	err := point.BindView("x", func(ctx context.Context, v hooks.View) error {
		if set = v.Set(key, goValue(value)); set == nil {
			set = hooks.Check(ctx, v)
		}
		return nil // ignoring the errors must not help
	})
	if err != nil {
		t.Fatal(err)
	}
	what := "go " + pointName + " " + key
	failed, public := pass(t, hs, pointName)
	if bad != (set != nil) {
		t.Errorf("%s: %.40q: got %v, want an error: %v", what, value, set, bad)
	}
	if _, ok := errors.AsType[*hooks.ValueError](set); bad && !ok {
		t.Errorf("%s: %.40q: %v names neither key nor rule", what, value, set)
	}
	if pointName != "error-response" && failed != bad {
		t.Errorf("%s: %.40q: refused: %v", what, value, failed)
	}
	told := pointName != "error-response" && pointName != "cors-headers"
	if failed && told && !strings.Contains(public, "hook x failed at "+pointName+": ") {
		t.Errorf("%s: %.40q: the client gets %q", what, value, public)
	}
}

// goValue returns a value of badValues as a Go handler sets it.
func goValue(value string) hooks.Value {
	n, isInt := strings.CutPrefix(value, "#")
	if i, err := strconv.ParseInt(n, 10, 64); isInt && err == nil {
		return hooks.Int(i)
	}
	if strings.HasPrefix(value, "[") {
		return hooks.JSON(value)
	}
	return hooks.String(value)
}

// bindSetter binds a guest that sets a key and ignores the result.
func bindSetter(t *testing.T, point hooks.Point, key, value, onError string, classes *[]string) {
	g := newGuest()
	call := g.set(key, value)
	if n, ok := strings.CutPrefix(value, "#"); ok {
		call = g.set(key, n)
		if strings.HasPrefix(key, "claim.") {
			call = asm.Cat(g.call("set_json", g.text(key), g.text(n)), asm.Op(asm.Drop))
		}
	}
	g.hook(point.Name(), call, asm.I32(0))
	p := load(t, plugins.Config{OnFault: func(_ context.Context, f *plugins.Fault) { *classes = append(*classes, f.Class) }},
		plugins.Spec{Module: g.Bytes(), Grants: manifest.Grants{Write: []string{"*", key}, Allow: []string{"roles.widen", "exp.extend"}}})
	if err := p.Bind(point, plugins.Binding{OnError: onError}); err != nil {
		t.Fatal(err)
	}
}

// bindExpression binds an expression that sets a key, or returns false if it does not
// compile, which is an error at start.
func bindExpression(t *testing.T, point hooks.Point, key, value, onError string, classes *[]string) bool {
	text := `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", `\r`, "\n", `\n`, "\t", `\t`, "\x00", `\x00`).Replace(value) + `"`
	switch {
	case strings.HasPrefix(value, "#"):
		text = value[1:]
	case strings.HasPrefix(value, "["):
		text = value
	}
	err := expr.Bind(point, "x", `{"`+key+`": `+text+`}`, expr.Options{OnError: onError, Allow: []string{"roles.widen"},
		OnFault: func(_ context.Context, _ string, err error) {
			class := "error"
			if _, ok := errors.AsType[*hooks.ValueError](err); ok {
				class = plugins.FaultCommit
			}
			*classes = append(*classes, class)
		}})
	_, size := strconv.Atoi(text) // integers of expressions have the machine's size
	if err != nil && len(value) < 1500 && !errors.Is(size, strconv.ErrRange) {
		t.Errorf("%s %s %.40q: got %v, want none but one about the range", point.Name(), key, value, err)
	}
	return err == nil
}

type anyone struct{}

func (anyone) Open(string, core.Deps) (core.Method, error) { return anyone{}, nil }
func (anyone) Name() string                                { return "any" }
func (anyone) Authenticate(context.Context, api.Attempt) (api.Identity, error) {
	return api.Identity{Subject: "u_x", Login: "x", Proof: api.Proof{APIKey: "k1"}}, nil
}

// pass uses the point in an engine, with a public route if it needs one, and reports
// whether that was refused.
func pass(t *testing.T, hs *core.Hooks, point string) (failed bool, public string) {
	e := valueEngine(t, hs)
	ctx, err := context.Background(), error(nil)
	id := api.Identity{Subject: "u_x", Login: "x", Number: 7, Client: "app"}
	switch point {
	case "login-before", "login-after":
		_, err = e.Tokens().Login(ctx, core.LoginRequest{Login: "x", Password: "correct horse"})
		if _, ok := errors.AsType[*core.ChallengeError](err); ok {
			err = nil // what the hook wanted
		}
	case "auth-issuer", "auth-algorithm", "token-claims":
		_, err = e.Tokens().Issue(ctx, core.IssueRequest{Identity: id})
	case "session-limit":
		_, err = e.Tokens().StartSession(ctx, core.BeginRequest{Identity: id})
	case "token-response":
		_, err = e.Tokens().TokenResponse(ctx, core.TokenResponse{Fields: api.NewClaims(api.Claim{Name: "token", Value: "real"})}, "token")
	case "rate-limit":
		_, err = e.RateLimit(ctx, core.RateLimit{Kind: "user", Key: "k", Limit: 5, Window: time.Minute})
	case "cors-headers":
		r := e.CORSHeaders(ctx, core.CORSHeaders{Origin: "https://a.example", Allow: "https://a.example"})
		return r.Allow == "", ""
	case "error-response":
		before := core.ErrorResponse{Status: 403, Code: "c", Message: "m"}
		r := e.ErrorResponse(ctx, before)
		if r.Status != 403 || len(r.Headers) > 0 && r.ContentType() != "application/problem+json" || r.Code != "c" || r.Message != "m" {
			t.Errorf("error-response left %+v", r)
		}
		return false, ""
	default:
		target := "/public/x"
		if point == "custom-header" || point == "identity-resolved" {
			target = "/x"
		}
		if d := e.Decide(ctx, &api.Attempt{Method: "GET", Host: "a.example", RawTarget: target, Header: api.Header{}}); d.Outcome == core.Refused {
			return true, d.Err.Public
		}
		return false, ""
	}
	if err != nil {
		return true, api.AsError(err).Public
	}
	return false, ""
}

// valueEngine returns an engine with a user and an active key for each of two algorithms.
func valueEngine(t *testing.T, hs *core.Hooks) *core.Engine {
	ctx := context.Background()
	ring, err := keys.Open(ctx, keys.Config{Algorithm: "HS256", Also: []string{"ES256"}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := core.New(ctx, core.Config{Keys: ring, Passwords: users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1}), Policy: core.Policy{
		Hooks: hs, Methods: []core.NamedMethod{{Name: "any", Opener: anyone{}}},
		Rules: []route.Rule{{Name: "public", Path: "/public/**", Access: route.Public}, {Name: "all", Path: "/**"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	a, err := e.Admin().Accounts()
	if err == nil {
		_, err = a.Create(ctx, users.NewUser{Subject: "u_x", Login: "x", Email: "x@example.org", Password: "correct horse"}, "test")
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}
