package manifest

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
)

// HTTPGrant allows requests to one URL prefix.
type HTTPGrant struct {
	// URL is scheme, host, port and a path prefix that ends at a slash or is the whole
	// path: https://api.example.com/v1 covers /v1 and /v1/x, but not /v10.
	URL string `json:"url"`
	// Methods lists the methods; an empty list means GET.
	Methods []string `json:"methods,omitempty"`
	// Private allows private addresses, and http as well as https. It only takes effect
	// in the operator's grant.
	Private bool `json:"private,omitempty"`
}

var httpMethods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"}

func (h HTTPGrant) check() error {
	u, err := ParseTarget(h.URL)
	if err != nil {
		return fmt.Errorf("grants: http: url %q: %w", h.URL, err)
	}
	if u.RawQuery != "" {
		return fmt.Errorf("grants: http: url %q: remove the query", h.URL)
	}
	if u.Scheme == "http" && !h.Private {
		return fmt.Errorf("grants: http: url %q: use https, or private: true for an internal service", h.URL)
	}
	for _, m := range h.Methods {
		if !ValidMethod(m) {
			return fmt.Errorf("grants: http: method is %q, must be one of %s", m, strings.Join(httpMethods, ", "))
		}
	}
	return nil
}

// covers reports whether the grant allows a request to u, which [ParseTarget] has
// accepted.
func (h HTTPGrant) covers(method string, u *url.URL) bool {
	g, err := ParseTarget(h.URL)
	if err != nil || g.Scheme != u.Scheme || HostPort(g) != HostPort(u) {
		return false
	}
	if method != "GET" || len(h.Methods) > 0 {
		if !slices.Contains(h.Methods, method) {
			return false
		}
	}
	rest, ok := strings.CutPrefix(u.Path, g.Path)
	return ok && (rest == "" || strings.HasSuffix(g.Path, "/") || rest[0] == '/')
}

// ValidMethod reports whether a grant may allow that method.
func ValidMethod(name string) bool { return slices.Contains(httpMethods, name) }

// HostPort returns host:port, with the scheme's default port if there is none.
func HostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}

// ParseTarget accepts URLs that every server interprets alike: absolute, without user or
// fragment, with a canonical path and without escapes that some servers decode.
func ParseTarget(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil, fmt.Errorf("must be https://host/path without user or fragment")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	escaped := strings.ToLower(u.EscapedPath())
	for _, bad := range []string{"%2f", "%2e", "%5c", "%25", ";"} {
		if strings.Contains(escaped, bad) {
			return nil, fmt.Errorf("the path contains %s", bad)
		}
	}
	if clean := path.Clean(u.Path); u.Path != clean && (clean == "/" || u.Path != clean+"/") {
		return nil, fmt.Errorf("the path is not canonical, must be %s", clean)
	}
	return u, nil
}
