package sitecheck

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"net/url"
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
	p, ok, err := dialect.ProtectionOf(f.types[f.dialect], f.mode, dialect.Mount{
		Name: "site", Issuer: f.facts.home, Prefix: f.facts.below(),
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
	usual := f.facts.below() + restPath
	for i, r := range p.Rules {
		if rest, below := strings.CutPrefix(r.Path, usual); below {
			p.Rules[i].Path = f.facts.rest + rest
		}
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
	upstream := f.upstream
	if upstream == "" {
		upstream = site.Scheme + "://" + site.Host
	}
	number := int64(0)
	if here, ok := f.here(); ok {
		number = here.Number
	}
	var out bytes.Buffer
	err = template.Must(template.New("").Parse(quickstartTemplate)).Execute(&out, map[string]any{
		"Home": strconv.Quote(f.facts.home), "Upstream": strconv.Quote(upstream), "Below": strconv.Quote(f.facts.below()), "Plugin": cmp.Or(c.Plugin, f.dialect),
		"REST": f.restPaths(), "Listen": strconv.Quote(f.listen), "Public": strconv.Quote(f.publicURL), "Number": number,
		"Prefix": strconv.Quote(f.prefix), "Dialect": f.dialect, "Site": f.mount(p), "Auth": loginNames(p), "Tokens": f.tokens(p),
		"Methods": methodLines(p), "Rules": ruleLines(p.Rules),
	})
	return out.Bytes(), err
}
