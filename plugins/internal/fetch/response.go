package fetch

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"
)

// shownHeaders are the response headers that guests can see.
var shownHeaders = []string{"Content-Type", "Etag", "Last-Modified", "Cache-Control", "Retry-After", "Location"}

// responseText encodes a response for guests.
func responseText(status int, header http.Header, body []byte) string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(status))
	b.WriteByte('\n')
	for _, name := range shownHeaders {
		if value := header.Get(name); value != "" {
			fmt.Fprintf(&b, "%s: %s\n", strings.ToLower(name), withoutControls(value))
		}
	}
	b.WriteByte('\n')
	b.Write(body)
	return b.String()
}

// withoutControls replaces control characters, so that a value stays on one line.
func withoutControls(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, strings.ToValidUTF8(text, "\uFFFD"))
}
