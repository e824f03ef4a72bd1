package hook

import (
	"strconv"
	"strings"

	"github.com/cardea-auth/cardea/plugins/abi"
)

// Secret returns a secret that the operator has given the plugin; false if it is
// absent or not granted. Never log it.
func (e *Event) Secret(name string) (string, bool) { return e.h.secret(name) }

// Secret returns a secret, as [Event.Secret] does, while the plugin is configured.
func (c Config) Secret(name string) (string, bool) { return c.h.secret(name) }

// KVGet returns what the plugin has kept under a key, or [ErrAbsent]. It needs
// the grant kv, as the next two do.
func (e *Event) KVGet(key string) (string, error) {
	text, result := e.h.kvGet(key)
	return text, toError(result)
}

// KVPut keeps a text for some seconds, at most 30 days. All instances and nodes
// of the plugin share what it keeps.
func (e *Event) KVPut(key, text string, seconds int) error {
	return toError(e.h.kvPut(key, text, seconds))
}

// KVIncr adds to a number and returns the sum. A number that is not there begins
// at 0 and lives for some seconds; one that is there keeps its end.
func (e *Event) KVIncr(key string, by int64, seconds int) (int64, error) {
	sum, result := e.h.kvIncr(key, by, seconds)
	return sum, toError(result)
}

// Random fills buf with random bytes.
func (e *Event) Random(buf []byte) error { return toError(e.h.random(buf)) }

// Count adds to a counter that the operator sees. A plugin has at most 32, named
// in lower-case letters, digits and underscores.
func (e *Event) Count(name string, n int64) { e.h.count(name, n) }

// Request is what [Event.Fetch] sends.
type Request struct {
	Method string   // "" is GET
	URL    string   // where a grant http must allow it
	Header []string // lines such as "Accept: application/json"
	Body   string
}

// text is the request as the ABI has it.
func (r Request) text() string {
	var b strings.Builder
	method := r.Method
	if method == "" {
		method = "GET"
	}
	b.WriteString(method + " " + r.URL + "\n")
	for _, line := range r.Header {
		b.WriteString(line + "\n")
	}
	b.WriteString("\n" + r.Body)
	return b.String()
}

// Response is what came back.
type Response struct {
	Status int
	Header []string // lines, the names in lower case; those that the host shows
	Body   string
}

// Get returns the value of a header, by its lower-case name.
func (r Response) Get(name string) string {
	for _, line := range r.Header {
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			return value
		}
	}
	return ""
}

// Fetch makes a request of the host's. It needs the grant http for the place and
// the method; a call may make two. The call's deadline counts on meanwhile.
func (e *Event) Fetch(r Request) (Response, error) {
	text, result := e.h.fetch(r.text())
	if result != abi.OK {
		return Response{}, toError(result)
	}
	return parseResponse(text)
}

func parseResponse(text string) (Response, error) {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	status, err := strconv.Atoi(lines[0])
	if err != nil {
		return Response{}, ErrUnavailable
	}
	return Response{Status: status, Header: lines[1:], Body: body}, nil
}
