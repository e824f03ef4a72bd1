package app

import (
	"bufio"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/users"
)

// attackData is the directory of the rows.
const attackData = "../../core/token/testdata"

// attack is one row.
type attack struct {
	ID, Category, Name, Token string
	Expect                    any `json:"expect_status"`
	Request                   struct {
		Raw, Target string
		Headers     [][2]string
	}
}

func readAttacks(t *testing.T) []attack {
	t.Helper()
	f, err := os.Open(filepath.Join(attackData, "attacks.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []attack
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var a attack
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	if len(list) < 230 {
		t.Fatalf("only %d rows", len(list))
	}
	return list
}

var statuses = regexp.MustCompile(`\b[1-5]\d\d\b`)

// statuses returns the statuses that the row's text allows. A token of a type that the
// server issues must be accepted; a byte that no header can contain may be refused before
// the credential is checked.
func (a attack) statuses() []int {
	var list []int
	for _, text := range statuses.FindAllString(fmt.Sprint(a.Expect), -1) {
		n, _ := strconv.Atoi(text)
		list = append(list, n)
	}
	if strings.Contains(fmt.Sprint(a.Expect), "if the server issues at+jwt") {
		list = []int{200}
	}
	switch a.ID {
	case "REQ-10": // "or unfolded once": net/http does, and the credential goes no further
		list = append(list, http.StatusOK)
	case "REQ-12": // "or query ignored"
		list = append(list, http.StatusOK)
	case "CLM-74": // refused for the total size of headers
		list = append(list, http.StatusRequestHeaderFieldsTooLarge)
	}
	if strings.ContainsFunc(a.Token, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		list = append(list, http.StatusBadRequest)
	}
	return list
}

func (a attack) judge(t *testing.T, got answer) {
	t.Helper()
	if !slices.Contains(a.statuses(), got.status) {
		t.Errorf("%s: got %d %s, want %v", a.Name, got.status, got.body, a.Expect)
	}
	if got.status == 401 && got.header.Get("Www-Authenticate") == "" {
		t.Errorf("%s: a 401 without a challenge", a.Name)
	}
	if strings.Contains(fmt.Sprint(a.Expect), "without admin") {
		if _, roles := got.user(); strings.Contains(roles, "admin") {
			t.Errorf("%s: passed with roles %q", a.Name, roles)
		}
	}
}

// attacked are the keys for which the rows are made, with an RSA key of our own for the
// rows that say how to build a token.
type attacked struct {
	secret []byte
	rsa    api.Key
	jwks   []byte // as published
}

// issuersConfig trusts the rows' issuer with two key sets, since secrets and public keys
// cannot be mixed. The tokens are valid for more than 70 years.
const issuersConfig = `
issuers:
  - {name: public, issuer: "https://issuer.test", jwks_file: %[1]s/public.json, audience: [api.test],
     algorithms: [RS256, ES256, EdDSA], max_lifetime: 40000d, roles_claim: roles, roles: {staff: editor}}
  - {name: secret, issuer: "https://issuer.test", jwks_file: %[1]s/secret.json, audience: [api.test], algorithms: [HS256], max_lifetime: 40000d}
`

func openAttacked(t *testing.T) (*testServer, attacked) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(attackData, "attacks-keys.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Secret string `json:"hs-1"`
		Public struct{ Keys []json.RawMessage }
	}
	if err := json.Unmarshal([]byte(strings.Replace(string(data), "jwks_public", "Public", 1)), &doc); err != nil {
		t.Fatal(err)
	}
	own, err := keys.Generate("RS256", nil)
	if err != nil {
		t.Fatal(err)
	}
	ownJWK, err := keys.ExportJWK(own, false)
	if err != nil {
		t.Fatal(err)
	}
	k := attacked{secret: []byte(doc.Secret), rsa: own}
	if k.jwks, err = json.Marshal(map[string]any{"keys": append(doc.Public.Keys, ownJWK)}); err != nil {
		t.Fatal(err)
	}
	secret := fmt.Sprintf(`{"keys":[{"kty":"oct","alg":"HS256","kid":"hs-1","k":"%s"}]}`, base64.RawURLEncoding.EncodeToString(k.secret))
	dir := t.TempDir()
	for name, text := range map[string]string{"public.json": string(k.jwks), "secret.json": secret} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return openTestServer(t, fmt.Sprintf(issuersConfig, dir)), k
}

func segment(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// forge creates a token with an HMAC of the given secret.
func forge(header, payload string, secret []byte) string {
	signed := segment(header) + "." + segment(payload)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

const goodClaims = `{"iss":"https://issuer.test","aud":"api.test","sub":"alice","jti":"j-9","iat":1700000000,"exp":4102444800`

// built creates the tokens of the rows that only say how to build them.
func (k attacked) built(t *testing.T) map[string]string {
	t.Helper()
	hs := `{"alg":"HS256","typ":"JWT","kid":"hs-1"}`
	pss := segment(fmt.Sprintf(`{"alg":"PS256","typ":"JWT","kid":"%s"}`, k.rsa.ID)) + "." + segment(goodClaims+"}")
	digest := sha256.Sum256([]byte(pss))
	signature, err := k.rsa.Private.(crypto.Signer).Sign(rand.Reader, digest[:], &rsa.PSSOptions{SaltLength: 32, Hash: crypto.SHA256})
	if err != nil {
		t.Fatal(err)
	}
	var many strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&many, `,"k%d":%d`, i, i)
	}
	padded := func(n int) string { return goodClaims + `,"pad":"` + strings.Repeat("x", n) + `"}` }
	long := forge(hs, padded((16<<10)*3/4), k.secret)
	if len(long) < 16<<10+1 {
		t.Fatalf("the token of 16 KiB has %d bytes", len(long))
	}
	return map[string]string{
		"CONF-12": forge(fmt.Sprintf(`{"alg":"HS256","typ":"JWT","kid":"%s"}`, k.rsa.ID), goodClaims+"}", k.jwks),
		"CONF-19": pss + "." + base64.RawURLEncoding.EncodeToString(signature),
		"CLM-74":  forge(hs, goodClaims+many.String()+"}", k.secret),
		"ENC-25":  forge(`{"alg":"HS256","typ":"JWT"}`, padded(48<<10), k.secret),
		"ENC-26":  long,
		"ok":      forge(hs, padded(100), k.secret),
	}
}

// TestAttacks_tokens sends every row about tokens to a server.
func TestAttacks_tokens(t *testing.T) {
	g, k := openAttacked(t)
	built := k.built(t)
	if got := g.get("/", bearer(built["ok"])); got.status != 200 {
		t.Fatalf("what is built right gets %d %s", got.status, got.body)
	}
	played := 0
	for _, a := range readAttacks(t) {
		if a.Token == "" {
			a.Token = built[a.ID]
		}
		if a.Token == "" {
			continue // sent below, or by TestAttacks_unknownKidFlood (KID-22), or by the tests of OAuth
		}
		played++
		t.Run(a.ID, func(t *testing.T) {
			got := g.get("/", bearer(a.Token))
			a.judge(t, got)
			name, roles := got.user()
			if got.status != 200 {
				return
			}
			alice := name == "issuer:public:alice" || name == "issuer:secret:alice"
			if alice == strings.Contains(fmt.Sprint(a.Expect), "different user") || roles != "" {
				t.Errorf("%s: passed as %q with roles %q, want %v", a.Name, name, roles, a.Expect)
			}
		})
	}
	if played < 155 {
		t.Errorf("only %d rows were played", played)
	}
}

// TestAttacks_requests sends the rows about HTTP, Basic and API keys.
func TestAttacks_requests(t *testing.T) {
	g := openTestServer(t, "")
	key, _ := g.key("alice", core.NewAPIKey{})
	bobs, _ := g.key("bob", core.NewAPIKey{})
	dead, deadID := g.key("alice", core.NewAPIKey{})
	g.must(g.accounts.RevokeAPIKey(t.Context(), deadID, "test"))
	expired, _ := g.key("alice", core.NewAPIKey{Life: time.Nanosecond})
	fill := strings.NewReplacer(
		"{VALID}", g.login("alice").Access, "{VALID2}", g.login("bob").Access, "{BOBKEY}", bobs,
		"{KEY} twice different", key+"\r\nX-API-Key: "+bobs, "{KEY[:-1]}", key[:len(key)-1],
		"{KEY.prefix}", key[:len("cdk_")+10], "{KEY}", key, "{REVOKED}", dead, "{EXPIRED}", expired,
		"<1MiB>", strings.Repeat("a", 1<<20),
	)
	// These have tests of their own. The rows' password "pw" is too short for a
	// user; TestAttacks_passwords says them again with one that is right.
	elsewhere := []string{"BAS-04", "BAS-11", "BAS-13", "BAS-16", "BAS-17", "BAS-18"}
	played := 0
	for _, a := range readAttacks(t) {
		if !slices.Contains([]string{"http", "basic", "api-key"}, a.Category) || slices.Contains(elsewhere, a.ID) {
			continue
		}
		played++
		t.Run(a.ID, func(t *testing.T) {
			got := g.play(a, fill)
			a.judge(t, got)
			if name, _ := got.user(); got.status == 200 && (name != "alice" || strings.Contains(string(got.body), `"Authorization"`)) {
				t.Errorf("%s: passed as %q: %s", a.Name, name, got.body)
			}
		})
	}
	if played < 36 {
		t.Errorf("only %d rows were played", played)
	}
	if got := g.get("/", "X-API-Key: "+key); got.status != 200 { // the original bytes
		t.Errorf("the good key gets %d", got.status)
	}
}

func (g *testServer) play(a attack, fill *strings.Replacer) answer {
	g.t.Helper()
	if a.Request.Raw != "" {
		return g.raw(loopback, fill.Replace(a.Request.Raw))
	}
	target := a.Request.Target
	var lines []string
	for _, h := range a.Request.Headers {
		value := h[1]
		switch a.ID {
		case "KEY-11":
			target = "/" + value
			continue
		case "KEY-12":
			value = strings.Repeat("k", 64<<10)
		}
		lines = append(lines, h[0]+": "+fill.Replace(value))
	}
	if target == "" {
		target = "/"
	}
	return g.get(fill.Replace(target), lines...)
}

func basic(login, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(login+":"+password))
}

// BAS-04, BAS-11, BAS-13, BAS-15, and BAS-01 to BAS-14 with the right password.
func TestAttacks_passwords(t *testing.T) {
	g := openTestServer(t, "")
	long := strings.Repeat("x", 72)
	carol, err := g.accounts.Create(t.Context(), users.NewUser{Login: "carol", Email: "c@example.org", Password: api.Secret(long + "y")}, "test")
	g.must(err)
	for _, c := range []struct {
		what, login, password string
		status                int
	}{
		{"the right password", "alice", password, 200},
		{"upper case is the same user", "ALICE", password, 200},
		{"NUL in the name", "alice\x00", password, 401},
		{"CRLF in the name", "alice\r\n", password, 401},
		{"blank after the name", "alice ", password, 401},
		{"blank before the name", " alice", password, 401},
		{"blank after the password", "alice", password + " ", 401},
		{"latin1", "\xe9lise", password, 401},
		{"all 73 bytes", "carol", long + "y", 200},
		{"72 bytes in common", "carol", long + "z", 401},
		{"the first 72 bytes", "carol", long, 401},
	} {
		if got := g.get("/", basic(c.login, c.password)); got.status != c.status {
			t.Errorf("%s: got %d %s, want %d", c.what, got.status, got.body, c.status)
		}
	}
	g.must(g.accounts.SetPassword(t.Context(), carol.Subject, "a:b:a:b:a:b", "test"))
	if got := g.get("/", basic("carol", "a:b:a:b:a:b")); got.status != 200 {
		t.Errorf("a colon in the password: got %d, want status 200", got.status)
	}
	good := basic("alice", password)
	for what, line := range map[string]string{
		"no padding": strings.TrimRight(good, "="), "URL alphabet": strings.Replace(good, "Y", "_", 1),
		"line break": strings.Replace(good, "YWxp", "YWxp\n", 1), "a blank more": strings.Replace(good, "YWxp", "YWxp ", 1),
	} {
		if got := g.get("/", line); got.status != 401 && got.status != 400 || line == good {
			t.Errorf("%s: %q gets %d", what, line, got.status)
		}
	}
	if got := g.get("/", good); got.status != 200 {
		t.Errorf("%q gets %d", good, got.status)
	}
	unknown, wrong := g.get("/", basic("nobody", password)), g.get("/", basic("alice", "no"))
	if unknown.status != 401 || wrong.status != 401 || string(unknown.body) != string(wrong.body) {
		t.Errorf("unknown user: %d %s, wrong password: %d %s; want them alike", unknown.status, unknown.body, wrong.status, wrong.body)
	}
}

// BAS-16, BAS-17: guessing is delayed before the hundredth attempt, also against many users
// at once; the user can still log in from another address.
func TestAttacks_guessing(t *testing.T) {
	for name, login := range map[string]func(i int) string{
		"one user":     func(int) string { return "alice" },
		"one password": func(i int) string { return fmt.Sprintf("user%d", i) },
	} {
		t.Run(name, func(t *testing.T) {
			g := openTestServer(t, "")
			tried := 0
			for i := range 200 {
				switch got := g.get("/", basic(login(i), "wrong")); got.status {
				case 401:
					tried++
				case 429:
					if wait, err := strconv.Atoi(got.header.Get("Retry-After")); err != nil || wait < 1 {
						t.Fatalf("429 with Retry-After %q", got.header.Get("Retry-After"))
					}
				default:
					t.Fatalf("try %d: got %d %s", i, got.status, got.body)
				}
			}
			if tried > 100 {
				t.Errorf("%d of 200 guesses were tried, want 100 at most", tried)
			}
			g.comesIn("127.0.0.2", "alice")
		})
	}
}

// comesIn retries as long as the gateway asks it to wait, but not longer than a user would.
func (g *testServer) comesIn(from, login string) {
	g.t.Helper()
	for begin := time.Now(); time.Since(begin) < time.Minute; {
		got := g.getFrom(from, "/", basic(login, password))
		if got.status == 200 {
			return
		}
		wait, err := strconv.Atoi(got.header.Get("Retry-After"))
		if got.status != 429 || err != nil || wait > 10 {
			g.t.Fatalf("%s from %s: got %d, to wait %q", login, from, got.status, got.header.Get("Retry-After"))
		}
		time.Sleep(time.Duration(wait) * time.Second)
	}
	g.t.Errorf("%s does not come in from %s within a minute", login, from)
}

// BAS-18: a flood of passwords ends in refusals with a Retry-After, and tokens are accepted
// meanwhile.
func TestAttacks_flood(t *testing.T) {
	g := openTestServer(t, "")
	token := g.login("alice").Access
	var flood sync.WaitGroup
	for i := range 300 {
		flood.Go(func() {
			got := g.get("/", basic(fmt.Sprintf("user%d", i), "wrong"))
			switch got.status {
			case 401:
			case 429, 503:
				if got.header.Get("Retry-After") == "" {
					t.Errorf("%d without Retry-After", got.status)
				}
			default:
				t.Errorf("the answer is %d %s, of a kind that the attacks do not know", got.status, got.body)
			}
		})
	}
	for range 20 {
		if got := g.get("/", bearer(token)); got.status != 200 {
			t.Errorf("a token gets %d during the flood", got.status)
		}
	}
	flood.Wait()
}
