package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/cardea-auth/cardea/core/netguard"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

// Errors that a guest sees as results of their own.
var (
	ErrNotAllowed = errors.New("no grant covers this request")
	ErrTooLarge   = errors.New("the response is too large")
)

// maxHops bounds the redirects of one request.
const maxHops = 3

// Allow reports whether a request may be made, and whether it may go to private
// addresses.
type Allow func(method string, u *url.URL) (private, ok bool)

// Fetcher makes the requests of one plugin that allow permits. It keeps connections to
// public and private addresses apart. Safe for concurrent use.
type Fetcher struct {
	allow           Allow
	public, private http.RoundTripper
	maxBody         int
}

// New returns a fetcher for responses of at most maxBody bytes. given replaces the
// network if it is not nil. The caller closes the fetcher.
func New(allow Allow, maxBody int, given http.RoundTripper) *Fetcher {
	if given != nil {
		return &Fetcher{allow, given, given, maxBody}
	}
	return &Fetcher{allow, newTransport(false), newTransport(true), maxBody}
}

// newTransport uses no proxy: a proxy would resolve names, and bypass the address check.
func newTransport(private bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if !private {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return netguard.CheckPublic(address) }
	}
	return &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, ForceAttemptHTTP2: true,
		MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		MaxConnsPerHost: 16,
	}
}

// Close closes idle connections.
func (f *Fetcher) Close() {
	for _, t := range []http.RoundTripper{f.public, f.private} {
		if t, ok := t.(*http.Transport); ok {
			t.CloseIdleConnections()
		}
	}
}

// Fetch makes a request and returns the response encoded for the guest.
func (f *Fetcher) Fetch(ctx context.Context, r Request) (string, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL.String(), strings.NewReader(r.body))
	if err != nil {
		return "", err
	}
	req.Header = r.header
	client := &http.Client{Transport: hop{f}, CheckRedirect: f.follow}
	res, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, int64(f.maxBody)+1))
	if err == nil && len(body) > f.maxBody {
		err = ErrTooLarge
	}
	if err != nil {
		return "", err
	}
	return responseText(res.StatusCode, res.Header, body), nil
}

// follow checks each redirect against the grants. Headers and bodies for one host are not
// sent to another.
func (f *Fetcher) follow(req *http.Request, via []*http.Request) error {
	if len(via) > maxHops {
		return errors.New("too many redirects")
	}
	u, err := manifest.ParseTarget(req.URL.String())
	if err != nil {
		return err
	}
	if _, ok := f.allow(req.Method, u); !ok {
		return ErrNotAllowed
	}
	if manifest.HostPort(u) == manifest.HostPort(via[0].URL) {
		return nil
	}
	if req.Response.StatusCode == http.StatusTemporaryRedirect || req.Response.StatusCode == http.StatusPermanentRedirect {
		return fmt.Errorf("%w: a redirect would send the unchanged request to another host", ErrNotAllowed)
	}
	req.Header = http.Header{}
	return nil
}

// hop selects the transport of each request, including redirects.
type hop struct{ *Fetcher }

// RoundTrip implements http.RoundTripper.
func (h hop) RoundTrip(req *http.Request) (*http.Response, error) {
	private, ok := h.allow(req.Method, withPath(req.URL))
	if !ok {
		return nil, ErrNotAllowed
	}
	if private {
		return h.private.RoundTrip(req)
	}
	return h.public.RoundTrip(req)
}

func withPath(u *url.URL) *url.URL {
	if u.Path != "" {
		return u
	}
	clone := *u
	clone.Path = "/"
	return &clone
}
