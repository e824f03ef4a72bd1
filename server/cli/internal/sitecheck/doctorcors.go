package sitecheck

import (
	"context"
	"net/http"
	"strings"

	"github.com/cardea-auth/cardea/server/config"
)

// stranger is an origin that no site lists by name.
const stranger = "https://cardea-doctor.example"

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
	case origin == stranger && r.code == "cors_origin": // only listed origins are allowed
		return finding{}
	case r.status >= 400:
		return finding{wrong: "a preflight is refused: " + r.String(), seen: "a CORS error in the browser, with any token",
			cure: "set cors: {enabled: true}, which answers preflights without credentials, or allow OPTIONS to WordPress"}
	case origin != stranger && r.header.Get("Access-Control-Allow-Origin") == "":
		return finding{wrong: "a preflight from " + origin + " is not allowed", seen: "a CORS error in the browser",
			cure: "cors.origins lists it, so something else answers: check the proxies in front, and restart the server"}
	}
	return d.ownAnswers(ctx, origin)
}

// ownAnswers checks that pages that may read the site may also read the answers of the
// dialect's own endpoints, which they need to get a token.
func (d doctor) ownAnswers(ctx context.Context, origin string) finding {
	if !d.found {
		return finding{} // reported by the check of the endpoints
	}
	site, err := d.ask(ctx, http.MethodGet, d.sample(), "", "Origin", origin)
	if err != nil {
		return unanswered(err)
	}
	own, err := d.ask(ctx, d.as.Login.Method, d.prefix+d.as.Login.Path, "{}", "Origin", origin, "Content-Type", "application/json")
	if err != nil {
		return unanswered(err)
	}
	if site.header.Get("Access-Control-Allow-Origin") != "" && own.header.Get("Access-Control-Allow-Origin") == "" {
		return finding{wrong: "pages of " + origin + " may read the site, but not the answers to logins", seen: "a CORS error in the browser at the login",
			cure: "set cors: {enabled: true, origins: [...]}, which applies to the site and the logins"}
	}
	return finding{}
}

// anyOrigin checks whether the answer to a preflight or request lets every origin use the
// visitor's cookies.
func (d doctor) anyOrigin(ctx context.Context) finding {
	asked, f := d.preflight(ctx, stranger)
	if f.wrong != "" {
		return f
	}
	read, err := d.ask(ctx, http.MethodGet, d.sample(), "", "Origin", stranger)
	if err != nil {
		return finding{} // reported by the check of the API
	}
	own, err := d.ask(ctx, d.as.Index.Method, d.prefix+d.as.Index.Path, "", "Origin", stranger)
	if err != nil {
		return finding{}
	}
	for _, r := range []reply{asked, read, own} {
		allowed, with := r.header.Get("Access-Control-Allow-Origin"), r.header.Get("Access-Control-Allow-Credentials")
		if with == "true" && (allowed == stranger || allowed == "*") {
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

// allowedOrigin returns an origin that the configuration lists without wildcard, or else
// stranger.
func (d doctor) allowedOrigin() string {
	cfg, err := d.fromFile()
	if err != nil || cfg == nil || !cfg.CORS.Enabled {
		return stranger
	}
	for _, origin := range d.originsAtHome(cfg) {
		if !strings.Contains(origin, "*") {
			return origin
		}
	}
	return stranger
}

// originsAtHome returns the origins that may call the mount's site.
func (d doctor) originsAtHome(cfg *config.Config) []string {
	if m, ok := d.mount(d.probe, cfg); ok && m.Traits().WordPress && len(m.CORSOrigins) > 0 {
		return m.CORSOrigins
	}
	return cfg.CORS.Origins
}
