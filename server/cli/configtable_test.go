//go:build unix

package cli

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	shortexpiry "github.com/cardea-auth/cardea/examples/plugins/short-expiry"
	"github.com/cardea-auth/cardea/server/app"
)

// TestConfigCheck_agreesWithServe runs both commands with each configuration of the
// table: check refuses what serve refuses, and each message has a place and says what to
// do.
func TestConfigCheck_agreesWithServe(t *testing.T) {
	app.Quiet()
	rows := configRows()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	made := t.TempDir()
	configFiles(t, made)
	bad := 0
	for _, row := range rows {
		if row.want != "" {
			bad++
		}
		t.Run(row.name, func(t *testing.T) {
			row.text = strings.ReplaceAll(row.text, "$TAKEN", taken.Addr().String())
			row.play(t, made)
		})
	}
	if bad < 85 {
		t.Errorf("the table has %d wrong configurations", bad)
	}
}

var problemPlace = regexp.MustCompile(`(?m)^(cardea: )?(cardea\.yaml:\d+:\d+|env CARDEA_[A-Z_0-9]+): `)

func (row configRow) play(t *testing.T, made string) {
	dir, err := os.MkdirTemp("", "cfg") // short: a socket's path is bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.CopyFS(dir, os.DirFS(made)); err != nil {
		t.Fatal(err)
	}
	prepareModes(t, dir)
	t.Chdir(dir)
	if !strings.Contains(row.text, "server") && !strings.HasPrefix(row.text, "\xff") {
		row.text = addServer(row.text)
	}
	writeFile(t, "cardea.yaml", row.text)
	if name, value, ok := strings.Cut(row.env, "="); ok {
		t.Setenv(name, value)
	}
	said, ok := checkIn(t)
	started, served := serveUntilUp(t)
	switch {
	case row.want == "" && (!ok || !started):
		t.Errorf("check %v, serve %v; want both to take it:\n%s%s", ok, started, said, served)
	case row.want != "" && ok:
		t.Errorf("check takes it, serve %v:\n%s%s", started, said, served)
	case row.want != "" && started != row.serves:
		t.Errorf("serve %v; want %v:\n%s", started, row.serves, served)
	}
	if row.want != "" && !strings.Contains(said, row.want) {
		t.Errorf("check says %s\nwant %q", said, row.want)
	}
	row.agree(t, said, served, started)
	if row.want != "" && !row.noPlace && len(problemPlace.FindAllString(said, -1)) != strings.Count(said, "\n") {
		t.Errorf("a message has no place:\n%s", said)
	}
	if _, err := os.Stat("cardea-data"); row.want != "" && !started && err == nil && strings.Contains(served, "keys.json") {
		t.Errorf("files were created: %v", err)
	}
}

// agree checks that the message or log of serve contains each problem that check reports,
// with its place.
func (row configRow) agree(t *testing.T, said, served string, started bool) {
	t.Helper()
	if row.want == "" {
		return
	}
	for line := range strings.Lines(said) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "cardea: ")
		if started { // the log has place, setting and problem apart
			place, rest, _ := strings.Cut(line, ": ")
			setting, problem, _ := strings.Cut(rest, ": ")
			encoded, _ := json.Marshal(problem)
			line = fmt.Sprintf(`"setting":%q,"place":%q,"problem":%s`, setting, place, encoded)
		}
		if !strings.Contains(served, line) {
			t.Errorf("check says %s\nserve does not:\n%s", line, served)
		}
	}
}

// addServer adds listeners on free ports, after a byte order mark if there is one.
func addServer(text string) string {
	const server = `server: {listen: "127.0.0.1:0", admin_listen: "127.0.0.1:0", shutdown_delay: 0s}` + "\n"
	if rest, ok := strings.CutPrefix(text, "\ufeff"); ok {
		return "\ufeff" + server + rest
	}
	if text != "" && (text[0] == '-' || !strings.Contains(text, ":")) && text[0] != '#' {
		return text
	}
	return server + text
}

// checkIn runs 'config check' in the working directory, and checks that it does not
// change.
func checkIn(t *testing.T) (said string, ok bool) {
	t.Helper()
	before := listing(t)
	var out, errs bytes.Buffer
	code := Program{}.run(t.Context(), []string{"config", "check"}, strings.NewReader(""), &out, &errs)
	if after := listing(t); after != before {
		t.Errorf("config check changed the directory:\n%s\n%s", before, after)
	}
	if code == 0 {
		return out.String() + errs.String(), true
	}
	return errs.String(), false
}

func listing(t *testing.T) string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		list = append(list, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

// configFiles creates the files that the rows name.
func configFiles(t *testing.T, dir string) {
	t.Helper()
	write := func(name string, data []byte) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	random := make([]byte, 48)
	rand.Read(random)
	write("good.secret", []byte(base64.StdEncoding.EncodeToString(random)+"\n"))
	write("weak.secret", []byte("hunter2\n"))
	write("dsn.secret", []byte("good.secret\n"))
	write("empty.secret", nil)
	write("huge.secret", bytes.Repeat([]byte("x"), 1<<17))
	write("dir/file", nil)
	write("open/file", nil)
	write("dirdb/cardea.db/file", nil)
	write("junkdb/cardea.db", []byte(strings.Repeat("no database ", 20)))
	write("junkkeys/keys.json", []byte("{]"))
	write("locked/lock/file", nil)
	write("keylocked/keys.json.lock/file", nil)
	write("socket/control.sock/file", nil)
	write("cachefile/wasm-cache", nil)
	write("short.wasm", shortexpiry.Module())
	now := time.Now()
	for name, valid := range map[string][2]time.Duration{
		"good": {-time.Hour, 90 * 24 * time.Hour}, "soon": {-time.Hour, 7 * 24 * time.Hour}, "other": {-time.Hour, 90 * 24 * time.Hour},
		"expired": {-48 * time.Hour, -24 * time.Hour}, "tomorrow": {24 * time.Hour, 48 * time.Hour},
	} {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(valid[0]), NotAfter: now.Add(valid[1]), DNSNames: []string{"localhost"}}
		cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		private, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		write(name+".crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
		write(name+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
		if name != "good" {
			continue
		}
		public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		write("pub.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
		b64 := base64.RawURLEncoding.EncodeToString
		write("set.json", fmt.Appendf(nil, `{"keys":[{"kty":"RSA","kid":"1","alg":"RS256","use":"sig","n":%q,"e":"AQAB"}]}`, b64(key.N.Bytes())))
	}
}

// prepareModes sets what copying files does not preserve.
func prepareModes(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "gone")); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"open": 0o777, "junkdb": 0o700, "dirdb": 0o700, "junkkeys": 0o700, "locked": 0o700, "keylocked": 0o700, "socket": 0o700, "cachefile": 0o700} {
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
}
