package sitecheck

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/cardea-auth/cardea/server/dialect"
)

// probe returns a probe of the site, at the address of its server if --upstream names one.
func (f *quickstartFlags) probe() (*probe, error) {
	if f.upstream != "" {
		return newServerProbe(f.upstream, f.site)
	}
	return newProbe(f.site)
}

// askSite asks the site for its address and the path of its REST API, and prints the answer.
// What the site does not say is taken from --wordpress.
func (f *quickstartFlags) askSite(ctx context.Context, out io.Writer) error {
	from := "by its own answer"
	if !f.offline {
		p, err := f.probe()
		if err != nil {
			return err
		}
		if f.facts, err = p.facts(ctx, ""); err != nil {
			f.facts = siteFacts{} // the detection of the plugin prints the error
		}
	}
	if f.facts.home == "" {
		u, err := url.Parse(f.site)
		if err != nil {
			return err
		}
		f.facts.home, from = strings.TrimSuffix(f.site, "/"), "by --wordpress, which the site did not say"
		f.facts.rest = strings.TrimSuffix(u.EscapedPath(), "/") + restPath
	}
	fmt.Fprintf(out, "site:    %s, REST API at %s, %s\n", f.facts.home, f.facts.rest, from)
	for _, other := range f.facts.also() {
		fmt.Fprintf(out, "         tokens that name %s, the address of WordPress, are accepted too\n", other)
	}
	if f.facts.note != "" {
		fmt.Fprintf(out, "         %s\n", f.facts.note)
	}
	return nil
}

// namesIssuer reports whether the tokens of the dialect have an issuer.
func (f *quickstartFlags) namesIssuer() bool {
	d, err := f.types[f.dialect].Open(dialect.Mount{Name: "site", Issuer: f.facts.home})
	return err == nil && !d.TokenFormat().NoIssuer
}
