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
	Config   map[string]any `json:"config"` // what was set other than by default
	Before   string         `json:"before"` // what was done to the site just before
	Request  Request        `json:"request"`
	Response Response       `json:"response"`
}

// Request is what was sent.
type Request struct {
	Method  string          `json:"method"`
	Path    string          `json:"path"` // with the query
	Headers json.RawMessage `json:"headers"`
	Body    *string         `json:"body"`
}

// Response is what came back.
type Response struct {
	Status  int             `json:"status"`
	Headers map[string]Text `json:"headers"` // names in lower case
	Body    json.RawMessage `json:"body"`    // a JSON value, or the text as a string
}

// Text is the value of a header, all values of one that came more than once.
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

// Load reads a transcript, one JSON object a line; a name that ends in .gz is
// decompressed.
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

// HTTP makes the request ready to serve at the site with that address.
func (q Request) HTTP(site string) (*http.Request, error) {
	var body io.Reader
	if q.Body != nil {
		// A transcript holds UTF-8; where something else was sent, it has U+FFFD.
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
		// A server hands on values without the blanks around them.
		r.Header.Add(p[0], strings.Trim(p[1], " \t"))
	}
	return r, err
}

// pairs reads headers, which are an object, or a list where a name repeats.
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
