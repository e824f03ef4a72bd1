package app

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/token"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/dialect"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

// twoSites has two sites with their own secrets, one of them with two names, a third host
// without a site, and a network's site in a directory of blog's.
const twoSites = `
data: d
store: {driver: memory}
server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}
upstreams: {app: {url: "builtin:demo", kind: other}}
rules:
  - {name: admin, host: third.example, path: /admin/**, roles: [administrator]}
  - {name: shared, path: /shared/**, accepts_from: [blog]}
  - {name: all, path: /**}
RULE
methods: [{type: jwt}, {type: apikey, sites: [blog]}, {type: basic, sites: [bank.example, third.example/basic]}]
tokens: {sites: [bank, third.example/native]}
issuers: [{name: idp, issuer: "https://idp.example", jwks_file: "JWKS", audience: [gate], algorithms: [HS256], sites: [bank.example, third.example/idp]}]
mounts:
  - {name: auth, dialect: native}
  - {name: blog, dialect: DIALECT, host: blog.example, aliases: [www.blog.example], issuer: "https://blog.example", secret: "blog-0123456789-abcdefghijklmnop-ABC", OWN}
  - {name: town, dialect: DIALECT, host: blog.example, prefix: /town, issuer: "https://blog.example/town", secret: "TOWN", OWN}
  - {name: bank, dialect: DIALECT, host: bank.example, aliases: [www.bank.example], issuer: "https://bank.example", secret: "bank-0123456789-abcdefghijklmnop-ABC", OWN ACCEPTS}
`

// The ways in which bank accepts blog's tokens: not at all, by the mount, or by a rule.
const (
	acceptsNone    = ""
	acceptsAtMount = "accepts_from: [blog]"
	acceptsByRule  = "  - {name: bank, host: bank.example, path: /**, accepts_from: [blog]}"
)

// anywhere makes credentials that belong to no site count everywhere, which a configuration
// must say if mounts have different hosts.
const anywhere = `
methods: [{type: basic, sites: ["*"]}, {type: apikey, sites: ["*"]}, {type: jwt}]
tokens: {sites: ["*"]}
`

// twoSiteServer is a server with these two sites; requests name the host.
type twoSiteServer struct {
	*testServer
	dialect dialect.NamedClient
	network bool
}

// asNetwork makes a WordPress network of the application, with an upstream for the site in
// blog's directory.
func asNetwork(text string) string {
	return strings.NewReplacer(
		`{app: {url: "builtin:demo", kind: other}}`, `{app: {url: "builtin:demo", kind: wordpress}, town: {url: "builtin:demo", kind: wordpress, rest_path: /town/wp-json}}`,
		"path: /", "upstream: app, path: /",
		"rules:", "rules:\n  - {name: town, host: blog.example, path: /town/**, upstream: town}",
	).Replace(text)
}

// targets returns requests to a part of a host. A WordPress finds its REST API below its
// sites only; the name of the API elsewhere makes a request one to two places.
func (g *twoSiteServer) targets(prefix string) []string {
	switch {
	case !g.network:
		return []string{prefix + "/wp-json/wp/v2/posts"}
	case prefix == "" || prefix == "/town":
		return []string{prefix + "/wp-json/wp/v2/posts", prefix + "/?rest_route=/wp/v2/posts", prefix + "/index.php/wp-json/wp/v2/posts", prefix + "/page", prefix + "/"}
	}
	return []string{prefix + "/page"}
}

func openTwoSites(t *testing.T, name, accepts string, network bool) *twoSiteServer {
	t.Helper()
	// The sites of a network share a secret, but not if their tokens name no issuer.
	own, shared := "", "blog-0123456789-abcdefghijklmnop-ABC"
	switch name {
	case "miniorange":
		own, shared = "rate_limit: -1,", "town-0123456789-abcdefghijklmnop-ABC"
	case "wpjwtpro":
		own = "rate_limit: -1, foreign_tokens: true,"
	}
	rule := ""
	if accepts == acceptsByRule {
		rule, accepts = accepts, ""
	}
	text := strings.NewReplacer("RULE", rule, "DIALECT", name, "OWN", own, "TOWN", shared, "ACCEPTS", accepts, "JWKS", keySet(t)).Replace(twoSites)
	if network {
		text = asNetwork(text)
	}
	s, public, _ := start(t, load(t, text), nil)
	g := &twoSiteServer{testServer: &testServer{Server: s, t: t, public: strings.TrimPrefix(public, "http://")}, network: network}
	g.dialect, _ = dialect.ClientOf(dialects.Types(), name)
	var err error
	g.accounts, err = s.Engine().Admin().Accounts()
	g.must(err)
	g.user("alice", "administrator")
	return g
}

const idpSecret = "idp--0123456789-abcdefghijklmnop-ABC"

// keySet writes the JWK set of another issuer, and returns its path.
func keySet(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "idp.json")
	set := `{"keys":[{"kty":"oct","kid":"k1","alg":"HS256","k":"` + base64.RawURLEncoding.EncodeToString([]byte(idpSecret)) + `"}]}`
	must(t, os.WriteFile(path, []byte(set), 0o600))
	return path
}

// byIssuer is a token of the external issuer.
func (g *twoSiteServer) byIssuer() string {
	g.t.Helper()
	now := g.Engine().Now()
	key, err := keys.FromSecret("k1", "HS256", idpSecret)
	g.must(err)
	text, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}, {Name: "kid", Value: "k1"}}, api.NewClaims(
		api.Claim{Name: "iss", Value: "https://idp.example"}, api.Claim{Name: "aud", Value: "gate"}, api.Claim{Name: "sub", Value: "ida"},
		api.Claim{Name: "iat", Value: now.Unix()}, api.Claim{Name: "exp", Value: now.Add(time.Hour).Unix()},
	), key)
	g.must(err)
	return text
}

// session starts a session for alice in a token format, and returns its access token.
func (g *twoSiteServer) session(format string) string {
	g.t.Helper()
	id, err := g.Engine().Tokens().Identity(g.t.Context(), "alice")
	g.must(err)
	pair, err := g.Engine().Tokens().StartSession(g.t.Context(), core.BeginRequest{Identity: id, TokenFormat: format, Dialect: format})
	g.must(err)
	return pair.Access.Text.Reveal()
}

func (g *twoSiteServer) call(method, host, path, body string, lines ...string) (int, map[string]any) {
	g.t.Helper()
	r, err := http.NewRequest(method, "http://"+g.public+path, strings.NewReader(body))
	g.must(err)
	r.Host = host
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	res, err := client.Do(r)
	g.must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	g.must(err)
	var object map[string]any
	_ = json.Unmarshal(text, &object) // not every answer is an object
	return res.StatusCode, object
}

// at logs alice in at a site.
func (g *twoSiteServer) at(host, prefix string) string {
	g.t.Helper()
	status, body := g.call(g.dialect.Login.Method, host, prefix+g.dialect.Login.Path, `{"username":"alice","password":"`+password+`"}`, basic("alice", password))
	text := g.dialect.TokenIn(dialect.Answer{Object: body})
	if text == "" {
		g.t.Fatalf("login at %s%s: %d %v", host, prefix, status, body)
	}
	return text
}

// asThePlugin signs a token's claims again without those that only Cardea adds.
func asThePlugin(t *testing.T, text string, secret api.Secret) string {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(text, ".")[1])
	must(t, err)
	claims := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	must(t, d.Decode(&claims))
	var list []api.Claim
	parsed, err := token.Parse(text)
	must(t, err)
	for name, value := range parsed.Claims().All {
		if name != "jti" && name != "sid" && name != "gen" {
			list = append(list, api.Claim{Name: name, Value: value})
		}
	}
	key, err := keys.FromSecret("", "HS256", secret)
	must(t, err)
	signed, err := token.Sign([]api.Claim{{Name: "typ", Value: "JWT"}}, api.NewClaims(list...), key)
	must(t, err)
	return signed
}

// TestSites_oneAnswer tests every combination of mount, credential and site: a credential
// is accepted at its own site only, and the gateway agrees with the site's own validate
// endpoint.
func TestSites_oneAnswer(t *testing.T) {
	for _, dialect := range []string{"wpjwt", "wpjwtpro", "usefulteam", "cocart", "cocart1", "miniorange"} {
		for name, accepts := range map[string]string{"": acceptsNone, "accepted at the mount": acceptsAtMount, "accepted by a rule": acceptsByRule} {
			t.Run(dialect+" "+name, func(t *testing.T) { testSites(t, openTwoSites(t, dialect, accepts, false), accepts) })
			t.Run(dialect+" network "+name, func(t *testing.T) { testSites(t, openTwoSites(t, dialect, accepts, true), accepts) })
		}
	}
}

func testSites(t *testing.T, g *twoSiteServer, accepts string) {
	blog, town, bank := g.at("blog.example", ""), g.at("blog.example", "/town"), g.at("bank.example", "")
	apiKey, _ := g.key("alice", core.NewAPIKey{})
	id, err := g.Engine().Tokens().Identity(t.Context(), "alice")
	g.must(err)
	own, err := g.Engine().Tokens().Issue(t.Context(), core.IssueRequest{Identity: id})
	g.must(err)
	const blogs, banks = "blog-0123456789-abcdefghijklmnop-ABC", "bank-0123456789-abcdefghijklmnop-ABC"
	credentials := map[string]string{
		"blog": bearer(blog), "town": bearer(town), "bank": bearer(bank), "native": bearer(own.Text.Reveal()),
		"blog's plugin": bearer(asThePlugin(t, blog, blogs)), "bank's plugin": bearer(asThePlugin(t, bank, banks)),
		"bank's claims by blog's secret": bearer(asThePlugin(t, bank, blogs)),
		"key":                            "X-API-Key: " + apiKey, "password": basic("alice", password),
		"blog's, by www": bearer(g.at("www.blog.example", "")), "bank's, by www": bearer(g.at("www.bank.example", "")),
		"blog's session": bearer(g.session("blog")), "bank's session": bearer(g.session("bank")), "native session": bearer(g.session("")),
		"key as a bearer": bearer(apiKey), "issuer": bearer(g.byIssuer()),
	}
	counts := map[string][]string{
		"blog.example":      {"blog", "blog's plugin", "key"},
		"www.blog.example":  {"blog", "blog's plugin", "key"},
		"blog.example/town": {"town", "key"},
		"blog.example/TOWN": {"key"},
		"bank.example":      {"bank", "bank's plugin", "native", "password", "issuer"},
		"www.bank.example":  {"bank", "bank's plugin", "native"},
		"bank.example/town": {"bank", "bank's plugin", "native", "password", "issuer"},
		"third.example":     {}, "third.example/admin": {}, "third.example/town": {},
		"third.example/native": {"native"},
		"third.example/basic":  {"password"},
		"third.example/idp":    {"issuer"},
		"third.example/shared": {"blog", "blog's plugin"},
		"bank.example/shared":  {"bank", "bank's plugin", "native", "password", "issuer", "blog", "blog's plugin"},
		"blog.example/shared":  {"blog", "blog's plugin", "key"},
	}
	if accepts != acceptsNone {
		counts["bank.example"] = append(counts["bank.example"], "blog", "blog's plugin")
		counts["bank.example/town"] = append(counts["bank.example/town"], "blog", "blog's plugin")
	}
	if accepts == acceptsAtMount {
		counts["www.bank.example"] = append(counts["www.bank.example"], "blog", "blog's plugin")
	}
	for place, good := range counts {
		for like, others := range map[string][]string{
			"blog": {"blog's, by www", "blog's session"}, "bank": {"bank's, by www", "bank's session"},
			"native": {"native session"}, "key": {"key as a bearer"},
		} {
			if slices.Contains(good, like) {
				counts[place] = append(counts[place], others...)
			}
		}
	}
	if g.dialect.Dialect == "miniorange" {
		delete(credentials, "bank's claims by blog's secret") // these claims do not name bank
	}
	for place, good := range counts {
		host, prefix, _ := strings.Cut(place, "/")
		if prefix != "" {
			prefix = "/" + prefix
		}
		for name, line := range credentials {
			want := slices.Contains(good, name)
			for _, target := range g.targets(prefix) {
				if status, body := g.call("GET", host, target, "", line); (status == 200) != want {
					t.Errorf("%s at %s%s: %d %v, want it to count: %v", name, host, target, status, body, want)
				}
			}
			if !strings.HasPrefix(line, "Authorization: Bearer") || g.dialect.Validate.Path == "" || host == "third.example" || prefix != "" && place != "blog.example/town" {
				continue
			}
			want = want && name != "key as a bearer" // a key is not a token
			if accepts == acceptsByRule && host == "bank.example" && strings.HasPrefix(name, "blog") {
				want = false // no rule governs the mount's own endpoints
			}
			if status, body := g.call(g.dialect.Validate.Method, host, prefix+g.dialect.Validate.Path, "", line); (status == 200) != want {
				t.Errorf("%s validated at %s: %d %v, want it to be good: %v", name, place, status, body, want)
			}
		}
	}
	testOwnEndpoints(t, g, credentials)
}

// testOwnEndpoints: Cardea's own endpoints answer on every host, and accept a credential
// at its own site only, as the gateway does.
func testOwnEndpoints(t *testing.T, g *twoSiteServer, credentials map[string]string) {
	for _, c := range []struct {
		host, name string
		want       int
	}{
		{"blog.example", "blog", 200}, {"third.example", "blog", 401}, {"blog.example", "bank", 401},
		{"bank.example", "native", 200}, {"third.example", "native", 401}, {"third.example", "key", 401}, {"blog.example", "key", 200},
	} {
		if status, body := g.call("GET", c.host, "/auth/me", "", credentials[c.name]); status != c.want {
			t.Errorf("%s at %s/auth/me: %d %v, want %d", c.name, c.host, status, body, c.want)
		}
	}
}

// TestMounts_alike: two mounts whose tokens cannot be distinguished are refused.
func TestMounts_alike(t *testing.T) {
	const s1, s2 = "blog-0123456789-abcdefghijklmnop-ABC", "bank-0123456789-abcdefghijklmnop-ABC"
	const weak1, weak2 = "allow_weak_secret: true, secret: weak1", "allow_weak_secret: true, secret: weak2"
	pair, other := pairPEM(t), pairPEM(t)
	for _, c := range []struct {
		name, a, b string
		alike      bool
	}{
		{"one secret, one issuer", "dialect: wpjwt, issuer: 'https://a', secret: " + s1, "dialect: wpjwt, issuer: 'https://a', secret: " + s1, true},
		{"one secret, two issuers", "dialect: wpjwt, issuer: 'https://a', secret: " + s1, "dialect: wpjwt, issuer: 'https://b', secret: " + s1, false},
		{"two secrets, one issuer", "dialect: wpjwt, issuer: 'https://a', secret: " + s1, "dialect: wpjwt, issuer: 'https://a', secret: " + s2, false},
		{"one secret, one accepts the other's issuer", "dialect: wpjwt, issuer: 'https://a', secret: " + s1, "dialect: wpjwt, issuer: 'https://b', accept_issuers: ['https://a'], secret: " + s1, true},
		{"one secret, both accept a third", "dialect: wpjwt, issuer: 'https://a', accept_issuers: ['https://c', 'https://d'], secret: " + s1, "dialect: usefulteam, issuer: 'https://b', accept_issuers: ['https://d'], secret: " + s1, true},
		{"one secret, each accepts another", "dialect: wpjwt, issuer: 'https://a', accept_issuers: ['https://c'], secret: " + s1, "dialect: wpjwt, issuer: 'https://b', accept_issuers: ['https://d'], secret: " + s1, false},
		{"two secrets, both accept a third", "dialect: wpjwt, issuer: 'https://a', accept_issuers: ['https://c'], secret: " + s1, "dialect: wpjwt, issuer: 'https://b', accept_issuers: ['https://c'], secret: " + s2, false},
		{"our keys, both accept a third", "dialect: wpjwt, issuer: 'https://a', accept_issuers: ['https://c']", "dialect: cocart, issuer: 'https://b', accept_issuers: ['https://c']", true},
		{"one's former secret is the other's", "dialect: wpjwt, issuer: 'https://a', secret: " + s1, "dialect: wpjwt, issuer: 'https://a', secret_previous_until: 2099-01-31T18:00:00Z, secret: " + s2 + ", secret_previous: " + s1, true},
		{"the former secret, a third issuer", "dialect: wpjwt, issuer: 'https://a', accept_issuers: ['https://c'], secret: " + s1, "dialect: wpjwt, issuer: 'https://b', accept_issuers: ['https://c'], secret_previous_until: 2099-01-31T18:00:00Z, secret: " + s2 + ", secret_previous: " + s1, true},
		{"our keys and issuer", "dialect: wpjwt", "dialect: usefulteam", true},
		{"a mount accepts what others issue by default", "dialect: wpjwt", "dialect: wpjwt, issuer: 'https://b', accept_issuers: ['http://127.0.0.1:8080']", true},
		{"our keys, two issuers", "dialect: wpjwt", "dialect: wpjwt, issuer: 'https://b'", false},
		{"our keys, ours and a secret", "dialect: wpjwt", "dialect: wpjwt, secret: " + s2, false},
		{"no issuer, one secret", "dialect: miniorange, issuer: 'https://a', secret: " + s1, "dialect: miniorange, issuer: 'https://b', secret: " + s1, true},
		{"no issuer, our keys", "dialect: miniorange, issuer: 'https://a'", "dialect: miniorange, issuer: 'https://b'", true},
		{"no issuer, two secrets", "dialect: miniorange, secret: " + s1, "dialect: miniorange, secret: " + s2, false},
		{"no issuer and one", "dialect: miniorange, secret: " + s1, "dialect: wpjwt, secret: " + s1, false},
		{"Cardea's own", "dialect: native", "dialect: wpjwt", false},
		{"one weak secret, one issuer", "dialect: wpjwt, " + weak1, "dialect: wpjwt, " + weak1, true},
		{"two weak secrets: our keys verify both", "dialect: wpjwt, " + weak1, "dialect: wpjwt, " + weak2, true},
		{"two weak secrets, two issuers", "dialect: wpjwt, " + weak1, "dialect: wpjwt, issuer: 'https://b', " + weak2, false},
		{"a weak secret and our keys", "dialect: wpjwt, " + weak1, "dialect: usefulteam", true},
		{"a weak secret and a strong one", "dialect: wpjwt, " + weak1, "dialect: wpjwt, secret: " + s2, false},
		{"no issuer, two weak secrets", "dialect: miniorange, " + weak1, "dialect: miniorange, " + weak2, true},
		{"our secret, as ours and as one's own", "dialect: wpjwt", "dialect: wpjwt, secret: " + s1, true},
		{"the other way round", "dialect: wpjwt, secret: " + s1, "dialect: wpjwt", true},
		{"our secret beside a weak one", "dialect: wpjwt, " + weak1, "dialect: wpjwt, secret: " + s1, true},
		{"our secret, two issuers", "dialect: wpjwt, issuer: 'https://b'", "dialect: wpjwt, secret: " + s1, false},
		{"our secret and another one", "dialect: wpjwt", "dialect: wpjwt, secret: " + s2, false},
		{"one key pair, one issuer", "dialect: wpjwt, issuer: 'https://a', secret: " + pair, "dialect: wpjwt, issuer: 'https://a', secret: " + pair, true},
		{"one key pair, two issuers", "dialect: wpjwt, issuer: 'https://a', secret: " + pair, "dialect: wpjwt, issuer: 'https://b', secret: " + pair, false},
		{"two key pairs, one issuer", "dialect: wpjwt, issuer: 'https://a', secret: " + pair, "dialect: wpjwt, issuer: 'https://a', secret: " + other, false},
		{"a key pair and a secret", "dialect: wpjwt, issuer: 'https://a', secret: " + pair, "dialect: wpjwt, issuer: 'https://a', secret: " + s1, false},
		{"a key pair, replaced by another", "dialect: wpjwt, issuer: 'https://a', secret_previous_until: 2099-01-01T00:00:00Z, secret: " + other + ", secret_previous: " + pair,
			"dialect: wpjwt, issuer: 'https://a', secret: " + pair, true},
	} {
		keys := ""
		if strings.Contains(c.name, "our secret") || strings.Contains(c.name, "other way") {
			keys = "\nkeys: {secret: " + s1 + "}"
		}
		cfg := load(t, "mounts: [{name: a, prefix: /a, "+c.a+"}, {name: b, prefix: /b, "+c.b+"}]"+keys)
		err := check.Check(cfg)
		if (err != nil) != c.alike || err != nil && !strings.Contains(err.Error(), "cannot be distinguished from those of a") {
			t.Errorf("%s: %v, want a complaint: %v", c.name, err, c.alike)
		}
	}
}

// pairPEM returns a new key pair, as a text in YAML.
func pairPEM(t *testing.T) string {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Quote(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}
