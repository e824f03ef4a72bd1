package sitecheck

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"net/url"
	"path"
	"strconv"
	"strings"
	"text/template"

	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
)

//go:embed quickstart.yaml.tmpl
var quickstartTemplate string

// protection returns how the plugin protects requests, and prints the mode. A dialect that
// replaces no plugin requires a credential everywhere.
func (f *quickstartFlags) protection(out io.Writer) (dialect.Protection, error) {
	site, err := url.Parse(f.site)
	if err != nil {
		return dialect.Protection{}, err
	}
	p, ok, err := dialect.ProtectionOf(f.types[f.dialect], f.mode, dialect.Mount{
		Name: "site", Issuer: f.site, Prefix: strings.TrimSuffix(site.Path, "/"),
	})
	switch {
	case err != nil:
		return p, fmt.Errorf("--dialect, --mode: %w", err)
	case f.mode != "" && p.Mode != f.mode:
		return p, fmt.Errorf("--mode is %s, but the plugin of the dialect %s has no modes: leave it out", f.mode, f.dialect)
	case !ok:
		p.Rules = []dialect.ProtectionRule{{Rule: route.Rule{Name: "site", Path: "/**"}}}
	case p.Mode != "":
		fmt.Fprintf(out, "mode:    %s, the one kind of credential that is accepted; --mode selects another\n", p.Mode)
	}
	return p, nil
}

// configuration renders the template.
func (f *quickstartFlags) configuration(p dialect.Protection) ([]byte, error) {
	site, err := url.Parse(f.site)
	if err != nil {
		return nil, err
	}
	c, _ := dialect.ClientOf(f.types, f.dialect)
	home, below, upstream := strings.TrimSuffix(f.site, "/"), strings.TrimSuffix(site.Path, "/"), f.upstream
	if upstream == "" {
		upstream = site.Scheme + "://" + site.Host
	}
	var out bytes.Buffer
	err = template.Must(template.New("").Parse(quickstartTemplate)).Execute(&out, map[string]any{
		"Home": strconv.Quote(home), "Upstream": strconv.Quote(upstream), "Below": strconv.Quote(below), "Plugin": cmp.Or(c.Plugin, f.dialect),
		"REST": strconv.Quote(path.Join(below, "/wp-json")), "Listen": strconv.Quote(f.listen), "Public": strconv.Quote(f.publicURL),
		"Prefix": strconv.Quote(f.prefix), "Dialect": f.dialect, "Site": f.mount(p), "Auth": loginNames(p), "Tokens": f.tokens(p),
		"Methods": methodLines(p), "Rules": ruleLines(p.Rules),
	})
	return out.Bytes(), err
}
