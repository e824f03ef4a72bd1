package wordpress_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/cocart"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/miniorange"
	"github.com/cardea-auth/cardea/server/dialect/usefulteam"
	"github.com/cardea-auth/cardea/server/dialect/wpjwt"
)

// recording describes a plugin's recording that contains a token.
type recording struct {
	transcript, row         string
	mount                   dialect.Mount
	config                  dialect.Opener
	login, method, validate string
	good                    int // the answer to the plugin's own token
}

func recordings() map[string]recording {
	site := dialect.Mount{Name: "site", Issuer: dialecttest.Issuer}
	shop := dialect.Mount{Name: "site", Issuer: "http://127.0.0.1:8082"}
	common, other := dialect.Common{Secret: dialecttest.Secret}, dialect.Common{Secret: "mo-research-secret-0123456789abcd"}
	const jwtAuth, five = "/wp-json/jwt-auth/v1/token", 401 // five years: longer than the default of tokens.max_ttl
	return map[string]recording{
		"wpjwt":      {"wpjwt", "token_json_editor1", site, wpjwt.Config{Common: common}, jwtAuth, "POST", jwtAuth + "/validate", 200},
		"usefulteam": {"usefulteam", "token_json_editor1", site, usefulteam.Config{Common: common}, jwtAuth, "POST", jwtAuth + "/validate", 200},
		"cocart":     {"cocart", "login_basic_editor1", shop, cocart.Config{FirstConfig: cocart.FirstConfig{Common: common}}, "/wp-json/cocart/v2/login", "POST", "/wp-json/cocart/jwt/validate-token", 200},
		"miniorange": {"miniorange", "token_json_editor1", site, miniorange.Config{Common: other}, "/wp-json/api/v1/token", "GET", "/wp-json/api/v1/token-validate", five},
	}
}

var jws = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]+`)

// TestTokens_bothWays: a token issued by a plugin is valid here at the time of its
// recording. One issued here verifies in PHP with the site's secret, and has the recorded
// header and claims in names, types and order, except for those that Cardea adds.
func TestTokens_bothWays(t *testing.T) {
	for name, r := range recordings() {
		t.Run(name, func(t *testing.T) {
			theirs, at := r.token(t)
			site := dialecttest.Serve(t, r.mount, r.config, nil)
			site.Forward(at.Add(time.Second).Sub(site.Now()))
			a := site.Do(t, r.method, r.validate, "", "Authorization", "Bearer "+theirs)
			if want := r.good; a.Status != want {
				t.Errorf("the plugin's token: got %d %s, want %d", a.Status, a.Text, want)
			}
			a = site.Do(t, "POST", r.login, `{"username":"editor1","password":"Ed1tor-Pass!"}`)
			common, _ := dialect.CommonOf(r.config)
			ours := jws.FindString(a.Text)
			if a.Status != 200 || ours == "" {
				t.Fatalf("login: got %d %s", a.Status, a.Text)
			}
			got := inPHP(t, ours, common.Secret)
			if want := inPHP(t, theirs, common.Secret); got != want || !strings.HasPrefix(got, `{"`) {
				t.Errorf("ours is %s\nrecorded %s", got, want)
			}
			if other := inPHP(t, ours, common.Secret+"x"); other != "the signature is another\n" {
				t.Errorf("with another secret: got %s, want %s", other, "the signature is another\n")
			}
		})
	}
}

// token returns the recorded token, and when it was issued.
func (r recording) token(t *testing.T) (text string, at time.Time) {
	t.Helper()
	rows, err := dialecttest.Load("../../server/dialect/" + r.transcript + "/testdata/" + r.transcript + ".jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Name == r.row {
			text = jws.FindString(string(row.Response.Body))
		}
	}
	var claims struct{ Iat int64 }
	if text == "" {
		t.Fatalf("no token in row %s", r.row)
	}
	if err := json.Unmarshal(unb64(t, strings.Split(text, ".")[1]), &claims); err != nil {
		t.Fatal(err)
	}
	return text, time.Unix(claims.Iat, 0)
}

// inPHP returns what a PHP process without any plugin reads from a token.
func inPHP(t *testing.T, token string, secret api.Secret) string {
	t.Helper()
	line, err := json.Marshal(object{"token": token, "secret": secret.Reveal()})
	if err != nil {
		t.Fatal(err)
	}
	return php(t, string(line)+"\n", "testdata/tokens.php")
}
