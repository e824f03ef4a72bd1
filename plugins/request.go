package plugins

import (
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// fetchRequest is a request as a guest writes it (see abi.Record).
type fetchRequest struct {
	method string
	url    *url.URL
	header http.Header
	body   string
}

// ownHeaders are set by the client, or would change where a request ends.
var ownHeaders = []string{
	"Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Te", "Trailer", "Upgrade",
	"Proxy-Authorization", "Proxy-Connection", "Expect", "Accept-Encoding", "Forwarded", "X-Forwarded-For",
	"X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip",
}

// shownHeaders are the response headers that guests get to see.
var shownHeaders = []string{"Content-Type", "Etag", "Last-Modified", "Cache-Control", "Retry-After", "Location"}

func parseRequest(text string) (fetchRequest, error) {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	method, target, ok := strings.Cut(lines[0], " ")
	if !ok || !slices.Contains(httpMethods, method) || !utf8.ValidString(target) {
		return fetchRequest{}, errors.New("the first line: want METHOD URL")
	}
	u, err := parseTarget(target)
	if err != nil {
		return fetchRequest{}, err
	}
	r := fetchRequest{method: method, url: u, header: http.Header{}, body: body}
	for _, line := range lines[1:] {
		if err := r.addHeader(line); err != nil {
			return fetchRequest{}, err
		}
	}
	return r, nil
}

func (r fetchRequest) addHeader(line string) error {
	name, value, ok := strings.Cut(line, ":")
	name, value = textproto.CanonicalMIMEHeaderKey(name), strings.Trim(value, " \t")
	switch {
	case !ok || !isToken(name):
		return fmt.Errorf("header line %q: want Name: value", line)
	case slices.Contains(ownHeaders, name):
		return fmt.Errorf("header %s belongs to the host", name)
	case strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7F }):
		return fmt.Errorf("header %s: a control character", name)
	}
	r.header.Add(name, value)
	return nil
}

// isToken knows the characters of names (RFC 9110 section 5.6.2).
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return c <= ' ' || c >= 0x7F || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}

// responseText is a response as guests read it.
func responseText(status int, header http.Header, body []byte) string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(status))
	b.WriteByte('\n')
	for _, name := range shownHeaders {
		if value := header.Get(name); value != "" {
			fmt.Fprintf(&b, "%s: %s\n", strings.ToLower(name), printable(value))
		}
	}
	b.WriteByte('\n')
	b.Write(body)
	return b.String()
}
