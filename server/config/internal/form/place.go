package form

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

// BadSite checks an entry of a list of sites: host or host/path.
func BadSite(site string) string {
	host, path, below := strings.Cut(site, "/")
	if host == "" {
		return tree.Quote(site) + " is neither the name of a mount nor a host: write it as shop.example.org or shop.example.org/api"
	}
	if wrong := BadHost(host); wrong != "" || !below {
		return wrong
	}
	return BadPrefix("/" + path)
}

// apiName matches the last segment of a REST API's path. WordPress uses it in a regular
// expression.
var apiName = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)

// BadRESTPath checks where a REST API is.
func BadRESTPath(path string) string {
	switch {
	case path == "" || path == "/":
		return "must not be the whole site: WordPress's own is /wp-json"
	case BadPrefix(path) != "":
		return BadPrefix(path)
	case !apiName.MatchString(path[strings.LastIndexByte(path, '/')+1:]):
		return tree.Quote(path) + " must end in a name of letters, digits, dots and hyphens, such as /wp-json"
	}
	return ""
}

// BadPageOrigin checks an origin of pages. It must be what a browser can send in Origin:
// scheme, lower-case host, and a port that is not the scheme's default (RFC 6454 section
// 6.1). The first label may be a wildcard.
func BadPageOrigin(text string) string {
	const write = ": write it as https://app.example.org, or https://*.example.org"
	u, err := url.Parse(strings.Replace(text, "://*.", "://any.", 1))
	switch {
	case text == "null":
		return "null is what sandboxed pages of anybody call themselves: list real origins"
	case err != nil || u.Scheme == "" || u.Host == "" || u.User != nil:
		return tree.Quote(text) + " is not an origin" + write
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery || strings.HasSuffix(text, "#"):
		return tree.Quote(text) + " has more than scheme, host and port: remove what follows"
	case strings.Contains(u.Host, "*"):
		return tree.Quote(text) + " has its wildcard elsewhere than in the first label" + write
	case text != strings.ToLower(text):
		return tree.Quote(text) + " has capitals, which browsers never send: write " + strings.ToLower(text)
	case strings.Trim(u.Host, "abcdefghijklmnopqrstuvwxyz0123456789-_.:[]") != "":
		return tree.Quote(text) + " has characters that browsers never send: write the host in its xn-- form"
	case u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" || strings.HasSuffix(u.Host, ":"):
		return tree.Quote(text) + " names the usual port, which browsers leave out: remove it"
	}
	return ""
}
