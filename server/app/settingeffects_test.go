package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

const sharedSecret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF"

// trial describes how a setting of a mount is tried: the other settings that it needs,
// and values of which one must change what clients see.
type trial struct {
	base   string
	values []string
}

// trials are those of the settings that need more than their value in given.
func trials() map[string]trial {
	secret, other := ", secret: "+sharedSecret, ", secret: "+strings.ToUpper(sharedSecret)
	return map[string]trial{
		"secret_previous":       {base: other, values: []string{sharedSecret + ", secret_previous_until: 2099-01-31T18:00:00Z"}},
		"secret_previous_until": {base: other, values: []string{"2099-01-31T18:00:00Z, secret_previous: " + sharedSecret}},
		"secret":                {values: []string{sharedSecret}},
		"allow_weak_secret":     {base: ", secret: hunter2", values: []string{"true"}},
		"accept_issuers":        {base: secret + ", issuer: 'https://old.example'", values: []string{"['https://gate.example']"}},
		"foreign_tokens":        {base: secret, values: []string{"true"}},
		"on_bad_token":          {values: []string{"deny", "anonymous"}},
		"rate_limit":            {values: []string{"1"}},
		"aliases":               {base: ", host: shop.example", values: []string{"[www.shop.example]"}},
		"cookie_secure":         {base: ", issuer: 'http://gate.example'", values: []string{"true"}},
		"mode":                  {values: []string{"basic", "jwt"}},
		"error_codes":           {base: secret, values: []string{"documented"}},
	}
}

// TestMount_settingsChangeSomething: each setting of a dialect changes what a client sees
// of the mount, except for those that are refused, see TestCheck_mountSettings.
func TestMount_settingsChangeSomething(t *testing.T) {
	for _, dialect := range names() {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			settingsChangeSomething(t, dialect)
		})
	}
}

func settingsChangeSomething(t *testing.T, dialect string) {
	elsewhere := []string{"name", "dialect", "directory", "accepts_from", "secret_file", "secret_previous_file"} // of configurations with several mounts, or files
	seen := map[string]string{}
	look := func(extra string) string {
		if _, ok := seen[extra]; !ok {
			seen[extra] = appearance(t, dialect, extra)
		}
		return seen[extra]
	}
	if again := appearance(t, dialect, ""); again != look("") {
		t.Fatalf("two mounts of one configuration look like\n%s\nand\n%s", look(""), again)
	}
	for _, name := range append(settingsOf(reflect.TypeFor[config.Mount]()), settingsOf(reflect.TypeOf(dialects.Types()[dialect]))...) {
		if slices.Contains(elsewhere, name) || name == "issuer" && (dialect == "miniorange" || dialect == "native") {
			continue // miniorange's tokens name none: it is in the certificate of RS256; native's name tokens.issuer
		}
		if name == "accept_issuers" && dialect == "miniorange" {
			continue // which is refused
		}
		try, ok := trials()[name]
		if !ok {
			try = trial{values: []string{given()[name]}}
		}
		if dialect == "native" && name == "claims" {
			try = trial{values: []string{"{email: user.email}"}} // which has no words for it
		}
		if dialect == "miniorange" && (name == "login_names_only" || name == "refresh_grace") {
			try.base += ", refresh_life: 3d"
		}
		if !slices.ContainsFunc(try.values, func(value string) bool {
			return look(fmt.Sprintf("%s, %s: %s", try.base, name, value)) != look(try.base)
		}) {
			t.Errorf("%s changes nothing of\n%s", name, look(try.base))
		}
	}
}

// appearance returns what clients see of a mount: logins, tokens and refusals.
func appearance(t *testing.T, name, extra string) string {
	t.Helper()
	text := fmt.Sprintf(`data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", public_url: "https://gate.example", shutdown_delay: 0s}
cors: {enabled: true, origins: ["https://b.example"]}
tokens: {sites: ["*"]}
methods: [{type: jwt}, {type: basic, sites: ["*"]}]
upstreams: {app: {url: "builtin:demo"}}
rules: [{name: all, path: /**}, {name: open, path: /wp-json/**, access: optional}]
mounts: [{name: shop, dialect: %s%s}]
`, name, extra)
	s, public, _ := startWith(t, load(t, text), Options{Version: "test", passwords: users.PasswordConfig{Memory: 8, Passes: 1}})
	accounts, err := s.Engine().Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	anna, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Email: "anna@example.com", Roles: []string{"subscriber"}, Password: password}, "test")
	if err != nil {
		t.Fatal(err)
	}
	c, _ := dialect.ClientOf(dialects.Types(), name)
	v := &visitor{t: t, public: public, client: c}
	token := v.logIn("anna", password)
	v.logIn("anna@example.com", password)
	v.logIn("anna", "wrong")
	v.logIn("nobody", "wrong")
	v.tell("token %s", tokenForm(token))
	v.refreshTwice()
	for _, bearer := range []string{"", token, token + "x", "garbage", pluginToken(anna.Number, 600), pluginToken(anna.Number, -600), namedToken(anna.Number, "anna")} {
		v.ask(c.Validate.Method, c.Validate.Path, map[string]string{"Authorization": "Bearer " + bearer})
		v.ask(c.BadTry.Method, c.BadTry.Path, map[string]string{"Authorization": "Bearer " + bearer})
		v.ask("GET", "/wp-json/wp/v2/users/me", map[string]string{"Authorization": "Bearer " + bearer, "User-Agent": "first"})
	}
	v.ask("GET", "/wp-json/wp/v2/users/me", map[string]string{"Authorization": "Bearer " + token, "User-Agent": "second"})
	for _, pair := range []string{"anna:wrong", "nobody:wrong"} {
		basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
		v.ask("GET", "/wp-json/wp/v2/users/me", map[string]string{"Authorization": basic})
	}
	v.ask("GET", "/wp-json/cocart/v2/cart", map[string]string{"Authorization": "Bearer garbage"})
	v.ask("OPTIONS", c.Login.Path, map[string]string{"Origin": "https://a.example", "Access-Control-Request-Method": "POST"})
	list, err := s.Engine().Admin().LiveSessions(t.Context(), anna.Subject)
	if err != nil {
		t.Fatal(err)
	}
	for _, session := range list {
		v.tell("session %s", session.IdleEnd.Sub(session.Created).Round(time.Second))
	}
	return v.seen.String()
}

// visitor is a client that records what it sees.
type visitor struct {
	t      *testing.T
	public string
	client dialect.NamedClient
	seen   strings.Builder

	refresh string // the latest refresh token in an answer, or the cookie with it
}

// refreshTwice uses a refresh token twice, as a client that lost the first response.
func (v *visitor) refreshTwice() {
	path := map[string]string{
		"cocart": "/wp-json/cocart/jwt/refresh-token", "miniorange": "/wp-json/api/v1/refresh-token",
		"usefulteam": "/wp-json/jwt-auth/v1/token/refresh", "wpjwtpro": "/wp-json/jwt-auth/v1/token/refresh",
	}[v.client.Dialect]
	if path == "" {
		return
	}
	v.logIn("anna", password)
	old := v.refresh
	for range 2 {
		v.send("POST", path, `{"refresh_token":"`+old+`"}`, map[string]string{"Content-Type": "application/json", "Cookie": old})
	}
}

var refreshToken = regexp.MustCompile(`(refresh_token=\d+\.)?cdr_\w+`)

func (v *visitor) tell(format string, args ...any) { fmt.Fprintf(&v.seen, format+"\n", args...) }

func (v *visitor) logIn(login, password string) (token string) {
	body, err := json.Marshal(map[string]string{"username": login, "password": password})
	if err != nil {
		v.t.Fatal(err)
	}
	answer := v.send(v.client.Login.Method, v.client.Login.Path, string(body), map[string]string{"Content-Type": "application/json", "User-Agent": "first"})
	return v.client.TokenIn(dialect.Answer{Object: answer})
}

func (v *visitor) ask(method, path string, headers map[string]string) {
	if path != "" {
		v.send(method, path, "", headers)
	}
}

// send records the status, code, message and members of the response.
func (v *visitor) send(method, path, body string, headers map[string]string) (answer map[string]any) {
	r, err := http.NewRequestWithContext(v.t.Context(), method, v.public+path, strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Host = "www.shop.example"
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	w, err := client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	_ = json.Unmarshal(text, &answer) // not every answer is an object
	if found := refreshToken.FindString(w.Header.Get("Set-Cookie") + string(text)); found != "" {
		v.refresh = found
	}
	for _, cookie := range w.Cookies() {
		v.tell("cookie %s %d %t %t %s", cookie.Name, cookie.SameSite, cookie.Secure, cookie.Partitioned, cookie.Path)
	}
	v.tell("%s %s %d %v %v %v %v %v %q", method, path, w.StatusCode, answer["code"], answer["error"], answer["message"], answer["error_description"], slices.Sorted(maps.Keys(answer)), w.Header.Get("Access-Control-Allow-Origin"))
	return answer
}

// tokenForm describes a token: signer, claims and lifetime.
func tokenForm(text string) string {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return "none"
	}
	signed := base64.RawURLEncoding.EncodeToString(sum(parts[0]+"."+parts[1])) == parts[2]
	head, _ := base64.RawURLEncoding.DecodeString(parts[0])
	payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
	var claims map[string]any
	_ = json.Unmarshal(payload, &claims)
	iat, _ := claims["iat"].(float64)
	exp, _ := claims["exp"].(float64)
	return fmt.Sprintf("%t %d %v %v %.0f", signed, len(head), claims["iss"], slices.Sorted(maps.Keys(claims)), exp-iat)
}

func sum(text string) []byte {
	mac := hmac.New(sha256.New, []byte(sharedSecret))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// pluginToken returns a token as a plugin creates it with the shared secret, without
// Cardea's claims, that is valid for that many seconds.
func pluginToken(number, life int64) string {
	now := time.Now().Unix() - 1000
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." +
		encode(fmt.Appendf(nil, `{"iss":"https://gate.example","iat":%d,"nbf":%d,"exp":%d,"data":{"user":{"id":"%d","pat":"pat_0123456789abcdef01234567"}}}`, now, now, now+1000+life, number))
	return text + "." + encode(sum(text))
}

// namedToken is pluginToken for a plugin whose tokens have the user's number in sub and the
// login in name.
func namedToken(number int64, login string) string {
	now := time.Now().Unix() - 1000
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"typ":"JWT","alg":"HS256"}`)) + "." +
		encode(fmt.Appendf(nil, `{"sub":%d,"name":%q,"iat":%d,"exp":%d}`, number, login, now, now+2000))
	return text + "." + encode(sum(text))
}
