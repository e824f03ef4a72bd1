package config_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cardea-auth/cardea/methods/all"
	"github.com/cardea-auth/cardea/methods/jwt"
	"github.com/cardea-auth/cardea/server/config"
	dialects "github.com/cardea-auth/cardea/server/dialect/all"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file in testdata.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// types are Cardea's own types.
func types() config.Types { return config.Types{Methods: all.Types(), Dialects: dialects.Types()} }

// write writes a file into a new directory, changes to it and returns the file's name.
func write(t *testing.T, text string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	put(t, config.FileName, text, 0o600)
	return config.FileName
}

func put(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, path string, env ...string) (*config.Config, *config.Provenance) {
	t.Helper()
	cfg, prov, err := config.Load(config.LoadOptions{Types: types(), Path: path, Env: env, Required: path != ""})
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return cfg, prov
}

// TestLoad_bad loads each invalid file in testdata/bad and compares the whole message. A
// line "# env: NAME=value" sets a variable.
func TestLoad_bad(t *testing.T) {
	t.Chdir("testdata/bad")
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("found %d broken files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(file, ".yaml"), func(t *testing.T) {
			cfg, _, err := config.Load(config.LoadOptions{Types: types(), Path: file, Env: envOf(t, file)})
			if err == nil || cfg != nil {
				t.Fatalf("Load accepted it: %v, %v", cfg, err)
			}
			golden(t, strings.TrimSuffix(file, ".yaml")+".txt", err.Error()+"\n")
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the message shows a secret")
			}
		})
	}
}

func envOf(t *testing.T, file string) (env []string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), "# env: "); ok {
			env = append(env, v)
		}
	}
	return env
}

func TestLoad_precedence(t *testing.T) {
	path := write(t, "tokens: {access_ttl: 10m, issuer: https://file.example}\nmethods: [{type: jwt}]\n")
	cfg, prov := load(t, path, "CARDEA_TOKENS__ACCESS_TTL=5m", "HOME=/root")
	if got, want := cfg.Tokens.AccessTTL.Std(), 5*time.Minute; got != want {
		t.Errorf("access_ttl = %v, want the environment's %v", got, want)
	}
	if got, want := cfg.Tokens.Issuer, "https://file.example"; got != want {
		t.Errorf("issuer = %q, want the file's %q", got, want)
	}
	if got, want := cfg.Tokens.RefreshTTL, config.Default(types()).Tokens.RefreshTTL; got != want {
		t.Errorf("refresh_ttl = %v, want the default %v", got, want)
	}
	if diff := cmp.Diff([]config.Method{{Type: "jwt", Name: "jwt", Config: jwt.Config{}}}, cfg.Methods); diff != "" {
		t.Errorf("a list of the file must replace the default (-want +got):\n%s", diff)
	}
	for key, want := range map[string]string{
		"tokens.access_ttl":  "env CARDEA_TOKENS__ACCESS_TTL",
		"tokens.issuer":      "cardea.yaml:1",
		"methods[0].type":    "cardea.yaml:2",
		"tokens.refresh_ttl": "default",
	} {
		if got := prov.Of(key).String(); got != want {
			t.Errorf("origin of %s = %q, want %q", key, got, want)
		}
	}
}

func TestLoad_explicitZero(t *testing.T) {
	path := write(t, "server: {shutdown_delay: 0}\nrevocation: {on: {email: false}}\nsandbox: {watch: 0}\n")
	cfg, _ := load(t, path)
	if cfg.Server.ShutdownDelay != 0 || cfg.Revocation.On.Email || cfg.Sandbox.Watch != 0 {
		t.Errorf("a default has replaced a value that was written: %+v", cfg)
	}
	if !cfg.Revocation.On.Password || cfg.Sandbox.Breaker.Failures != 5 {
		t.Errorf("a neighbour lost its default: %+v", cfg)
	}
}

func TestLoad_environment(t *testing.T) {
	path := write(t, "upstreams: {my-app: {url: http://old}}\n")
	cfg, _ := load(t, path,
		"CARDEA_SERVER__TRUSTED_PROXIES=10.0.0.0/8, 192.0.2.1",
		"CARDEA_UPSTREAMS__MY_APP__URL=http://new:8000",
		"CARDEA_UPSTREAMS__OTHER__URL=http://other",
		"CARDEA_LIMITS__HASH_CONCURRENCY=2",
		"CARDEA_REVOCATION__ON__ROLE=false",
		"CARDEA_STORE__DSN=file:x.db",
	)
	want := config.Default(types())
	want.Server.TrustedProxies = []string{"10.0.0.0/8", "192.0.2.1"}
	want.Upstreams = map[string]config.Upstream{
		"my-app": config.Upstream{URL: "http://new:8000"}.WithDefaults(), "other": config.Upstream{URL: "http://other"}.WithDefaults(),
	}
	want.Limits.HashConcurrency = 2
	want.Revocation.On.Role = false
	want.Store.DSN = "file:x.db"
	if diff := cmp.Diff(want, *cfg); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Kubernetes sets variables with our prefix in every container if a Service is called
// cardea.
func TestLoad_kubernetesServiceVariables(t *testing.T) {
	t.Chdir(t.TempDir())
	load(t, "",
		"CARDEA_SERVICE_HOST=10.0.0.7", "CARDEA_SERVICE_PORT=80", "CARDEA_SERVICE_PORT_HTTP=80",
		"CARDEA_PORT=tcp://10.0.0.7:80", "CARDEA_PORT_80_TCP=tcp://10.0.0.7:80",
		"CARDEA_PORT_80_TCP_PROTO=tcp", "CARDEA_PORT_80_TCP_ADDR=10.0.0.7",
		"CARDEA_ADMIN_SERVICE_HOST=10.0.0.8", "CARDEA_REQUIRE_ALL=1",
	)
	_, _, err := config.Load(config.LoadOptions{Types: types(), Env: []string{"CARDEA_PORT=8080"}})
	if err == nil {
		t.Error("CARDEA_PORT=8080 is neither a setting nor a service, but was accepted")
	}
}

func TestLoad_whichFile(t *testing.T) {
	t.Chdir(t.TempDir())
	issuer := func(env ...string) string {
		cfg, _ := load(t, "", env...)
		return cfg.Tokens.Issuer
	}
	if got := issuer(); got != "" {
		t.Errorf("without a file issuer = %q", got)
	}
	put(t, "cardea-data/cardea.yaml", "tokens: {issuer: profile}", 0o600)
	put(t, "elsewhere/cardea.yaml", "tokens: {issuer: moved}", 0o600)
	if got := issuer(); got != "profile" {
		t.Errorf("issuer = %q, want the profile's", got)
	}
	if got := issuer("CARDEA_DATA=elsewhere"); got != "moved" {
		t.Errorf("issuer = %q, want that of the profile in CARDEA_DATA", got)
	}
	put(t, "cardea.yaml", "tokens: {issuer: here}", 0o600)
	if got := issuer(); got != "here" {
		t.Errorf("issuer = %q, want that of ./cardea.yaml", got)
	}
}

func TestLoad_missingFile(t *testing.T) {
	t.Chdir(t.TempDir())
	_, _, err := config.Load(config.LoadOptions{Types: types(), Required: true})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "cardea dev") {
		t.Errorf("err = %v, want one that is fs.ErrNotExist and says what to do", err)
	}
	if _, _, err := config.Load(config.LoadOptions{Types: types(), Path: "first-start.yaml"}); err != nil {
		t.Errorf("a file that is not required is missing: %v", err)
	}
	if _, _, err := config.Load(config.LoadOptions{Types: types(), Path: "."}); err == nil {
		t.Error("a directory was read as configuration")
	}
}

func TestLoad_empty(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing\n", "---\n", "server:\nrules:\nupstreams:\n", "{}"} {
		cfg, _ := load(t, write(t, text))
		want := config.Default(types())
		want.Data = cfg.Data
		if diff := cmp.Diff(want, *cfg); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestLoad_paths(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "etc/cardea.yaml", "data: state\nkeys: {file: /abs/key.pem}\nplugins:\n- {name: a, file: hooks/a.wasm}\n- {name: b, file: builtin:short-expiry}\n", 0o600)
	cfg, _ := load(t, "etc/cardea.yaml", "CARDEA_SERVER__TLS__CERT_FILE=crt.pem", "CARDEA_SERVER__TLS__KEY_FILE=key.pem")
	got := []string{cfg.Data, cfg.Keys.File, cfg.Plugins[0].File, cfg.Plugins[1].File, cfg.Server.TLS.CertFile}
	want := []string{"etc/state", "/abs/key.pem", "etc/hooks/a.wasm", "builtin:short-expiry", "crt.pem"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoad_secretFiles(t *testing.T) {
	path := write(t, "store: {dsn_file: secrets/dsn}\nmounts: [{name: m, dialect: wpjwt, secret_file: secrets/site}]\n")
	put(t, "secrets/dsn", "file:a.db\r\n", 0o600)
	put(t, "secrets/site", "two\nlines\n\n", 0o644)
	put(t, "secrets/key", strings.Repeat("k", 32), 0o400)
	cfg, prov := load(t, path, "CARDEA_KEYS__SECRET_FILE=secrets/key")
	if got := cfg.Store.DSN.Reveal(); got != "file:a.db" {
		t.Errorf("store.dsn = %q, want one line end removed", got)
	}
	if got := cfg.Mounts[0].Common().Secret.Reveal(); got != "two\nlines\n" {
		t.Errorf("mounts[0].secret = %q, want exactly one line end removed", got)
	}
	if got, want := prov.Of("store.dsn").String(), "cardea.yaml:1"; got != want {
		t.Errorf("origin of store.dsn = %q, want that of dsn_file, %q", got, want)
	}
	if got := cfg.Keys.Secret.Reveal(); got != strings.Repeat("k", 32) {
		t.Errorf("keys.secret = %q", got)
	}
	if runtime.GOOS == "windows" {
		return
	}
	want := []string{"cardea.yaml:2:49: mounts[0].secret_file: every user of this machine can read secrets/site: chmod 600 it"}
	if diff := cmp.Diff(want, prov.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestLoad_secretFileTooLarge(t *testing.T) {
	path := write(t, "keys: {secret_file: big}\n")
	put(t, "big", strings.Repeat("k", 64<<10+1), 0o600)
	_, _, err := config.Load(config.LoadOptions{Types: types(), Path: path})
	if err == nil || !strings.Contains(err.Error(), "cardea.yaml:1:21: keys.secret_file: big is larger than 65536 bytes") {
		t.Errorf("err = %v", err)
	}
}

func TestLoad_hugeFile(t *testing.T) {
	path := write(t, strings.Repeat("# filler\n", 1<<20/9+1))
	_, _, err := config.Load(config.LoadOptions{Types: types(), Path: path})
	if err == nil || !strings.Contains(err.Error(), "larger than 1048576 bytes") {
		t.Errorf("err = %v", err)
	}
}

// The most expensive files within the size limit must not take minutes.
func TestLoad_costlyFiles(t *testing.T) {
	for name, text := range map[string]string{
		"deep lists":      strings.Repeat("[", 1<<19),
		"deep maps":       strings.Repeat("{a: ", 1<<17),
		"many entries":    "rules:\n" + strings.Repeat("- {}\n", 1<<16),
		"many unknown":    "server:\n" + unknownKeys(1<<15),
		"one long scalar": "data: " + strings.Repeat("x", 1<<19) + "\nzzz: 1\n",
		"one long key":    strings.Repeat("x", 1000) + ": 1\n",
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := config.Load(config.LoadOptions{Types: types(), Path: write(t, text)})
			if err == nil {
				t.Fatal("accepted")
			}
			if got := len(err.Error()); got > 10_000 {
				t.Errorf("the message has %d bytes", got)
			}
		})
	}
}

func TestLoad_listLength(t *testing.T) {
	entry := "10.0.0.1, "
	load(t, write(t, "server: {trusted_proxies: ["+strings.Repeat(entry, 10_000)+"]}"))
	_, _, err := config.Load(config.LoadOptions{Types: types(), Path: write(t, "server: {trusted_proxies: ["+strings.Repeat(entry, 10_001)+"]}")})
	if err == nil || !strings.Contains(err.Error(), "has 10001 entries: at most 10000 are read") {
		t.Errorf("err = %v", err)
	}
}

func unknownKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("  listem" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String() + ": 1\n")
	}
	return b.String()
}
