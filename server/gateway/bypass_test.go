package gateway

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// row is a line of testdata/bypass.jsonl: a request that has bypassed a gateway.
type row struct {
	ID, Category, Name, Safe string
	Request                  struct {
		Raw, Method, Target string
		Headers             [][2]string
	}
}

// later are the categories that cannot be tested at this entry point, with the reasons.
func later() map[string]string {
	return map[string]string{
		"meta":   "the POLICY line, which policyRules states",
		"http2":  "frames of HTTP/2: the listener speaks HTTP/1.1 until it has TLS",
		"config": "no requests: reload, decision endpoints and logs have tests in their own rooms",
	}
}

// policyRules returns the rules of the POLICY line: excluded routes are public, all
// others require an identity.
func policyRules() []route.Rule {
	get := []string{"GET"}
	return []route.Rule{
		{Name: "public", Path: "/public/*", Methods: get, Access: route.Public},
		{Name: "health", Path: "/healthz", Methods: get, Access: route.Public},
		{Name: "token", Path: "/wp-json/jwt-auth/v1/token", Access: route.Public},
		{Name: "posts", Path: "/wp-json/app/v1/posts/*", Methods: get, Access: route.Public},
		{Name: "rest", Path: "/**"},
	}
}

// newSite returns an engine whose upstream is a WordPress.
func newSite(t *testing.T) *core.Engine {
	t.Helper()
	return openEngine(t, core.Policy{Rules: policyRules(), Application: core.Application{Read: func(_, method, path, query string) (route.Reading, error) {
		return wordpress.Reader{}.Read(method, path, query)
	}}})
}

// isExcluded reports, independently of the rules, which requests may reach the upstream
// without credentials.
func isExcluded(s seen) bool {
	read := s.Method == "GET" || s.Method == "HEAD"
	if _, query, _ := strings.Cut(s.Target, "?"); strings.ContainsAny(query, "_.[%+") {
		return false // WordPress reads it as another route
	}
	return read && regexp.MustCompile(`^(/public/[^/?]+|/healthz|/wp-json/app/v1/posts/[^/?]+)(\?.*)?$`).MatchString(s.Target) ||
		regexp.MustCompile(`^/wp-json/jwt-auth/v1/token(\?.*)?$`).MatchString(s.Target)
}

func readRows(t *testing.T) []row {
	t.Helper()
	f, err := os.Open("testdata/bypass.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []row
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

// TestBypass sends every row as raw bytes. The response must be one that the row calls
// safe, and no protected request may reach the upstream without a credential.
func TestBypass(t *testing.T) {
	g := newTestGateway(t, newSite(t), nil)
	done := map[string]int{}
	for _, r := range readRows(t) {
		if _, ok := later()[r.Category]; ok {
			continue
		}
		raw, answers := r.bytes(), 1
		if r.ID == "RAW-44" || r.ID == "RAW-45" {
			answers = 2
		}
		got := statuses(g.send(t, raw, answers))
		if want := r.safeStatuses(); !slices.ContainsFunc(want, func(w string) bool { return w == got }) {
			t.Errorf("%s %s: status %s, want one of %v (%s)", r.ID, r.Name, got, want, r.Safe)
		}
		for _, s := range g.seen.take() {
			if !isExcluded(s) && s.Headers.Get("X-Auth-User") != "alice" {
				t.Errorf("%s %s: the upstream saw %s %s without credentials", r.ID, r.Name, s.Method, s.Target)
			}
			checkForwarded(t, r, s)
		}
		done[r.Category]++
	}
	t.Logf("rows sent: %v", done)
}

// checkForwarded checks what the upstream received in rows that were forwarded.
func checkForwarded(t *testing.T, r row, s seen) {
	t.Helper()
	for _, name := range []string{"Authorization", "Upgrade", "Http2-Settings", "X-Http-Method-Override"} {
		if s.Headers[name] != nil {
			t.Errorf("%s %s: the upstream saw %s: %v", r.ID, r.Name, name, s.Headers[name])
		}
	}
	if r.Category == "hop-by-hop" && (s.Headers.Get("X-Auth-User") != "alice" || s.Headers.Get("X-Forwarded-For") != "127.0.0.1" || s.Host != "h") {
		t.Errorf("%s %s: the upstream saw %v at host %q: a header of ours is missing", r.ID, r.Name, s.Headers, s.Host)
	}
}

func statuses(list []answer) string {
	var out []string
	for _, a := range list {
		out = append(out, strconv.Itoa(a.status))
	}
	return strings.Join(out, " ")
}

// bytes returns the request as it goes onto the wire.
func (r row) bytes() string {
	const headLine = "GET /admin HTTP/1.1\r\nHost: h\r\n"
	switch r.ID {
	case "PATH-099": // the file shows only the beginning
		return "GET /public/" + strings.Repeat("a/", 4004) + " HTTP/1.1\r\nHost: h\r\n\r\n"
	case "RAW-41":
		return strings.Replace(r.Request.Raw, "<64 KiB>", strings.Repeat("x", 64<<10), 1)
	case "RAW-45":
		return headLine + valid + "\r\n\r\n" + headLine + "\r\n"
	case "RAW-49":
		return headLine + manyHeaders(1000) + "\r\n"
	}
	if r.Request.Raw != "" {
		return strings.ReplaceAll(r.Request.Raw, "{VALID}", "valid")
	}
	body := ""
	text := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: h\r\n", r.Request.Method, r.Request.Target)
	for _, h := range r.Request.Headers {
		if h[0] == "(body)" {
			body = h[1]
			text += fmt.Sprintf("Content-Length: %d\r\n", len(body))
			continue
		}
		text += h[0] + ": " + strings.ReplaceAll(h[1], "{VALID}", "valid") + "\r\n"
	}
	return text + "\r\n" + body
}

func manyHeaders(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "X-H%d: %d\r\n", i, i)
	}
	return b.String()
}

// safeStatuses returns the statuses that a row allows. Where the row leaves a choice, or
// another check comes first, the choice is made here.
func (r row) safeStatuses() []string {
	switch r.ID {
	case "RAW-01", "RAW-15", "RAW-52":
		return []string{"200"}
	case "RAW-07", "RAW-10": // no path, or not a canonical one
		return []string{"400"}
	case "RAW-11", "RAW-35":
		return []string{"401"}
	case "RAW-40", "RAW-41": // POST is not excluded: refused before the body is looked at
		return []string{"400", "401"}
	case "RAW-44":
		return []string{"200 401"}
	case "RAW-45":
		return []string{"200 401"}
	}
	switch r.Category {
	case "hop-by-hop":
		return []string{"200"}
	case "header-spoof": // net/http refuses the NUL in one of them
		return []string{"401", "400"}
	case "wordpress":
		if strings.HasPrefix(r.ID, "WPQ-") { // our own rows say exactly which
			break
		}
		return []string{"401", "400"}
	}
	return regexp.MustCompile(`\b[1-5]\d\d\b`).FindAllString(r.Safe, -1)
}

// TestBypass_spoofedHeadersDoNotPass sends the header rows with a credential: the request
// is forwarded without the forged header.
func TestBypass_spoofedHeadersDoNotPass(t *testing.T) {
	g := newTestGateway(t, newEngine(t, policyRules()...), nil)
	harmless := []string{"User-Agent", "Content-Type", "Origin"} // no gateway or upstream may trust these anyway
	for _, r := range readRows(t) {
		if r.Category != "header-spoof" || strings.Contains(r.Request.Headers[0][1], "\x00") {
			continue
		}
		forged := strings.ReplaceAll(r.Request.Headers[0][1], "127.0.0.1", "192.0.2.7") // the true peer is 127.0.0.1
		r.Request.Headers[0][1] = forged
		raw := strings.TrimSuffix(r.bytes(), "\r\n") + valid + "\r\n\r\n"
		a := g.send(t, raw, 1)[0]
		got := g.seen.take()
		if a.status != 200 || len(got) != 1 {
			t.Errorf("%s %s: status %d, upstream saw %d requests; want 200 and 1", r.ID, r.Name, a.status, len(got))
			continue
		}
		name := http.CanonicalHeaderKey(r.Request.Headers[0][0])
		if slices.Contains(got[0].Headers[name], forged) && !slices.Contains(harmless, name) {
			t.Errorf("%s %s: the upstream saw the client's %s: %s", r.ID, r.Name, name, forged)
		}
	}
}
