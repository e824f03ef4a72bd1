package wpjwt_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/wpjwt"
)

// now is the time of these tests, a while after the recording began.
var now = time.Unix(1795283400, 0)

// site is a mount with its handler.
type site struct {
	http.Handler
	engine *core.Engine
}

func serve(t *testing.T, change func(*wpjwt.Config, *core.Hooks)) site {
	t.Helper()
	m, h := recorded(), core.NewHooks()
	if change != nil {
		change(&m, h)
	}
	d, err := m.Open(place())
	if err != nil {
		t.Fatal(err)
	}
	e := dialecttest.NewEngine(t, func() time.Time { return now }, h, d)
	return site{dialect.Mux(d.Endpoints(e), http.NotFoundHandler()), e}
}

// answer is the part of a response that tests check.
type answer struct {
	Status  int
	Header  http.Header
	Text    string
	Code    string
	Message string
	Token   string
	Email   string `json:"user_email"`
	Data    struct {
		Status int
		Reason string
		Method string
	}
}

func (s site) do(t *testing.T, method, target, auth, body string) answer {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if auth != "" {
		r.Header.Set("Authorization", auth)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	a := answer{Status: w.Code, Header: w.Header(), Text: w.Body.String()}
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
		t.Fatalf("%s %s: %v in %q", method, target, err, w.Body)
	}
	return a
}

const (
	tokenPath    = "/wp-json/jwt-auth/v1/token"
	validatePath = "/wp-json/jwt-auth/v1/token/validate"
	goodLogin    = `{"username":"admin","password":"admin-pass-123"}`
)

func (s site) login(t *testing.T) string {
	t.Helper()
	a := s.do(t, "POST", tokenPath, "", goodLogin)
	if a.Status != 200 || a.Token == "" {
		t.Fatalf("login: %d %s", a.Status, a.Text)
	}
	return a.Token
}

// forge signs claims with the site's secret, as anybody with the secret could.
func forge(t *testing.T, head, claims string) string {
	t.Helper()
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString([]byte(head)) + "." + enc.EncodeToString([]byte(claims))
	return signed + "." + enc.EncodeToString(mac(signed))
}

// mac computes what PHP's hash_hmac('sha256', ..., true) returns.
func mac(signed string) []byte {
	sum := hmac.New(sha256.New, []byte(dialecttest.Secret.Reveal()))
	sum.Write([]byte(signed))
	return sum.Sum(nil)
}

const head = `{"typ":"JWT","alg":"HS256"}`

func claims(member string) string {
	return `{"iss":"http://127.0.0.1:8081","iat":1795283300,"nbf":1795283300,` + member + `}`
}

func TestValidate_strict(t *testing.T) {
	s := serve(t, nil)
	const user = `"data":{"user":{"id":"1"}}`
	for name, c := range map[string]struct{ head, claims, want string }{
		"good":               {head, claims(`"exp":1795283500,` + user), "jwt_auth_valid_token"},
		"no typ":             {`{"alg":"HS256"}`, claims(`"exp":1795283500,` + user), "jwt_auth_valid_token"},
		"id as an integer":   {head, claims(`"exp":1795283500,"data":{"user":{"id":1}}`), "jwt_auth_valid_token"},
		"id with a sign":     {head, claims(`"exp":1795283500,"data":{"user":{"id":"+1"}}`), "jwt_auth_bad_request"},
		"id with a zero":     {head, claims(`"exp":1795283500,"data":{"user":{"id":"01"}}`), "jwt_auth_bad_request"},
		"id in a list":       {head, claims(`"exp":1795283500,"data":{"user":{"id":["1"]}}`), "jwt_auth_bad_request"},
		"id negative":        {head, claims(`"exp":1795283500,"data":{"user":{"id":-1}}`), "jwt_auth_bad_request"},
		"id beyond 64 bits":  {head, claims(`"exp":1795283500,"data":{"user":{"id":"18446744073709551617"}}`), "jwt_auth_bad_request"},
		"user a list":        {head, claims(`"exp":1795283500,"data":{"user":[{"id":"1"}]}`), "jwt_auth_bad_request"},
		"expires now":        {head, claims(`"exp":1795283400,` + user), "jwt_auth_invalid_token"},
		"lives a year":       {head, claims(`"exp":1826819300,` + user), "jwt_auth_invalid_token"},
		"critical extension": {`{"typ":"JWT","alg":"HS256","crit":["x"],"x":1}`, claims(`"exp":1795283500,` + user), "jwt_auth_invalid_token"},
		"key by address":     {`{"typ":"JWT","alg":"HS256","jku":"http://evil.example"}`, claims(`"exp":1795283500,` + user), "jwt_auth_invalid_token"},
		"native token's typ": {`{"typ":"at+jwt","alg":"HS256"}`, claims(`"exp":1795283500,` + user), "jwt_auth_invalid_token"},
		"two ids":            {head, claims(`"exp":1795283500,"data":{"user":{"id":"1","id":"2"}}`), "jwt_auth_invalid_token"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := s.do(t, "POST", validatePath, "Bearer "+forge(t, c.head, c.claims), ""); a.Code != c.want {
				t.Errorf("got %s, want %s", a.Text, c.want)
			}
		})
	}
}

func TestValidate_headerGrammar(t *testing.T) {
	s := serve(t, nil)
	good := s.login(t)
	for _, c := range []struct{ auth, want string }{
		{"Bearer " + good, "jwt_auth_valid_token"},
		{"Bearer  " + good, "jwt_auth_valid_token"},
		{"Bearer\t" + good + "\t", "jwt_auth_valid_token"},
		{"Bearer" + good, "jwt_auth_valid_token"},
		{"Bearer " + good + " " + good, "jwt_auth_invalid_token"},
		{"Bearer x, " + good, "jwt_auth_invalid_token"},
		{"bearer " + good, "jwt_auth_bad_auth_header"},
		{" Token " + good, "jwt_auth_bad_auth_header"},
		{"Bearer \t ", "jwt_auth_bad_auth_header"},
	} {
		if a := s.do(t, "POST", validatePath, c.auth, ""); a.Code != c.want {
			t.Errorf("Authorization %.20q: got %s, want %s", c.auth, a.Code, c.want)
		}
	}
}

func TestBadBearer_otherEndpoints(t *testing.T) {
	const bad = "Bearer bad.tok.en"
	deny := serve(t, nil)
	anonymous := serve(t, func(m *wpjwt.Config, _ *core.Hooks) { m.OnBadToken = dialect.Anonymous })
	for _, c := range []struct {
		site             site
		method, path     string
		status           int
		code, body, auth string
	}{
		{deny, "POST", tokenPath, 403, "jwt_auth_invalid_token", goodLogin, bad},
		{deny, "POST", tokenPath + "?x=token/validate", 403, "jwt_auth_invalid_token", goodLogin, bad},
		{deny, "POST", tokenPath + "/?/token/validate", 403, "jwt_auth_invalid_token", goodLogin, bad},
		{deny, "GET", "/wp-json/jwt-auth/v1", 403, "jwt_auth_invalid_token", "", bad},
		{deny, "OPTIONS", tokenPath, 403, "jwt_auth_invalid_token", "", bad},
		{deny, "OPTIONS", validatePath, 200, "", "", bad},
		{deny, "GET", validatePath + "/", 404, "rest_no_route", "", bad},
		{deny, "PUT", "/wp-json/JWT-auth/v1/Token/VALIDATE", 404, "rest_no_route", "", bad},
		{deny, "POST", tokenPath, 200, "", goodLogin, "Basic YWRtaW46bm9wZQ=="},
		{anonymous, "POST", tokenPath, 200, "", goodLogin, bad},
		{anonymous, "POST", validatePath, 403, "jwt_auth_invalid_token", "", bad},
	} {
		a := c.site.do(t, c.method, c.path, c.auth, c.body)
		if a.Status != c.status || a.Code != c.code {
			t.Errorf("%s %s: got %d %q, want %d %q", c.method, c.path, a.Status, a.Code, c.status, c.code)
		}
	}
}

func TestAmbiguousRequests(t *testing.T) {
	s := serve(t, nil)
	for _, c := range []struct{ method, target, body string }{
		{"POST", tokenPath + "?_method=GET", goodLogin},
		{"POST", tokenPath + "?rest_route=/wp/v2/posts", goodLogin},
		{"POST", "/?rest_route=/jwt-auth/v1/tokens", goodLogin},
		{"GET", tokenPath + "?_method=POST&username=admin&password=admin-pass-123", ""},
	} {
		if a := s.do(t, c.method, c.target, "", c.body); a.Status != 404 || a.Code != "rest_no_route" {
			t.Errorf("%s %s: got %d %s, want rest_no_route", c.method, c.target, a.Status, a.Text)
		}
	}
}

func TestErrorCodes_documented(t *testing.T) {
	old := "Bearer " + forge(t, head, claims(`"exp":1795283301,"data":{"user":{"id":"1"}}`))
	for codes, want := range map[string]string{"": "jwt_auth_invalid_token", dialect.Documented: "jwt_auth_expired_token"} {
		s := serve(t, func(m *wpjwt.Config, _ *core.Hooks) { m.ErrorCodes = codes })
		a := s.do(t, "POST", validatePath, old, "")
		if a.Code != want || a.Message != "Expired token" || a.Data.Reason != "jwt_auth_expired_token" {
			t.Errorf("error codes %q: got %s, want code %s", codes, a.Text, want)
		}
	}
}

func TestLoginErrors_uniform(t *testing.T) {
	s := serve(t, func(m *wpjwt.Config, _ *core.Hooks) { m.LoginErrors = dialect.Uniform })
	var texts []string
	for _, login := range []string{"admin", "nobody", "nobody@example.test"} {
		a := s.do(t, "POST", tokenPath, "", `{"username":"`+login+`","password":"wrong-pass"}`)
		texts = append(texts, a.Text)
	}
	if texts[0] != texts[1] || texts[1] != texts[2] || !strings.Contains(texts[0], `"[jwt_auth] incorrect_password"`) {
		t.Errorf("uniform login errors reveal which users exist: %q", texts)
	}
}

func TestLoginErrors_escaped(t *testing.T) {
	s := serve(t, nil)
	a := s.do(t, "POST", tokenPath, "", `{"username":"<img src=x onerror=alert(1)>","password":"x"}`)
	if a.Code != "[jwt_auth] invalid_username" || strings.Contains(a.Message, "<img") || !strings.Contains(a.Message, "&lt;img") {
		t.Errorf("message %q: the login must be escaped", a.Message)
	}
}

func TestLogin_disabled(t *testing.T) {
	s := serve(t, nil)
	bearer := "Bearer " + s.login(t)
	accounts, err := s.engine.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	u, err := accounts.ByLogin(context.Background(), "admin")
	if err != nil {
		t.Fatal(err)
	}
	if err := accounts.SetDisabled(context.Background(), u.Subject, true, "test"); err != nil {
		t.Fatal(err)
	}
	if a := s.do(t, "POST", tokenPath, "", goodLogin); a.Status != 403 || a.Code != "[jwt_auth] authentication_failed" {
		t.Errorf("login of a disabled user: got %s, want status 403 and Code \"[jwt_auth] authentication_failed\"", a.Text)
	}
	if a := s.do(t, "POST", validatePath, bearer, ""); a.Status != 403 || a.Code != "jwt_auth_invalid_token" {
		t.Errorf("token of a disabled user: got %s, want status 403 and Code \"jwt_auth_invalid_token\"", a.Text)
	}
}

func TestToken_full(t *testing.T) {
	s := serve(t, nil)
	text := s.login(t)
	parsed, err := token.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(parsed.Claims()), "iss iat nbf exp data jti sid gen"; got != want {
		t.Errorf("claims %s, want %s", got, want)
	}
	signed, signature := text[:strings.LastIndex(text, ".")], text[strings.LastIndex(text, ".")+1:]
	if want := base64.RawURLEncoding.EncodeToString(mac(signed)); signature != want {
		t.Errorf("signature %s, want the HMAC that PHP makes, %s", signature, want)
	}
	if got := parsed.Expires().Sub(parsed.Issued()); got != 604800*time.Second {
		t.Errorf("lifetime %s, want 604800 s", got)
	}
}

func TestToken_exactClaims(t *testing.T) {
	s := serve(t, func(m *wpjwt.Config, _ *core.Hooks) { m.Claims = dialect.Exact })
	parsed, err := token.Parse(s.login(t))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(parsed.Claims()), "iss iat nbf exp data"; got != want {
		t.Errorf("claims %s, want %s", got, want)
	}
}

func names(c api.Claims) string {
	var list []string
	for name := range c.All {
		list = append(list, name)
	}
	return strings.Join(list, " ")
}

func TestToken_engineKeys(t *testing.T) {
	s := serve(t, func(m *wpjwt.Config, _ *core.Hooks) { m.Secret = "" })
	if a := s.do(t, "POST", validatePath, "Bearer "+s.login(t), ""); a.Code != "jwt_auth_valid_token" {
		t.Errorf("a token signed by the engine's key: got %s, want Code \"jwt_auth_valid_token\"", a.Text)
	}
	forged := "Bearer " + forge(t, head, claims(`"exp":1795283500,"data":{"user":{"id":"1"}}`))
	if a := s.do(t, "POST", validatePath, forged, ""); a.Code != "jwt_auth_invalid_token" {
		t.Errorf("a token signed with another key: got %s, want Code \"jwt_auth_invalid_token\"", a.Text)
	}
}

func TestTokenResponse_protected(t *testing.T) {
	s := serve(t, func(_ *wpjwt.Config, h *core.Hooks) {
		bind(t, h.TokenResponse.Bind("x", func(_ context.Context, r core.TokenResponse) (core.TokenResponse, error) {
			r.Fields = r.Fields.With("token", "forged").With("user_email", "changed")
			return r, nil
		}))
	})
	a := s.do(t, "POST", tokenPath, "", goodLogin)
	if a.Email != "changed" || strings.Count(a.Token, ".") != 2 {
		t.Errorf("got %s: want the hook's e-mail address and the engine's token", a.Text)
	}
}

func TestTokenResponse_refuses(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		code string
	}{
		"on purpose": {core.Deny("outside_hours", "come back <later>"), "[jwt_auth] outside_hours"},
		"by fault":   {errors.New("boom"), "[jwt_auth] hook_failed"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(_ *wpjwt.Config, h *core.Hooks) {
				bind(t, h.TokenResponse.Bind("x", func(context.Context, core.TokenResponse) (core.TokenResponse, error) {
					return core.TokenResponse{}, c.err
				}))
			})
			a := s.do(t, "POST", tokenPath, "", goodLogin)
			if a.Status != 403 || a.Code != c.code || a.Token != "" || strings.ContainsAny(a.Message, "<>") {
				t.Errorf("got %s, want %s and no token", a.Text, c.code)
			}
		})
	}
}

func TestErrorResponse_hook(t *testing.T) {
	s := serve(t, func(_ *wpjwt.Config, h *core.Hooks) {
		bind(t, h.ErrorResponse.Bind("x", func(_ context.Context, e core.ErrorResponse) (core.ErrorResponse, error) {
			e.Status, e.Code = 401, e.Dialect+":"+e.Reason
			e.Fields = e.Fields.With("hint", "log in again")
			e.Headers = api.Header{"X-Hint": {"yes"}, "Content-Length": {"1"}}
			return e, nil
		}))
	})
	a := s.do(t, "POST", validatePath, "Bearer bad.tok.en", "")
	if a.Status != 401 || a.Data.Status != 401 || a.Code != "site:token_malformed" || a.Header.Get("X-Hint") != "yes" {
		t.Errorf("got %d %v %s, want 401 site:token_malformed with X-Hint", a.Status, a.Header, a.Text)
	}
	if a.Header.Get("Content-Length") != "" || !strings.Contains(a.Text, `"hint":"log in again"`) {
		t.Errorf("got %v %s, want the hint and no Content-Length", a.Header, a.Text)
	}
}

func TestErrorResponse_keepsClass(t *testing.T) {
	s := serve(t, func(_ *wpjwt.Config, h *core.Hooks) {
		bind(t, h.ErrorResponse.Bind("x", func(_ context.Context, e core.ErrorResponse) (core.ErrorResponse, error) {
			e.Status = 200
			return e, nil
		}))
	})
	if a := s.do(t, "POST", validatePath, "Bearer bad.tok.en", ""); a.Status != 403 {
		t.Errorf("a hook changed a refusal to %d", a.Status)
	}
}

func TestLogin_challenge(t *testing.T) {
	s := serve(t, func(_ *wpjwt.Config, h *core.Hooks) {
		bind(t, h.LoginBefore.Bind("2fa", func(_ context.Context, l core.LoginAttempt) (core.LoginAttempt, error) {
			if l.Answers["code"] != "123456" {
				l.Challenge = &core.Challenge{Kind: "2fa_required", Public: "send the code", Fields: map[string]string{"method": "totp"}}
			}
			return l, nil
		}))
	})
	a := s.do(t, "POST", tokenPath, "", goodLogin)
	if a.Status != 403 || a.Code != "[jwt_auth] 2fa_required" || a.Data.Method != "totp" {
		t.Errorf("without the code: got %s", a.Text)
	}
	a = s.do(t, "POST", tokenPath, "", strings.Replace(goodLogin, "}", `,"code":"123456"}`, 1))
	if a.Status != 200 {
		t.Errorf("with the code: got %s, want status 200", a.Text)
	}
	if a := s.do(t, "POST", tokenPath+"?code=123456", "", goodLogin); a.Status != 403 {
		t.Errorf("with the code in the query: got %s, want status 403", a.Text)
	}
}

func TestAnswer_bytes(t *testing.T) {
	s := serve(t, nil)
	a := s.do(t, "POST", tokenPath, "", `{"username":"unicode1","password":"pässwörd-ключ-密码-🔑"}`)
	if !strings.Contains(a.Text, `"user_display_name":"\u00dcn\u00ef C\u00f8d\u00e9"`) {
		t.Errorf("got %s: want everything beyond ASCII escaped, as json_encode does", a.Text)
	}
	if got := a.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q on an answer with a token", got)
	}
}

func TestTooLarge(t *testing.T) {
	s := serve(t, nil)
	a := s.do(t, "POST", tokenPath, "", `{"username":"`+strings.Repeat("x", 300<<10)+`"}`)
	if a.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d %.80s, want status %d", a.Status, a.Text, http.StatusRequestEntityTooLarge)
	}
}

func TestOpen_wrong(t *testing.T) {
	for want, change := range map[string]func(*dialect.Mount, *wpjwt.Config){
		"a name and an issuer": func(m *dialect.Mount, _ *wpjwt.Config) { m.Issuer = "" },
		"on_bad_token":         func(_ *dialect.Mount, c *wpjwt.Config) { c.OnBadToken = "denied" },
		"login_errors":         func(_ *dialect.Mount, c *wpjwt.Config) { c.LoginErrors = "unifrom" },
		"claims":               func(_ *dialect.Mount, c *wpjwt.Config) { c.Claims = "exactly" },
		"error_codes":          func(_ *dialect.Mount, c *wpjwt.Config) { c.ErrorCodes = "documentd" },
		"access_life":          func(_ *dialect.Mount, c *wpjwt.Config) { c.AccessLife = -time.Second },
	} {
		m, c := place(), recorded()
		change(&m, &c)
		if _, err := c.Open(m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open: got %v, want an error about %s", err, want)
		}
	}
}

func bind(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEndpoints_anyRouter(t *testing.T) {
	d, err := recorded().Open(place())
	if err != nil {
		t.Fatal(err)
	}
	e := dialecttest.NewEngine(t, func() time.Time { return now }, nil, d)
	mux := http.NewServeMux()
	for _, endpoint := range d.Endpoints(e) {
		mux.Handle(endpoint.Path, endpoint.Handler)
	}
	r := httptest.NewRequest("POST", tokenPath, bytes.NewBufferString("username=admin&password=admin-pass-123"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"token":"`) {
		t.Errorf("got %d %s, want status 200 and text with %q", w.Code, w.Body, `"token":"`)
	}
}
