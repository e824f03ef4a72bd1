package form

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/server/config/internal/tree"
)

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// BadName checks the name of an entry.
func BadName(name string) string {
	if nameForm.MatchString(name) && len(name) <= 63 {
		return ""
	}
	return tree.Quote(name) + " is not a name: use lower-case letters, digits and single hyphens, at most 63, a letter first"
}

// BadListen checks a listen address, host:port.
func BadListen(address string) string {
	host, port, ok := CutPort(address)
	n, err := strconv.ParseUint(port, 10, 16)
	if !ok || err != nil || strconv.FormatUint(n, 10) != port {
		return tree.Quote(address) + " is not an address to listen on: write host:port, such as 127.0.0.1:8080 or [::1]:8080"
	}
	if _, err := netip.ParseAddr(host); host == "" || err == nil || hostForm.MatchString(host) {
		return ""
	}
	return tree.Quote(host) + " is neither an address nor a host name"
}

// CutPort splits host:port; an IPv6 address must be in brackets.
func CutPort(address string) (host, port string, ok bool) {
	i := strings.LastIndexByte(address, ':')
	if i < 0 {
		return "", "", false
	}
	host, port = address[:i], address[i+1:]
	if inner, bracketed := strings.CutPrefix(host, "["); bracketed {
		host, ok = strings.CutSuffix(inner, "]")
		return host, port, ok && strings.Contains(host, ":")
	}
	return host, port, !strings.Contains(host, ":")
}

// BadOrigin checks a URL with only scheme, host and port. A path is not allowed, since the
// upstream must get exactly the path that the decision was made on.
func BadOrigin(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "is not an address: write scheme and host, such as https://example.org or http://127.0.0.1:8000"
	case u.User != nil:
		return "must not hold a user name or password: remove what stands before the @"
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(text, "#"):
		return tree.Quote(text) + " must end after host and port: remove the path and what follows it"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return tree.Quote(text) + " has no good port: write 1 to 65535"
		}
	}
	return ""
}

// BadIssuer checks an issuer by RFC 7519 section 2: a string with a colon must be a URI.
func BadIssuer(text string) string {
	if strings.ContainsFunc(text, unprintable) {
		return "must not hold blanks or control characters"
	}
	if u, err := url.Parse(text); strings.Contains(text, ":") && (err != nil || u.Scheme == "") {
		return tree.Quote(text) + " holds a colon and is no URI (RFC 7519): write it as https://example.org"
	} else if err == nil && u.User != nil {
		return "must not hold a user name or password"
	}
	return ""
}

// BadAudience checks an audience, which must not be empty and has the syntax of an issuer.
func BadAudience(text string) string {
	if text == "" {
		return "must not be empty"
	}
	return BadIssuer(text)
}

func unprintable(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError
}

var hostForm = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

// BadHost checks that a host is in the form that request hosts are compared in; any other
// form would never match.
func BadHost(host string) string {
	switch {
	case host == "" || len(host) <= 253 && hostForm.MatchString(host):
		return ""
	case hostForm.MatchString(strings.ToLower(host)):
		return "host names are compared in lower case: write " + strings.ToLower(host)
	}
	if addr, err := netip.ParseAddr(host); err == nil && addr.String() == host {
		return ""
	}
	return tree.Quote(host) + " is not a host name: write it as shop.example.org, without scheme, port, path or wildcard"
}

// BadPrefix checks a path prefix; "" is valid.
func BadPrefix(prefix string) string {
	if prefix == "" {
		return ""
	}
	if strings.Contains(prefix, "*") {
		return tree.Quote(prefix) + " is not a pattern: a prefix stands for all that is below it"
	}
	if strings.HasSuffix(prefix, "/") {
		return tree.Quote(prefix) + " must not end in a slash"
	}
	return badPath(prefix)
}

// BadPattern checks the path pattern of a rule.
func BadPattern(pattern string) string {
	if pattern == "" {
		return "is missing: write a pattern; /** is every path"
	}
	for segment := range strings.SplitSeq(pattern, "/") {
		if strings.Contains(segment, "*") && segment != "*" && segment != "**" {
			return tree.Quote(pattern) + " has a * inside a segment: * stands for a whole segment, ** for any number"
		}
	}
	return badPath(pattern)
}

// badPath checks that a path is decoded and in the canonical form that decisions are made
// on.
func badPath(path string) string {
	switch {
	case !strings.HasPrefix(path, "/"):
		return tree.Quote(path) + " must begin with a slash"
	case !utf8.ValidString(path) || strings.ContainsFunc(path, unicode.IsControl):
		return "must be UTF-8 without control characters"
	case strings.ContainsAny(path, `\;#?%`):
		return tree.Quote(path) + ` holds one of \ ; # ? %, which no decided path has: write it decoded and without a query`
	case strings.Contains(path, "//"):
		return tree.Quote(path) + " has an empty segment: write single slashes"
	case slices.ContainsFunc(strings.Split(path, "/"), func(s string) bool { return s == "." || s == ".." }):
		return tree.Quote(path) + " has a dot segment: write the path that it leads to"
	}
	return ""
}

// notForCredentials returns headers that describe the connection or the message.
func notForCredentials() []string {
	return []string{
		"connection", "keep-alive", "proxy-authenticate", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
		"host", "content-length", "content-type", "content-encoding", "expect", "date", "forwarded", "origin",
	}
}

// BadHeader checks the name of a header for credentials.
func BadHeader(name string) string {
	lower := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	switch {
	case !IsToken(name) || strings.ContainsAny(name, "_."):
		return tree.Quote(name) + " is not a header name: write it as X-Site-Token"
	case slices.Contains(notForCredentials(), lower):
		return tree.Quote(name) + " has a meaning of its own: choose another, such as X-Site-Token"
	case strings.HasPrefix(lower, "x-auth-"), strings.HasPrefix(lower, "x-cardea-"), strings.HasPrefix(lower, "x-forwarded-"):
		return tree.Quote(name) + " is taken out of every request as forged: choose another, such as X-Site-Token"
	}
	return ""
}

// tokenBytes are the characters of a token besides letters and digits.
const tokenBytes = "!#$%&'*+-.^_`|~"

// IsToken reports whether text is a token (RFC 9110 section 5.6.2).
func IsToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !tree.IsKeyRune(r) && !strings.ContainsRune(tokenBytes, r)
	})
}
