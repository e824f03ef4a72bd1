package app

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/server/state"
)

// assertedBy returns the kid of the assertion that the demo behind the gateway received.
func assertedBy(t *testing.T, url string) string {
	t.Helper()
	res, err := client.Get(url)
	must(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	var seen struct{ Headers http.Header }
	must(t, json.Unmarshal(text, &seen))
	first, _, _ := strings.Cut(seen.Headers.Get("X-Cardea-Assertion"), ".")
	head, err := base64.RawURLEncoding.DecodeString(first)
	must(t, err)
	var h struct{ Kid string }
	must(t, json.Unmarshal(head, &h))
	return h.Kid
}

// TestServer_assertionKeys: a running server signs with the key that another process
// activated in the shared file.
func TestServer_assertionKeys(t *testing.T) {
	text := strings.Replace(deadSite, "users:\n  - {type: store}\n  - {type: wordpress, dsn: \"ro:x@tcp(127.0.0.1:1)/wordpress\"}\n", "", 1)
	text = strings.Replace(text, ", directory: wordpress", "", 1)
	cfg := load(t, text)
	_, one, _ := start(t, cfg, nil)
	ring, err := state.OpenAssertionKeys(t.Context(), cfg, slog.New(slog.DiscardHandler))
	must(t, err)
	defer ring.Close()
	old := assertedBy(t, one+"/wp-json/wp/v2/posts")
	if old != ring.Active().ID {
		t.Fatalf("signed by %s, the file says %s", old, ring.Active().ID)
	}
	if _, err := ring.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := ring.Active().ID; got != old {
		t.Fatalf("%s signs before it is pinned", got)
	}
	if _, err := ring.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * upkeepEvery); ; time.Sleep(upkeepEvery / 20) {
		got := assertedBy(t, one+"/wp-json/wp/v2/posts")
		if got == ring.Active().ID {
			return
		}
		if got != old || time.Now().After(end) {
			t.Fatalf("signed by %s, want %s once upkeep has run", got, ring.Active().ID)
		}
	}
}
