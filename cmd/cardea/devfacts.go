package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/cardea-auth/cardea/server/config"
)

// facts is what cardea dev tells of itself. Password and APIKey are nil on a
// later start.
type facts struct {
	Listen      string  `json:"listen"`
	AdminListen string  `json:"admin_listen"`
	User        string  `json:"user"`
	Password    *string `json:"password"`
	APIKey      *string `json:"api_key"`

	mount    []config.Mount
	upstream string
}

func (f facts) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(f)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nCardea stands at http://%s\n\n", f.Listen)
	f.table(&b)
	f.curls(&b)
	b.WriteString("\nStop with Ctrl-C. Everything is kept for the next start.\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func (f facts) table(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) { fmt.Fprintf(t, "  %s\t%s\n", name, value) }
	upstream := f.upstream
	if upstream == config.DemoUpstream {
		upstream = "built-in demo: answers what it received"
	}
	row("upstream", upstream)
	row("admin", fmt.Sprintf("http://%s/healthz /readyz /metrics", f.AdminListen))
	row("user", f.User)
	if f.Password != nil {
		row("password", *f.Password+"   (shown once)")
		row("API key", *f.APIKey+"   (shown once)")
	} else {
		row("password", "set at the first start; a new one: cardea user passwd "+f.User)
		row("API key", "made at the first start; another: cardea apikey create "+f.User)
	}
	row("rules", "GET /public/** public, /admin/** role administrator, the rest needs credentials")
	row("plugin", "short-expiry: tokens live two hours and carry a claim")
	t.Flush()
}

// curls prints lines that work as they stand. On a later start the secrets are
// not known, so the reader fills in two variables first.
func (f facts) curls(w io.Writer) {
	password, key := "$PASSWORD", "$API_KEY"
	if f.Password != nil {
		password, key = *f.Password, *f.APIKey
	} else {
		fmt.Fprint(w, "\nTry it (fill in the first line):\n  PASSWORD=... API_KEY=...\n")
	}
	if f.Password != nil {
		fmt.Fprint(w, "\nTry it:\n")
	}
	at := "http://" + f.Listen
	lines := []string{
		"# no credentials: 401",
		fmt.Sprintf(`curl -i %s/hello`, at),
		"# public: 200",
		fmt.Sprintf(`curl %s/public/hello`, at),
		"# Basic",
		fmt.Sprintf(`curl -u "%s:%s" %s/hello`, f.User, password, at),
		"# API key",
		fmt.Sprintf(`curl -H "X-API-Key: %s" %s/hello`, key, at),
		"# JWT: log in, then use the token",
		fmt.Sprintf(`TOKEN=$(curl -s %s/wp-json/jwt-auth/v1/token -d "username=%s" -d "password=%s" | sed 's/.*"token":"\([^"]*\)".*/\1/')`, at, f.User, password),
		fmt.Sprintf(`curl -H "Authorization: Bearer $TOKEN" %s/admin/x/y`, at),
	}
	for _, line := range lines {
		fmt.Fprintf(w, "  %s\n", line)
	}
}
