package plugins

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

	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/plugins/manifest"
)

var (
	errNotAllowed = errors.New("no grant covers this request")
	errTooLarge   = errors.New("the response is too large")
)

// maxHops bounds the redirects that one request follows.
const maxHops = 3

// fetcher makes requests for one plugin, where its grants allow. It keeps
// connections to public and to private addresses apart. Safe for concurrent use.
type fetcher struct {
	rights          manifest.Rights
	public, private http.RoundTripper
	maxBody         int
}

// newFetcher returns a fetcher; given replaces the network if it is not nil.
func newFetcher(r manifest.Rights, maxBody int, given http.RoundTripper) *fetcher {
	if given != nil {
		return &fetcher{r, given, given, maxBody}
	}
	return &fetcher{r, newTransport(false), newTransport(true), maxBody}
}

// newTransport uses no proxy: it would resolve names out of our sight.
func newTransport(private bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	if !private {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return keys.PublicAddress(address) }
	}
	return &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, ForceAttemptHTTP2: true,
		MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		MaxConnsPerHost: 16,
	}
}

// close lets go of idle connections.
func (f *fetcher) close() {
	for _, t := range []http.RoundTripper{f.public, f.private} {
		if t, ok := t.(*http.Transport); ok {
			t.CloseIdleConnections()
		}
	}
}

// fetch makes a request and returns the response as the guest reads it.
func (f *fetcher) fetch(ctx context.Context, r fetchRequest) (string, error) {
	req, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), strings.NewReader(r.body))
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
		err = errTooLarge
	}
	if err != nil {
		return "", err
	}
	return responseText(res.StatusCode, res.Header, body), nil
}

// follow holds each redirect to the grants; what was meant for one host does not
// go to another.
func (f *fetcher) follow(req *http.Request, via []*http.Request) error {
	if len(via) > maxHops {
		return errors.New("too many redirects")
	}
	u, err := manifest.ParseTarget(req.URL.String())
	if err != nil {
		return err
	}
	if _, ok := f.rights.HTTP(req.Method, u); !ok {
		return errNotAllowed
	}
	if manifest.HostPort(u) == manifest.HostPort(via[0].URL) {
		return nil
	}
	if req.Response.StatusCode == http.StatusTemporaryRedirect || req.Response.StatusCode == http.StatusPermanentRedirect {
		return fmt.Errorf("%w: a redirect that takes the request as it is to another host", errNotAllowed)
	}
	req.Header = http.Header{}
	return nil
}

// hop chooses the transport of each request, redirected ones included.
type hop struct{ *fetcher }

// RoundTrip implements http.RoundTripper.
func (h hop) RoundTrip(req *http.Request) (*http.Response, error) {
	private, ok := h.rights.HTTP(req.Method, withPath(req.URL))
	if !ok {
		return nil, errNotAllowed
	}
	if private {
		return h.fetcher.private.RoundTrip(req)
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
