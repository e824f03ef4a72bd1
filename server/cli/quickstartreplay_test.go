package cli

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	methods "github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/server/app"
	"github.com/cardea-auth/cardea/server/check"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/all"
	"github.com/cardea-auth/cardea/server/dialect/dialecttest"
	"github.com/cardea-auth/cardea/server/dialect/miniorange"
	"github.com/cardea-auth/cardea/server/mount"
)

// wrote runs quickstart in a directory of its own and returns the configuration as a
// server reads it.
func wrote(t *testing.T, site string, secret api.Secret, flags ...string) *config.Config {
	t.Helper()
	dir, err := os.MkdirTemp("", "quick") // short, for the control socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Chdir(dir)
	if err := os.WriteFile("site.secret", []byte(secret.Reveal()), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	args := append([]string{"quickstart", "--wordpress", site, "--dsn", "ro:x@tcp(127.0.0.1:1)/d", "--offline", "--secret-file", "site.secret"}, flags...)
	if code := (Program{}).run(t.Context(), args, nil, &out, &out); code != 0 {
		t.Fatalf("quickstart %v: exit %d\n%s", flags, code, &out)
	}
	cfg, prov, err := config.Load(config.LoadOptions{Types: config.Types{Methods: methods.Types(), Dialects: all.Types()}, Path: config.FileName, Required: true})
	if err == nil {
		err = prov.Place(check.Check(cfg))
	}
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// recording describes how a plugin's recording is played against the configuration that
// quickstart wrote.
type recording struct {
	site  string
	modes []string // of --mode; rows of another than the first say so
	suite dialecttest.Suite

	// looser are rows that the plugin refused and that are allowed here. None of them is
	// without credential or has a wrong one: they are only other spellings of the same
	// credential, and correct passwords that the plugin garbles.
	looser map[string]string
	// stricter are rows that passed without a token and are refused here.
	stricter map[string]string
}

const (
	spelling = "another spelling of a route that the same token opens in its plain one"
	garbled  = "the right password, which the plugin garbles before it compares"
	overlook = "a wrong password is refused; WordPress overlooks it on public routes"
	hidden   = "a refusal inside a 200"
	weak     = "a secret of one byte signs nothing"
)

func recordings() map[string]recording {
	return map[string]recording{
		"wpjwt": {
			site: dialecttest.Issuer, modes: []string{""},
			suite:  dialecttest.Suite{Application: "wO1Re9LXma1zAF7K7Hcu2PQ0"},
			looser: map[string]string{"path_me_pct": spelling},
			stricter: map[string]string{
				"token_envelope_error": hidden, "shortsecret_token": weak,
				"posts_public_basic_bad": overlook, "app_posts_basic_bad": overlook,
			},
		},
		"usefulteam": {
			site: dialecttest.Issuer, modes: []string{""},
			suite: dialecttest.Suite{
				Application: "YuXjVbjzW8eDRzOCqTtzCBeL",
				Waits:       map[string]time.Duration{"expire2_after3s": 3 * time.Second, "rf_expired": 2 * time.Second},
			},
			looser: map[string]string{
				"path_me_pct": spelling, "path_me_pct_prefix": spelling, "path_me_rest_route": spelling,
				"path_me_rest_route_encoded": spelling, "path_me_index_rest_route": spelling,
			},
			stricter: map[string]string{"token_envelope_error": hidden, "shortsecret_token": weak},
		},
		"miniorange": {
			site: dialecttest.Issuer, modes: []string{dialect.JWT, dialect.Basic},
			suite: dialecttest.Suite{
				Config: dialect.Opener(miniorange.Config{Common: dialect.Common{Secret: "mo-research-secret-0123456789abcd"}}), Adjust: miniorangeSettings,
				Waits: map[string]time.Duration{
					"rate_badtoken_me_1": 61 * time.Second, "rate_validate_bad_1": 61 * time.Second, "rate_good_login_1": 61 * time.Second,
				},
			},
			looser: map[string]string{
				"path_me_pct": spelling, "path_me_rest_route": spelling,
				"path_me_rest_route_encoded": spelling, "path_me_index_rest_route": spelling,
			},
		},
		"cocart": {
			site: "http://127.0.0.1:8082", modes: []string{""},
			suite: dialecttest.Suite{
				Ours:  true,
				Waits: map[string]time.Duration{"exp_after": 2 * time.Second, "rf_expired": 2 * time.Second},
			},
			looser: map[string]string{
				"login_basic_john.o-neil@corp": garbled, "token_json_special1": garbled,
				"validate_claim_other_user_same_pat": "signed with the site's secret: whose a pat is, only the plugin's database knows",
				"xff_none":                           "the plugin believes X-Forwarded-For; here both requests came from one address",
			},
			stricter: map[string]string{"token_envelope_error": hidden, "setpw_refresh": "the password was changed since"},
		},
	}
}

// miniorangeSettings sets in a row's config the options that the recording had changed.
func miniorangeSettings(row *dialecttest.Row) {
	switch name, _, _ := strings.Cut(row.Name, "_"); name {
	case "fresh", "nosecret":
		row.Config = map[string]any{"no_secret": 1, "mo_norate": 1}
	case "open":
		row.Config = map[string]any{"open": "/wp-json/wp/v2/posts", "mo_norate": 1}
	case "basic":
		row.Config = map[string]any{"method": dialect.Basic}
	}
}

// TestQuickstart_replay: in every recorded row, a request that the replaced plugin
// refused is refused, and one that it left public is public.
func TestQuickstart_replay(t *testing.T) {
	root, err := filepath.Abs("../../server/dialect")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range recordings() {
		t.Run(name, func(t *testing.T) {
			r.suite.Transcript = filepath.Join(root, name, "testdata", name+".jsonl.gz")
			r.against(t, name)
			seen := map[string]bool{}
			r.suite.Each = func(row dialecttest.Row, got *httptest.ResponseRecorder) {
				seen[row.Name] = true
				if fault := r.judge(row, got); fault != "" {
					t.Errorf("%s: %s %s: recorded %d, got %d %s: %s", row.Name, row.Request.Method, row.Request.Path, row.Response.Status, got.Code, got.Body, fault)
				}
			}
			dialecttest.Replay(t, r.suite)
			for _, list := range []map[string]string{r.looser, r.stricter} {
				for row := range list {
					if !seen[row] {
						t.Errorf("the recording has no row %s", row)
					}
				}
			}
		})
	}
}

// against has the rows decided as a server with the written configuration does.
func (r *recording) against(t *testing.T, name string) {
	t.Helper()
	secret := dialecttest.Secret
	if r.suite.Config != nil {
		common, _ := dialect.CommonOf(r.suite.Config)
		secret = common.Secret
	}
	policies := map[string]core.Policy{}
	for _, mode := range r.modes {
		flags := []string{"--dialect", name}
		if mode != "" {
			flags = append(flags, "--mode", mode)
		}
		cfg := wrote(t, r.site, secret, flags...)
		cfg.Users = []config.UserDirectory{{Type: "store", Name: "store"}} // the replay's, with the recorded users
		p, err := app.Policy(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if policies[mode] = p; len(policies) == 1 {
			m := cfg.Mounts[0]
			r.suite.Mount = dialect.Mount{Name: m.Name, Issuer: mount.IssuerOf(cfg, m), Prefix: m.Traits().Base}
			r.suite.Config, r.suite.Tokens = dialecttest.With(m.Config, "AllowWeakSecret", false), p.Tokens
			r.suite.Tokens.MinTTL = time.Second // the recorded filters go below a server's minute
		}
	}
	r.suite.Policy = func(o dialect.Opener, _ dialect.Mount, _ dialect.Dialect) core.Policy {
		return policies[(config.Mount{Config: o}).Mode()]
	}
}

// judge compares a recorded status with the actual one.
func (r *recording) judge(row dialecttest.Row, got *httptest.ResponseRecorder) string {
	passed, passes := row.Response.Status < 400, got.Code < 400
	if strings.Contains(got.Body.String(), "recorded as nobody") { // a text of the replay
		passed, passes = false, true
	}
	_, looser := r.looser[row.Name]
	_, stricter := r.stricter[row.Name]
	switch {
	case looser != (!passed && passes):
		return fmt.Sprintf("passes although the plugin refused it: listed %v", looser)
	case shows(row, "bearer", "authorisation:", "cookie:"):
		return "" // the dialect's own replay tests tokens
	case stricter != (passed && !passes):
		return fmt.Sprintf("is refused although it passed: listed %v", stricter)
	}
	return ""
}

// shows reports whether the headers of a row contain one of the texts.
func shows(row dialecttest.Row, texts ...string) bool {
	headers := strings.ToLower(strings.ReplaceAll(string(row.Request.Headers), `"`, ""))
	for _, text := range texts {
		if strings.Contains(headers, text) {
			return true
		}
	}
	return false
}
