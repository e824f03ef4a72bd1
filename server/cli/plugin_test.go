package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// rootCmd runs a command line and returns what it printed.
func rootCmd(t *testing.T, args ...string) (out string, code int) {
	t.Helper()
	var b bytes.Buffer
	code = Program{}.run(t.Context(), args, strings.NewReader(""), &b, &b)
	return b.String(), code
}

// rootOK is rootCmd for a command that must succeed and print all of want.
func rootOK(t *testing.T, want []string, args ...string) string {
	t.Helper()
	out, code := rootCmd(t, args...)
	if code != 0 {
		t.Fatalf("cardea %s: exit %d\n%s", strings.Join(args, " "), code, out)
	}
	for _, text := range want {
		if !strings.Contains(out, text) {
			t.Errorf("cardea %s: no %q in\n%s", strings.Join(args, " "), text, out)
		}
	}
	return out
}

// rootFails is rootCmd for a command that must fail and say what to do.
func rootFails(t *testing.T, want string, args ...string) {
	t.Helper()
	out, code := rootCmd(t, args...)
	if code == 0 || !strings.Contains(out, want) {
		t.Errorf("cardea %s: exit %d, no %q in\n%s", strings.Join(args, " "), code, want, out)
	}
}

func pluginOK(t *testing.T, want []string, args ...string) string {
	t.Helper()
	return rootOK(t, want, append([]string{"plugin"}, args...)...)
}

func pluginFails(t *testing.T, want string, args ...string) {
	t.Helper()
	rootFails(t, want, append([]string{"plugin"}, args...)...)
}

// emptyFolder changes to an empty directory, with a separate cache and without access to
// module proxies. Go's own cache stays the user's: with an empty one each build would begin
// with the standard library.
func emptyFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOCACHE", goCache(t))
	t.Setenv("XDG_CACHE_HOME", filepath.Join(t.TempDir(), "cache"))
	return dir
}

// goCache is the directory in which Go keeps what it has built.
func goCache(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

const shortExpiryDir = "../../examples/plugins/short-expiry"

// copyModule copies the sample's module, manifest and vectors into a directory without
// sources, which is what an operator gets.
func copyModule(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, file := range []string{"short-expiry.wasm", "short-expiry.json", "testdata/vectors.json"} {
		text, err := os.ReadFile(filepath.Join(shortExpiryDir, file))
		if err != nil {
			t.Fatal(err)
		}
		putFile(t, filepath.Join(dir, file), string(text))
	}
	return dir
}

func putFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestPlugin_firstSteps follows a new author, from an empty directory.
func TestPlugin_firstSteps(t *testing.T) {
	emptyFolder(t)
	pluginOK(t, []string{"Next: cd hello && cardea plugin test"}, "new", "--lang", "go", "hello")
	pluginOK(t, []string{"4 vectors pass", "Next: cardea dev --plugin hello"}, "test")
	pluginOK(t, []string{"Built", "sha256"}, "build", "hello")
	pluginOK(t, []string{"a server accepts it"}, "check", "hello")
	pluginOK(t, []string{"asks to write", "claim.greeting", "on_token_claims () -> i32", "_initialize: fuel ", "configure: fuel ", "Next: cardea plugin test hello"}, "inspect", "hello")
	pluginFails(t, "not empty", "new", "--lang", "go", "hello")
}

func TestPlugin_module(t *testing.T) {
	dir := copyModule(t)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	pluginOK(t, []string{"7 vectors pass", "set lifetime = 7200"}, "test", "-v", dir)
	pluginOK(t, []string{"7 vectors pass"}, "test", filepath.Join(dir, "short-expiry.wasm"))
	pluginOK(t, []string{"PER CALL", "a week becomes two hours", "Next: "}, "bench", "--time", "1ms", dir)
	pluginOK(t, []string{`"Hooks":["auth-expire","token-claims"]`}, "inspect", "--json", dir)
	pluginOK(t, []string{"7 calls, no difference", "Next: cardea plugin sign"}, "diff", dir, dir)
	pluginFails(t, "nothing to build", "build", dir)
}

func TestPluginTest_fails(t *testing.T) {
	dir := copyModule(t)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	vectors := filepath.Join(dir, "testdata", "vectors.json")
	putFile(t, vectors, `{"vectors":[{"name":"wrong","point":"auth-expire","event":{"lifetime":9000},"want":{"status":"stop"}}]}`)
	pluginFails(t, "status is continue, want stop", "test", dir)
	pluginFails(t, "1 of 1 vectors fail", "test", dir)
	pluginOK(t, []string{"Updated 1 of 1", "Next: git diff"}, "test", "--update", dir)
	pluginOK(t, []string{"1 vectors pass"}, "test", dir)
	pluginOK(t, []string{"nothing to update"}, "test", "--update", dir)
}

// TestPlugin_messages: the message for each mistake says what to do.
func TestPlugin_messages(t *testing.T) {
	dir := emptyFolder(t)
	pluginFails(t, "cardea plugin new", "test")
	pluginFails(t, "cardea plugin new", "test", "nowhere")
	pluginFails(t, "choose one of go, c", "new", "--lang", "cobol", "x")
	pluginFails(t, "lower-case", "new", "X!")
	putFile(t, filepath.Join(dir, "a.json"), `{"hooks":[],"abi":{"major":1}}`)
	pluginFails(t, "a.json", "test")
	putFile(t, filepath.Join(dir, "b.json"), `{"hooks":[],"abi":{"major":1}}`)
	pluginFails(t, "two manifests", "test", ".")
}

// TestPlugin_missing: the message for a missing or wrong file says what is expected and
// how to create it.
func TestPlugin_missing(t *testing.T) {
	module := filepath.Join(copyModule(t), "short-expiry.wasm")
	dir := emptyFolder(t)
	for file, text := range map[string]string{
		"README.md": "# hi", "x.wasm": "abc", "y.wasm": "\x00asmabc", "r.json": "{", "z.wasm": string(readFile(t, module)),
	} {
		putFile(t, filepath.Join(dir, file), text)
	}
	for _, test := range []struct{ args, says string }{
		{"inspect README.md", "README.md is neither a WebAssembly module (.wasm) nor a plugin's directory: give one of them"},
		{"test x.wasm", "x.wasm is not a WebAssembly module"},
		{"test y.wasm", "not a module that can be used here"},
		{"bench y.wasm", "not a module that can be used here"},
		{"bench z.wasm", "write vectors there"},
		{"diff z.wasm z.wasm", "write vectors there"},
		{"replay r.json z.wasm", "r.json: line 1: the JSON ends before it is complete: a recording has one call per line"},
		{"replay r.json z.wasm", "`cardea dev --plugin . --record FILE` writes one"},
		{"replay none.json z.wasm", "`cardea dev --plugin . --record FILE` writes one"},
		{"verify --key k.pub z.wasm", "cardea plugin sign --generate --key FILE"},
		{"sign --key k.pem z.wasm", "cardea plugin sign --generate --key k.pem creates one"},
		{"list", "start one with cardea serve or cardea dev"},
		{"reload", "start one with cardea serve or cardea dev"},
	} {
		pluginFails(t, test.says, strings.Fields(test.args)...)
	}
}

// startHint is the end of the message about a start that does not finish.
const startHint = "raise limits.start_fuel"

// endlessModule is a module of the ABI whose _initialize does not end:
//
//	(module (memory (export "memory") 1)
//	  (func (export "hook_abi_v1")) (func (export "_initialize") (loop (br 0)))
//	  (func (export "on_token_claims") (result i32) (i32.const 0)))
const endlessModule = "\x00asm\x01\x00\x00\x00" +
	"\x01\x08\x02\x60\x00\x00\x60\x00\x01\x7f" + // types: () -> (), () -> i32
	"\x03\x04\x03\x00\x00\x01" + "\x05\x03\x01\x00\x01" +
	"\x07\x38\x04\x06memory\x02\x00\x0bhook_abi_v1\x00\x00\x0b_initialize\x00\x01\x0fon_token_claims\x00\x02" +
	"\x0a\x11\x03\x02\x00\x0b\x07\x00\x03\x40\x0c\x00\x0b\x0b\x04\x00\x41\x00\x0b"

// TestPlugin_endlessStart: inspect reports why the plugin cannot start and continues, the
// other commands fail; each says what to do.
func TestPlugin_endlessStart(t *testing.T) {
	dir := emptyFolder(t)
	module := filepath.Join(dir, "endless.wasm")
	putFile(t, module, endlessModule)
	pluginOK(t, []string{"_initialize: out of fuel", startHint, "isolation", "Next: fix its start"}, "inspect", module)
	pluginFails(t, startHint, "check", module)
	pluginFails(t, startHint, "test", module)
	rootFails(t, startHint, "dev", "--data", filepath.Join(dir, "data"), "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--plugin", module)
}

func TestPluginCheck_notes(t *testing.T) {
	dir := copyModule(t)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	putFile(t, filepath.Join(dir, "testdata", "vectors.json"), `{"vectors":[{"name":"x","point":"auth-expire","want":{"status":"not_applicable"}}]}`)
	pluginOK(t, []string{"no vector tests token-claims"}, "check", dir)
	for _, file := range []string{"testdata/vectors.json", "short-expiry.json"} {
		if err := os.Remove(filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	pluginOK(t, []string{"no manifest", "no vectors", `every key ("*")`}, "check", filepath.Join(dir, "short-expiry.wasm"))
	putFile(t, filepath.Join(dir, "bad.wasm"), "no module")
	pluginFails(t, "not a WebAssembly module", "check", filepath.Join(dir, "bad.wasm"))
}

// TestPluginReplay: a line of a recording is a vector.
func TestPluginReplay(t *testing.T) {
	dir := copyModule(t)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	record := filepath.Join(t.TempDir(), "calls.jsonl")
	putFile(t, record, `{"name":"call 1","point":"auth-expire","event":{"lifetime":9000},"want":{"status":"continue","journal":{"lifetime":7200}}}`+"\n")
	pluginOK(t, []string{"1 vectors pass"}, "replay", record, dir)
	pluginOK(t, []string{"1 calls, no difference"}, "diff", "--record", record, dir, dir)
	pluginFails(t, "no such file", "replay", record+"x", dir)
}

// TestPluginTest_watch: a saved file is tested again until the command is stopped.
func TestPluginTest_watch(t *testing.T) {
	dir := copyModule(t)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	out := newWatched()
	done := make(chan int)
	go func() {
		done <- Program{}.run(ctx, []string{"plugin", "test", "--watch", dir}, strings.NewReader(""), out, out)
	}()
	out.await(t, "7 vectors pass")
	putFile(t, filepath.Join(dir, "testdata", "vectors.json"), `{"vectors":[{"name":"x","point":"auth-expire","want":{"status":"not_applicable"}}]}`)
	out.await(t, "1 vectors pass")
	stop()
	if code := <-done; code != 0 {
		t.Errorf("exit %d", code)
	}
}

// watched is an output for which a test can wait.
type watched struct{ lines chan string }

func newWatched() *watched { return &watched{make(chan string, 100)} }

func (w *watched) Write(p []byte) (int, error) {
	w.lines <- string(p)
	return len(p), nil
}

func (w *watched) await(t *testing.T, text string) {
	t.Helper()
	for late := time.After(time.Minute); ; {
		select {
		case got := <-w.lines:
			if strings.Contains(got, text) {
				return
			}
		case <-late:
			t.Fatalf("no %q in time", text)
		}
	}
}
