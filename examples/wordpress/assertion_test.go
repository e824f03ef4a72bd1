package wordpress_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
	"github.com/cardea-auth/cardea/server/app"
)

func TestMain(m *testing.M) {
	app.Quiet()
	os.Exit(parts.Main(m))
}

// The gateway's key, made from a fixed seed, and what the site knows of it.
var (
	gatewayKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	publicKey  = b64(gatewayKey.Public().(ed25519.PublicKey))
)

const (
	gatewayKeyID = "gate-1"
	issuer       = "https://gate.example.org"
)

type object = map[string]any

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func unb64(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func queryDigest(query string) string {
	sum := sha256.Sum256([]byte(query))
	return b64(sum[:])
}

func sign(t *testing.T, header, claims any) string {
	t.Helper()
	part := func(v any) string {
		if text, ok := v.(string); ok {
			return b64([]byte(text))
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return b64(text)
	}
	text := part(header) + "." + part(claims)
	return text + "." + b64(ed25519.Sign(gatewayKey, []byte(text)))
}

func header() object {
	return object{"alg": "EdDSA", "typ": "cardea-assertion+jwt", "kid": gatewayKeyID}
}

// with returns a copy with some members changed; nil removes one.
func with(o object, changes object) object {
	o = maps.Clone(o)
	for k, v := range changes {
		o[k] = v
		if v == nil {
			delete(o, k)
		}
	}
	return o
}

func TestVerify(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Unix()
	good := object{
		"iss": issuer, "aud": "https://site.example.org", "sub": "wp:5", "wp_id": 5, "login": "alice", "jti": "a1",
		"htm": "GET", "htu": "/wp-json/wp/v2/users/me", "iat": now, "exp": now + 30,
	}
	claims := func(changes object) string { return sign(t, header(), with(good, changes)) }
	head := func(changes object) string { return sign(t, with(header(), changes), good) }
	token := claims(nil)
	parts3 := strings.Split(token, ".")
	type m = object
	for name, test := range map[string]struct {
		token   string
		request object // what differs from the good request
		want    string // "ok", or a part of the reason
	}{
		"good":                 {token, nil, "ok"},
		"no user":              {claims(m{"wp_id": nil, "login": nil}), nil, "ok"},
		"login only":           {claims(m{"wp_id": nil}), nil, "ok"},
		"late within leeway":   {claims(m{"iat": now - 34, "exp": now - 4}), nil, "ok"},
		"early within leeway":  {claims(m{"iat": now + 5, "exp": now + 35}), nil, "ok"},
		"query need not be in": {token, m{"query": "context=edit"}, "ok"},
		"query bound":          {claims(m{"htq": queryDigest("rest_route=/wp/v2/posts")}), m{"query": "rest_route=/wp/v2/posts", "names_route": true}, "ok"},

		"other query":          {claims(m{"htq": queryDigest("rest_route=/wp/v2/posts")}), m{"query": "rest_route=/wp/v2/users", "names_route": true}, "claim htq"},
		"query not bound":      {token, m{"query": "rest_route=/wp/v2/users", "names_route": true}, "claim htq"},
		"expired":              {claims(m{"iat": now - 35, "exp": now - 5}), nil, "not valid now"},
		"from the future":      {claims(m{"iat": now + 6, "exp": now + 36}), nil, "not valid now"},
		"lives too long":       {claims(m{"exp": now + 61}), nil, "not valid now"},
		"ends before it began": {claims(m{"iat": now + 2, "exp": now + 1}), nil, "not valid now"},
		"other method":         {token, m{"method": "POST"}, "claim htm"},
		"other path":           {token, m{"path": "/wp-json/wp/v2/users/1"}, "claim htu"},
		"path with a slash":    {token, m{"path": "/wp-json/wp/v2/users/me/"}, "claim htu"},
		"other issuer":         {claims(m{"iss": "https://eve.example.org"}), nil, "claim iss"},
		"other audience":       {claims(m{"aud": "https://other.example.org"}), nil, "claim aud"},
		"audiences in a list":  {claims(m{"aud": []string{"https://site.example.org"}}), nil, "claim aud"},
		"float expiry":         {claims(m{"exp": float64(now) + 30.5}), nil, "claim exp"},
		"text expiry":          {claims(m{"exp": "9999999999"}), nil, "claim exp"},
		"no expiry":            {claims(m{"exp": nil}), nil, "claim exp"},
		"no iat":               {claims(m{"iat": nil}), nil, "claim iat"},
		"no jti":               {claims(m{"jti": nil}), nil, "claim jti"},
		"login in a list":      {claims(m{"login": []string{"admin"}}), nil, "claim login"},
		"login true":           {claims(m{"login": true}), nil, "claim login"},
		"login empty":          {claims(m{"login": ""}), nil, "claim login"},
		"id as text":           {claims(m{"wp_id": "5"}), nil, "claim wp_id"},
		"application password": {claims(m{"app": "a-uuid"}), nil, "ok"},
		"a list of them":       {claims(m{"app": []string{"a-uuid"}}), nil, "claim app"},
		"id true":              {claims(m{"wp_id": true}), nil, "claim wp_id"},
		"alg none":             {head(m{"alg": "none"}), nil, "alg EdDSA"},
		"alg HS256":            {head(m{"alg": "HS256"}), nil, "alg EdDSA"},
		"an access token":      {head(m{"typ": "at+jwt"}), nil, "typ cardea"},
		"no type":              {head(m{"typ": nil}), nil, "typ cardea"},
		"crit":                 {head(m{"crit": []string{"exp"}}), nil, "header"},
		"crit and more":        {sign(t, with(header(), m{"crit": []string{"narrowed", "exp"}, "narrowed": true}), with(good, m{"roles": []string{}})), nil, "header"},
		"crit of nothing":      {sign(t, with(header(), m{"crit": []string{"narrowed"}}), with(good, m{"roles": []string{}})), nil, "header"},
		"narrowed":             {sign(t, with(header(), m{"crit": []string{"narrowed"}, "narrowed": true}), with(good, m{"roles": []string{}})), nil, "ok"},
		"narrowed to nothing":  {head(m{"crit": []string{"narrowed"}, "narrowed": true}), nil, "claim roles"},
		"roles in a text":      {claims(m{"roles": "editor"}), nil, "claim roles"},
		"a role as a list":     {claims(m{"roles": []any{[]string{"editor"}}}), nil, "claim roles"},
		"unknown key":          {head(m{"kid": "gate-2"}), nil, "CARDEA_KEYS"},
		"key in a list":        {head(m{"kid": []string{gatewayKeyID}}), nil, "claim kid"},
		"short key":            {head(m{"kid": "short"}), nil, "signature"},
		"claims in a list":     {sign(t, header(), []int{1}), nil, "JSON object"},
		"claims no JSON":       {sign(t, header(), "{"), nil, "JSON object"},
		"no signature":         {parts3[0] + "." + parts3[1] + ".", nil, "signature"},
		"two parts":            {parts3[0] + "." + parts3[1], nil, "compact"},
		"four parts":           {token + ".", nil, "compact"},
		"padded":               {token + "==", nil, "base64url"},
		"standard base64":      {parts3[0] + "." + parts3[1] + "." + strings.Repeat("+", 86), nil, "base64url"},
		"two in one header":    {token + ", " + token, nil, "compact"},
		"empty":                {"", nil, "compact"},
		"long":                 {claims(m{"x": strings.Repeat("x", 4096)}), nil, "compact"},
		"other claims":         {parts3[0] + "." + strings.Split(claims(m{"wp_id": 1}), ".")[1] + "." + parts3[2], nil, "signature"},
	} {
		t.Run(name, func(t *testing.T) {
			request := with(object{"method": "GET", "path": "/wp-json/wp/v2/users/me", "query": "", "names_route": false}, test.request)
			if got := php(t, verifyCase(t, test.token, request, now)); !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	t.Run("changed byte", func(t *testing.T) {
		request := object{"method": "GET", "path": "/wp-json/wp/v2/users/me", "query": "", "names_route": false}
		var cases strings.Builder
		for i := range token {
			changed := []byte(token)
			changed[i] ^= 1
			cases.WriteString(verifyCase(t, string(changed), request, now))
		}
		for i, line := range strings.Split(strings.TrimSpace(php(t, cases.String())), "\n") {
			if line == "ok" {
				t.Errorf("the token passes with byte %d changed", i)
			}
		}
	})
	t.Run("sodium_compat", func(t *testing.T) {
		compat := parts.FindFile(t, "/usr/share/wordpress/wp-includes/sodium_compat/autoload.php", "wordpress")
		request := object{"method": "GET", "path": "/wp-json/wp/v2/users/me", "query": "", "names_route": false}
		other := parts3[0] + "." + parts3[1] + "." + strings.Split(claims(object{"jti": "a2"}), ".")[2]
		got := php(t, verifyCase(t, token, request, now)+verifyCase(t, other, request, now), "-d", "error_reporting=0", "testdata/verify.php", compat)
		if got != "ok\nthe signature of the assertion does not verify\n" {
			t.Errorf("without the extension: got %q, want %q", got, "ok\nthe signature of the assertion does not verify\n")
		}
	})
}

func verifyCase(t *testing.T, token string, request object, now int64) string {
	t.Helper()
	line, err := json.Marshal(object{
		"token": token, "request": request, "now": now,
		"site": object{"issuer": issuer, "audience": "https://site.example.org", "keys": object{gatewayKeyID: publicKey, "short": b64([]byte("short"))}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(line) + "\n"
}

// php passes cases to cardea.php and returns its results.
func php(t *testing.T, cases string, args ...string) string {
	t.Helper()
	if args == nil {
		args = []string{"testdata/verify.php"}
	}
	cmd := exec.Command(parts.Find(t, "php", "php-cli"), args...)
	cmd.Stdin = strings.NewReader(cases)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("php: %v\n%s", err, &stderr)
	}
	return string(out)
}
