//go:build unix

package cli

import (
	"os"
	"testing"

	"github.com/cardea-auth/cardea/server/app"
)

// TestServe_saidOnce: a mistake is one message of the check, and one of the start.
func TestServe_saidOnce(t *testing.T) {
	app.Quiet()
	for name, text := range map[string]string{
		"data is a file":                 "data: file\n",
		"data below a file":              "data: file/d\n",
		"data below what is not a place": "data: /proc/none/d\n",
		"data that everybody writes":     "data: open\n",
		"no end of a previous secret":    "mounts: [{name: a, dialect: wpjwt, secret: kT7vQ2mZ9xLr4Wc8Ns1Yp6Hd3Jf5Gb0A, secret_previous: A0bG5fJ3dH6pY1sN8cW4rL9xZ2mQ7vTk}]\n",
		"bad end of a previous secret":   "mounts: [{name: a, dialect: wpjwt, secret: kT7vQ2mZ9xLr4Wc8Ns1Yp6Hd3Jf5Gb0A, secret_previous: A0bG5fJ3dH6pY1sN8cW4rL9xZ2mQ7vTk, secret_previous_until: soon}]\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			writeFile(t, "file", "x")
			if err := os.Mkdir("open", 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod("open", 0o777); err != nil {
				t.Fatal(err)
			}
			writeFile(t, "cardea.yaml", addServer(text))
			said, ok := checkIn(t)
			started, served := serveUntilUp(t)
			if ok || started {
				t.Fatalf("check takes it: %t, serve: %t", ok, started)
			}
			for who, text := range map[string]string{"check": said, "serve": served} {
				if n := len(problemPlace.FindAllString(text, -1)); n != 1 {
					t.Errorf("%s has %d messages:\n%s", who, n, text)
				}
			}
		})
	}
}
