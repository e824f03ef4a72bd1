package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/dialect"
)

// facts is the output of cardea dev. Password and APIKey are nil after the first start.
type facts struct {
	Listen      string  `json:"listen"`
	AdminListen string  `json:"admin_listen"`
	User        string  `json:"user"`
	Password    *string `json:"password"`
	APIKey      *string `json:"api_key"`

	command string // how to call this program again
	config  *config.Config
	plugin  []string // where the plugin of --plugin is bound
}

func newFacts(cfg *config.Config, command string) facts {
	return facts{
		Listen: cfg.Server.Listen, AdminListen: cfg.Server.AdminListen, User: devUser,
		command: command, config: cfg,
	}
}

func (f facts) print(w io.Writer, asJSON bool) error {
	if asJSON {
		return f.unshown(json.NewEncoder(w).Encode(f))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nCardea is running at http://%s\n\n", f.Listen)
	f.table(&b)
	f.curls(&b)
	b.WriteString("\nStop with Ctrl-C. The next start uses the same data.\n")
	_, err := io.WriteString(w, b.String())
	return f.unshown(err)
}

// unshown adds to an error of writing the facts what replaces the secrets of a first start.
func (f facts) unshown(err error) error {
	if err == nil || f.Password == nil {
		return err
	}
	return fmt.Errorf("%w; the password of %[2]s and the first API key are lost: '%[3]s user passwd %[2]s' sets another password, '%[3]s apikey create %[2]s' makes another key", err, f.User, f.command)
}

func (f facts) table(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, value string) { fmt.Fprintf(t, "  %s\t%s\n", name, value) }
	row("upstream", f.upstream())
	row("admin", fmt.Sprintf("http://%s/healthz /readyz /metrics", f.AdminListen))
	row("user", f.User)
	if f.Password != nil {
		row("password", *f.Password+"   (shown once)")
		row("API key", *f.APIKey+"   (shown once)")
	} else {
		row("password", "set at the first start; a new one: "+f.command+" user passwd "+f.User)
		row("API key", "created at the first start; another: "+f.command+" apikey create "+f.User)
	}
	for i, r := range f.config.Rules {
		row([]string{"rules", ""}[min(i, 1)], describeRule(r))
	}
	for i, text := range f.hooks() {
		row([]string{"hooks", ""}[min(i, 1)], text)
	}
	t.Flush()
}

// hooks returns the bindings in call order, as far as it is known: plugins run after what
// is configured.
func (f facts) hooks() []string {
	var out []string
	for _, h := range f.config.Hooks {
		out = append(out, h.Point+" by "+cmp.Or(h.Expr, "plugin "+h.Plugin))
	}
	return append(out, f.plugin...)
}

func (f facts) upstream() string {
	if url := f.config.Upstreams[devUpstream].URL; url != config.DemoUpstream {
		return url
	}
	return "built-in demo that echoes requests"
}

func describeRule(r config.Rule) string {
	text := r.Host + r.Path + " " + r.Access
	if len(r.Methods) > 0 {
		text = strings.Join(r.Methods, ",") + " " + text
	}
	if len(r.Roles) > 0 {
		text += ", role " + strings.Join(r.Roles, " or ")
	}
	return text
}

// curls prints commands that can be run as they are. After the first start the secrets are
// unknown, so the reader must set two variables first.
func (f facts) curls(w io.Writer) {
	password, key := "$PASSWORD", "$API_KEY"
	fmt.Fprint(w, "\nTry it:\n")
	if f.Password != nil {
		password, key = *f.Password, *f.APIKey
	} else {
		fmt.Fprint(w, "  # fill this line in first\n  PASSWORD='...' API_KEY='...'\n")
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
	}
	if path, ok := f.login(); ok {
		lines = append(lines,
			"# JWT: log in, then use the token",
			fmt.Sprintf(`TOKEN=$(curl -s %s%s --data-urlencode "username=%s" --data-urlencode "password=%s" | sed 's/.*"token":"\([^"]*\)".*/\1/')`,
				at, path, f.User, password),
			fmt.Sprintf(`curl -H "Authorization: Bearer $TOKEN" %s/admin/x/y`, at))
	}
	for _, line := range lines {
		fmt.Fprintf(w, "  %s\n", line)
	}
}

// login returns the path that exchanges a password for a token, if the profile still has
// it.
func (f facts) login() (path string, ok bool) {
	for _, m := range f.config.Mounts {
		d, ok := api.Capability[dialect.ClientDescriber](m.Config)
		if !ok || m.Host != "" || !m.Traits().WordPress { // a WordPress takes forms at every route
			continue
		}
		if c := d.Client(); len(c.Token) == 1 && c.Token[0] == "token" {
			return m.Prefix + c.Login.Path, true
		}
	}
	return "", false
}
