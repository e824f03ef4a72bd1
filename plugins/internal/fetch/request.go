package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Request is a parsed request of a guest (see abi.Record).
type Request struct {
	Method string
	URL    *url.URL
	header http.Header
	body   string
}

// sentHeaders are the request headers that guests may set, in addition to the conditional
// ones (If-...). The others belong to the client, affect message framing, or would make
// claims in the server's name.
var sentHeaders = []string{"Accept", "Accept-Language", "Content-Type", "Authorization", "User-Agent", "X-Api-Key", "X-Request-Id"}

// Parse parses a request: METHOD URL, a line for each header, an empty line, the body.
func Parse(text string) (Request, error) {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	method, target, ok := strings.Cut(lines[0], " ")
	if !ok || !manifest.ValidMethod(method) || !utf8.ValidString(target) {
		return Request{}, errors.New("the first line must be METHOD URL")
	}
	u, err := manifest.ParseTarget(target)
	if err != nil {
		return Request{}, withoutURL(err)
	}
	r := Request{Method: method, URL: u, header: http.Header{}, body: body}
	for _, line := range lines[1:] {
		if err := r.addHeader(line); err != nil {
			return Request{}, err
		}
	}
	return r, nil
}

// withoutURL removes the URL, which may hold a secret.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("the URL: %w", e.Err)
	}
	return err
}

func (r Request) addHeader(line string) error {
	name, value, ok := strings.Cut(line, ":")
	name, value = textproto.CanonicalMIMEHeaderKey(name), strings.Trim(value, " \t")
	switch {
	case !ok || !isToken(name):
		return errors.New("a header line must be Name: value")
	case !slices.Contains(sentHeaders, name) && !strings.HasPrefix(name, "If-"):
		return fmt.Errorf("header %s: allowed are %s and If-*", name, strings.Join(sentHeaders, ", "))
	case strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7F }):
		return fmt.Errorf("header %s contains a control character", name)
	}
	r.header.Add(name, value)
	return nil
}

// isToken reports whether name is a token (RFC 9110 section 5.6.2).
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return c <= ' ' || c >= 0x7F || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}
