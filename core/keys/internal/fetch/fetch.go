package fetch

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

// Client downloads small documents from URLs in the configuration or in a discovery
// document. It follows no redirects, uses no proxy and connects to no internal
// addresses unless allowed. Use [New]. Safe for concurrent use.
type Client struct {
	client       *http.Client
	allowPrivate bool
	maxBytes     int
}

// New returns a client for documents of up to maxBytes. allowPrivate permits loopback
// and private addresses and plain http. timeout applies to one document.
func New(maxBytes int, allowPrivate bool, timeout time.Duration) *Client {
	dialer := &net.Dialer{Timeout: timeout}
	if !allowPrivate {
		// Control sees the address after name resolution, which prevents DNS rebinding.
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return netguard.CheckPublic(address) }
	}
	return &Client{maxBytes: maxBytes, allowPrivate: allowPrivate, client: &http.Client{
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

// Get returns a document. Server text in an error is bounded in length.
func (c *Client) Get(ctx context.Context, address string) ([]byte, error) {
	data, err := c.fetch(ctx, address)
	return data, printable.Error(err)
}

func (c *Client) fetch(ctx context.Context, address string) ([]byte, error) {
	u, err := CheckURL(address, c.allowPrivate)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json, application/jwk-set+json")
	res, err := c.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", address, printable.Text(res.Status))
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, int64(c.maxBytes)+1))
	if err == nil && len(data) > c.maxBytes {
		err = fmt.Errorf("%s: more than %d bytes", address, c.maxBytes)
	}
	return data, err
}

// CheckURL parses an absolute https URL without credentials or fragment; allowPrivate
// also permits http.
func CheckURL(address string, allowPrivate bool) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && !(allowPrivate && u.Scheme == "http") {
		return nil, fmt.Errorf("address %.256q: want https://host/path, without user or fragment", address)
	}
	return u, nil
}
