package wordpress_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/examples/e2e/parts"
)

// testClock shifts the site's clock against the gateway's: what the gateway sends counts from the
// start although the site's clock is behind, and for as long as it may be ahead.
func testClock(t *testing.T, site *parts.Site, g gateway, refused int, rows map[int]bool) {
	clock, err := os.ReadFile("testdata/clock.php")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(parts.Write(t, site.Dir, "wp-content/mu-plugins/clock.php", string(clock)))
	token := g.login(t, "editor1", "editor1-pass")
	for seconds, passes := range rows {
		path := parts.Write(t, site.Dir, "clock", fmt.Sprint(seconds))
		status, body := g.as(t, token, "GET", "/wp-json/wp/v2/users/me", "")
		if good := status == http.StatusOK && strings.Contains(body, "Edna Editor"); good != passes || !passes && status != refused {
			t.Errorf("the site's clock %+d s: got %d %.200s, want it to pass: %v", seconds, status, body, passes)
		}
		os.Remove(path)
	}
}
