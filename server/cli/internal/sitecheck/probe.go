package sitecheck

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/server/dialect"
)

// probe makes requests to a site as a client does, for doctor and test-login.
type probe struct {
	base   string // without trailing slash
	client *http.Client

	host, scheme string // of the site that is asked for, if base is the address of its server
}

// probeBytes is the maximum number of bytes read from a response.
const probeBytes = 1 << 20

func newProbe(base string) (*probe, error) {
	u, err := url.Parse(base)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%.60q is not an address of a site: write it as https://shop.example.org", base)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &probe{base: strings.TrimSuffix(base, "/"), client: &http.Client{Timeout: 10 * time.Second, CheckRedirect: stay}}, nil
}

// newServerProbe returns a probe that asks the server at an address for a site of another
// name, as a proxy does.
func newServerProbe(server, site string) (*probe, error) {
	u, err := url.Parse(site)
	if err != nil {
		return nil, err
	}
	p, err := newProbe(strings.TrimSuffix(server, "/") + strings.TrimSuffix(u.EscapedPath(), "/"))
	if err == nil {
		p.host, p.scheme = u.Host, u.Scheme
	}
	return p, err
}

// origin returns the scheme and host of the address.
func (p *probe) origin() string { return strings.TrimSuffix(p.base, p.path()) }

// askAt makes a GET request for a path of the host.
func (p *probe) askAt(ctx context.Context, target string) (reply, error) {
	return p.askURL(ctx, http.MethodGet, p.origin()+target, "")
}

// path returns the path of the address, without trailing slash.
func (p *probe) path() string {
	u, err := url.Parse(p.base)
	if err != nil { // cannot happen: newProbe parsed it
		return ""
	}
	return u.EscapedPath()
}

// reply is the part of a response that the checks use.
type reply struct {
	status int
	header http.Header
	isJSON bool // or, to HEAD, says that it would be
	text   string
	code   string         // from the error object of WordPress or its plugins
	body   map[string]any // nil unless it is a JSON object
}

// ask makes one request; headers are pairs of name and value.
func (p *probe) ask(ctx context.Context, method, path, body string, headers ...string) (reply, error) {
	return p.askURL(ctx, method, p.base+path, body, headers...)
}

func (p *probe) askURL(ctx context.Context, method, address, body string, headers ...string) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if p.host != "" {
		req.Host = p.host
		req.Header.Set("X-Forwarded-Proto", p.scheme)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := p.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, probeBytes))
	if err != nil {
		return reply{}, err
	}
	r := reply{status: res.StatusCode, header: res.Header, text: string(text), isJSON: json.Valid(text)}
	if method == http.MethodHead {
		r.isJSON = strings.HasPrefix(res.Header.Get("Content-Type"), "application/json")
	}
	if json.Unmarshal(text, &r.body) == nil {
		r.code, _ = r.body["code"].(string)
		if name, ok := r.body["error"].(string); ok && r.body["status"] == "error" {
			r.code = name // its "code" is the status
		}
	}
	return r, nil
}

// answer returns the response in the form that dialects know.
func (r reply) answer() dialect.Answer {
	return dialect.Answer{Status: r.status, Header: r.header, Text: r.text, Object: r.body}
}

// blocked reports whether the response looks like the block page of a firewall or security
// plugin.
func (r reply) blocked() bool {
	switch r.status {
	case 403, 406, 409, 418, 429, 503:
		return !r.isJSON
	}
	return false
}

// refused reports whether the response is a refusal; some plugins send them with status 200.
func (r reply) refused() bool { return r.status/100 != 2 || r.body["status"] == "error" }

func (r reply) String() string {
	if r.code != "" {
		return fmt.Sprintf("%d %s", r.status, r.code)
	}
	return fmt.Sprint(r.status)
}
