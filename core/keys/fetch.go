package keys

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/cardea-auth/cardea/core/netguard"
	"github.com/cardea-auth/cardea/core/printable"
)

// fetcher gets small documents from addresses that configuration or a discovery
// document names, without being led elsewhere: no redirects, no proxy, no
// addresses inside the house unless allowed.
type fetcher struct {
	client       *http.Client
	allowPrivate bool
}

func newFetcher(allowPrivate bool, timeout time.Duration) *fetcher {
	dialer := &net.Dialer{Timeout: timeout}
	if !allowPrivate {
		// Control sees the address after name resolution, so that a name that
		// changes between check and use changes nothing.
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return netguard.CheckPublic(address) }
	}
	return &fetcher{allowPrivate: allowPrivate, client: &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: timeout,
			DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("redirects are not followed: configure the final address")
		},
	}}
}

// get returns a document. What the server has written of an error is bounded.
func (f *fetcher) get(ctx context.Context, address string) ([]byte, error) {
	data, err := f.fetch(ctx, address)
	return data, printable.Error(err)
}

func (f *fetcher) fetch(ctx context.Context, address string) ([]byte, error) {
	u, err := checkURL(address, f.allowPrivate)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json, application/jwk-set+json")
	res, err := f.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", address, printable.Text(res.Status))
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxSetBytes+1))
	if err == nil && len(data) > maxSetBytes {
		err = fmt.Errorf("%s: more than %d bytes", address, maxSetBytes)
	}
	return data, err
}

// checkURL wants an absolute https URL without credentials; http only inside the
// house.
func checkURL(address string, allowPrivate bool) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && !(allowPrivate && u.Scheme == "http") {
		return nil, fmt.Errorf("address %.256q: want https://host/path, without user or fragment", address)
	}
	return u, nil
}
