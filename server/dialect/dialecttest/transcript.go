package dialecttest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

// Row is one recorded exchange.
type Row struct {
	Name     string         `json:"name"`
	Config   map[string]any `json:"config"` // settings other than the defaults
	Before   string         `json:"before"` // change to the site just before
	Request  Request        `json:"request"`
	Response Response       `json:"response"`
}

// Request is the recorded request.
type Request struct {
	Method  string          `json:"method"`
	Path    string          `json:"path"` // with the query
	Headers json.RawMessage `json:"headers"`
	Body    *string         `json:"body"`
}

// Response is the recorded response.
type Response struct {
	Status  int             `json:"status"`
	Headers map[string]Text `json:"headers"` // names in lower case
	Body    json.RawMessage `json:"body"`    // a JSON value, or other text as a JSON string
}

// Text is the value of a header; repeated headers are joined by line breaks.
type Text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(raw []byte) error {
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		*t = Text(strings.Join(list, "\n"))
		return nil
	}
	return json.Unmarshal(raw, (*string)(t))
}

// Load reads a transcript with one JSON object per line; a file name that ends in .gz
// is decompressed.
func Load(name string) ([]Row, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var text io.Reader = bytes.NewReader(raw)
	if strings.HasSuffix(name, ".gz") {
		if text, err = gzip.NewReader(text); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	var rows []Row
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row Row
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, len(rows)+1, err)
		}
		rows = append(rows, row)
	}
	return rows, lines.Err()
}

// HTTP converts the request to one that can be served at the given site URL.
func (q Request) HTTP(site string) (*http.Request, error) {
	var body io.Reader
	if q.Body != nil {
		// A transcript is UTF-8; invalid bytes of a request were recorded as U+FFFD.
		body = strings.NewReader(strings.ReplaceAll(*q.Body, "\ufffd", "\xff"))
	}
	r, err := http.NewRequest(q.Method, site+q.Path, body)
	if err != nil {
		return nil, err
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	r.RequestURI, r.RemoteAddr = q.Path, "127.0.0.1:40000"
	pairs, err := q.pairs()
	for _, p := range pairs {
		// A server trims blanks around values.
		r.Header.Add(p[0], strings.Trim(p[1], " \t"))
	}
	return r, err
}

// pairs parses headers, which are an object, or a list if a name repeats.
func (q Request) pairs() (list [][2]string, err error) {
	if len(q.Headers) == 0 {
		return nil, nil
	}
	if q.Headers[0] == '[' {
		return list, json.Unmarshal(q.Headers, &list)
	}
	var object map[string]string
	err = json.Unmarshal(q.Headers, &object)
	for name, value := range object {
		list = append(list, [2]string{name, value})
	}
	return list, err
}
