package sitecheck

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/cors"
	"github.com/cardea-auth/cardea/server/dialect"
)

// unlistedOrigin is an origin that no site lists by name.
const unlistedOrigin = "https://cardea-doctor.example"

// cors sends the requests that browsers make for a page of another origin.
func (d doctor) cors(ctx context.Context) finding {
	if f := d.anyOrigin(ctx); f.wrong != "" {
		return f
	}
	origin := d.allowedOrigin()
	r, f := d.preflight(ctx, origin)
	switch {
	case f.wrong != "":
		return f
	case origin == unlistedOrigin && r.code == "cors_origin": // only listed origins are allowed
		return finding{}
	case r.status >= 400:
		return finding{wrong: "a preflight is refused: " + r.String(), seen: "a CORS error in the browser, with any token",
			cure: "set cors: {enabled: true}, which answers preflights without credentials, or allow OPTIONS to WordPress"}
	case origin != unlistedOrigin && cors.CheckReadable(r.header, origin) != nil:
		return finding{wrong: "a preflight from " + origin + " is not allowed", seen: "a CORS error in the browser",
			cure: "cors.origins lists it, so something else answers: check the proxies in front, and restart the server"}
	}
	return d.ownAnswers(ctx, origin)
}

// ownAnswers checks that pages that may call the site may also call the dialect's own
// endpoints, which they need to get a token, and read the answers.
func (d doctor) ownAnswers(ctx context.Context, origin string) finding {
	if !d.found {
		return finding{} // reported by the check of the endpoints
	}
	site, err := d.ask(ctx, http.MethodGet, d.sample(), "", "Origin", origin)
	if err != nil {
		return unanswered(err)
	}
	asked, f := d.preflight(ctx, origin)
	if f.wrong != "" {
		return f
	}
	reads := cors.CheckReadable(site.header, origin) == nil
	calls := cors.CheckPreflight(asked.status, asked.header, origin, http.MethodGet, "Authorization") == nil
	for _, c := range d.ownCalls() {
		if err := d.crossOrigin(ctx, origin, c, reads, calls); err != nil {
			return finding{wrong: "pages of " + origin + " " + err.Error(), seen: "a CORS error in the browser at " + c.name,
				cure: "set cors: {enabled: true, origins: [...]}, which applies to the site and to Cardea's own answers"}
		}
	}
	return finding{}
}

// ownCall is a request that a page makes to one of the dialect's own endpoints.
type ownCall struct {
	name string
	dialect.Call
	body    string
	headers []string // pairs of name and value
	simple  bool     // browsers send it without a preflight in one of its forms
}

// ownCalls returns requests without valid credentials.
func (d doctor) ownCalls() []ownCall {
	list := []ownCall{{"logins", d.as.Login, "{}", []string{"Content-Type", "application/json"}, true}}
	if d.as.Validate.Path != "" {
		list = append(list, ownCall{"checks of a token", d.as.Validate, "", []string{"Authorization", "Bearer a.b.c"}, false})
	}
	return list
}

// crossOrigin returns an error if a page cannot make a call that it could make to the rest
// of the site. reads reports whether the page may read answers there, calls whether it may
// send a token.
func (d doctor) crossOrigin(ctx context.Context, origin string, c ownCall, reads, calls bool) error {
	if calls {
		asked, err := d.ask(ctx, http.MethodOptions, d.prefix+c.Path, "", "Origin", origin,
			"Access-Control-Request-Method", c.Method, "Access-Control-Request-Headers", strings.ToLower(c.headers[0]))
		if err == nil {
			err = cors.CheckPreflight(asked.status, asked.header, origin, c.Method, c.headers[0])
		}
		if err != nil {
			return fmt.Errorf("may call the site, but preflights of %s fail: %w", c.name, err)
		}
	}
	if !reads || !calls && !c.simple {
		return nil
	}
	answer, err := d.ask(ctx, c.Method, d.prefix+c.Path, c.body, append([]string{"Origin", origin}, c.headers...)...)
	if err == nil {
		err = cors.CheckReadable(answer.header, origin)
	}
	if err != nil {
		return fmt.Errorf("may read the site, but not the answers to %s: %w", c.name, err)
	}
	return nil
}

// anyOrigin checks whether the answer to a preflight or request lets every origin use the
// visitor's cookies.
func (d doctor) anyOrigin(ctx context.Context) finding {
	asked, f := d.preflight(ctx, unlistedOrigin)
	if f.wrong != "" {
		return f
	}
	read, err := d.ask(ctx, http.MethodGet, d.sample(), "", "Origin", unlistedOrigin)
	if err != nil {
		return finding{} // reported by the check of the API
	}
	own, err := d.ask(ctx, d.as.Index.Method, d.prefix+d.as.Index.Path, "", "Origin", unlistedOrigin)
	if err != nil {
		return finding{}
	}
	for _, r := range []reply{asked, read, own} {
		allowed, with := r.header.Get("Access-Control-Allow-Origin"), r.header.Get("Access-Control-Allow-Credentials")
		if with == "true" && (allowed == unlistedOrigin || allowed == "*") {
			return finding{wrong: "every origin may send requests with the visitor's cookies", seen: "nothing, but other sites can act for its visitors",
				cure: "this is WordPress's default: set cors: {enabled: true, origins: [...]} to allow only listed origins"}
		}
	}
	return finding{}
}

func (d doctor) preflight(ctx context.Context, origin string) (reply, finding) {
	r, err := d.ask(ctx, http.MethodOptions, d.sample(), "", "Origin", origin,
		"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")
	if err != nil {
		return r, unanswered(err)
	}
	return r, finding{}
}

// allowedOrigin returns an origin that the configuration allows: a listed one, or else one
// of a pattern, or else unlistedOrigin.
func (d doctor) allowedOrigin() string {
	cfg, err := d.fromFile()
	if err != nil || cfg == nil || !cfg.CORS.Enabled {
		return unlistedOrigin
	}
	found := unlistedOrigin
	for _, member := range d.originsAtHome(cfg) {
		origin, ok := cors.Example(member, "cardea-doctor")
		switch {
		case origin == member:
			return origin
		case ok && found == unlistedOrigin:
			found = origin
		}
	}
	return found
}

// originsAtHome returns the origins that may call the mount's site.
func (d doctor) originsAtHome(cfg *config.Config) []string {
	if m, ok := d.mount(d.probe, cfg); ok && m.Traits().WordPress && len(m.CORSOrigins) > 0 {
		return m.CORSOrigins
	}
	return cfg.CORS.Origins
}
