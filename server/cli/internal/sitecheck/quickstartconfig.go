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
	"github.com/cardea-auth/cardea/server/cli/internal/siteconfig"
	"github.com/cardea-auth/cardea/server/dialect"
)

//go:embed quickstart.yaml.tmpl
var quickstartTemplate string

// protection returns how the plugin protects requests, and prints the mode.
func (f *quickstartFlags) protection(out io.Writer) (dialect.Protection, error) {
	p, err := f.protectionOf(f.facts)
	switch {
	case err != nil:
		return p, fmt.Errorf("--dialect, --mode: %w", err)
	case f.mode != "" && p.Mode != f.mode:
		return p, fmt.Errorf("--mode is %s, but the plugin of the dialect %s has no modes: leave it out", f.mode, f.dialect)
	case p.Mode != "":
		fmt.Fprintf(out, "mode:    %s, the one kind of credential that is accepted; --mode selects another\n", p.Mode)
	}
	return p, nil
}

// protectionOf returns how the plugin protects requests to a site. A dialect that replaces
// no plugin requires a credential everywhere.
func (f *quickstartFlags) protectionOf(site siteFacts) (dialect.Protection, error) {
	p, ok, err := dialect.ProtectionOf(f.types[f.dialect], f.mode, dialect.Mount{
		Name: "site", Issuer: site.home, Prefix: site.below(),
	})
	if err != nil {
		return p, err
	}
	if !ok {
		p.Rules = []dialect.ProtectionRule{{Rule: route.Rule{Name: "site", Path: "/**"}}}
	}
	usual := site.below() + restPath
	for i, r := range p.Rules {
		if rest, below := strings.CutPrefix(r.Path, usual); below {
			p.Rules[i].Path = site.rest + rest
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
	others, err := f.otherSites()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = template.Must(template.New("").Parse(quickstartTemplate)).Execute(&out, map[string]any{
		"Home": strconv.Quote(f.facts.home), "Upstream": strconv.Quote(upstream), "Below": strconv.Quote(f.facts.below()), "Plugin": cmp.Or(c.Plugin, f.dialect),
		"REST": f.restPaths(), "Listen": strconv.Quote(f.listen), "Public": strconv.Quote(f.publicURL), "Number": number,
		"Prefix": strconv.Quote(f.prefix), "Dialect": f.dialect, "Site": f.mount(f.facts, p), "Auth": siteconfig.LoginNames(p), "Tokens": siteconfig.Tokens(p, f.secretFile != ""),
		"Methods": siteconfig.Methods(p), "Rules": f.allRules(p, others), "Others": others,
	})
	return out.Bytes(), err
}

// mount returns the settings of the mount of a site.
func (f *quickstartFlags) mount(site siteFacts, p dialect.Protection) string {
	also := site.also()
	if !f.namesIssuer() {
		also = nil
	}
	return siteconfig.Mount(p, also, f.secretFile)
}
