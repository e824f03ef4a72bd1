package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/sqlite"
)

// TestHashes_elsewhere: an imported hash is accepted only if it does not make logins
// slower than others; doctor reports such hashes that are already stored.
func TestHashes_elsewhere(t *testing.T) {
	const end = "......................///////////////////////////////"
	dir := t.TempDir()
	config, data := filepath.Join(dir, "cardea.yaml"), filepath.Join(dir, "data")
	write := func(path, text string) string {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write(config, fmt.Sprintf("data: %s\n", data))
	add := func(login, hash string, more ...string) (int, string) {
		file := write(filepath.Join(dir, login), hash+"\n")
		return tool(t, "", append([]string{"user", "add", login, "--config", config, "--hash-file", file}, more...)...)
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	for login, hash := range map[string]string{"phpass": "$P$BOEYhVExrAG021OKAd3L7kHYsi7Wln/", "bcrypt": "$2y$13$" + end, "wordpress": "$wp$2y$10$" + end} {
		if code, out := add(login, hash); code != 0 || strings.Contains(out, "password:") {
			t.Errorf("%s: exit %d\n%s", login, code, out)
		}
	}
	for hash, says := range map[string]string{
		"$2y$14$" + end: "bcrypt's cost 14 is above 13", "a password": "an unknown form", "": "it is empty",
		"$P$JOEYhVExrAG021OKAd3L7kHYsi7Wln/": "cost 21 is not from 7 to 20",
	} {
		if code, out := add("refused", hash); code == 0 || !strings.Contains(out, says) || hash != "" && strings.Contains(out, hash) {
			t.Errorf("%q: exit %d, want %q in\n%s", hash, code, says, out)
		}
	}
	if code, _ := add("both", "$2y$10$"+end, "--password-stdin"); code == 0 {
		t.Error("both a hash and a password")
	}
	url := stub(t, routes{"POST /wp-json/jwt-auth/v1/token/validate": says(403, `{"code":"jwt_auth_invalid_token"}`)})
	if code, out := tool(t, "", "doctor", url, "--config", config); !strings.Contains(out, "ok   password hashes") {
		t.Errorf("exit %d\n%s", code, out)
	}
	s, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(data, "cardea.db")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = s.CreateUser(t.Context(), api.User{Subject: "u_dear", Login: "dear", Gen: 1, Hash: api.Secret("$2y$15$" + end)}); err != nil {
		t.Fatal(err)
	}
	if err = s.Close(); err != nil {
		t.Fatal(err)
	}
	if code, out := tool(t, "", "doctor", url, "--config", config); code == 0 || !strings.Contains(out, "BAD  password hashes") ||
		!strings.Contains(out, "1 users of store have bcrypt, cost 15 hashes: bcrypt's cost 15 is above 13") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, out := tool(t, "", "doctor", url); !strings.Contains(out, "-    password hashes") {
		t.Errorf("without a configuration: exit %d\n%s", code, out)
	}
}
