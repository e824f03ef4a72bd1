package manage

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cardea-auth/cardea/core/api"
)

// Client administers an engine through a [Handler]. It never retries a request. Errors of
// the handler are [*api.Error] with its code, reason and message.
type Client struct {
	transport http.RoundTripper
	actor     string
	wait      time.Duration
}

// NewClient returns a client that sends requests through transport as actor and waits at
// most wait for a response; 0 means a minute.
func NewClient(transport http.RoundTripper, actor string, wait time.Duration) *Client {
	if wait == 0 {
		wait = time.Minute
	}
	return &Client{transport, asActor(actor), wait}
}

// maxAnswer bounds a response, in bytes. The largest page of users is far smaller.
const maxAnswer = 8 << 20

// ErrUnknownOutcome says that a change was sent but got no response: it may or may not
// have been made.
var ErrUnknownOutcome = errors.New("it is not known whether the change was made: check before you try again")

// ErrOtherVersion says that the server does not support the request.
var ErrOtherVersion = errors.New("the server has another version than this command and does not support this")

// do sends one request and decodes the response into out. path must be escaped.
func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, c.wait)
	defer cancel()
	r, err := c.request(ctx, method, path, in)
	if err != nil {
		return err
	}
	resp, err := c.transport.RoundTrip(r)
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return fmt.Errorf("the server cannot be reached, and nothing was changed: %w", err)
	}
	if err != nil {
		return c.unanswered(r, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return c.unanswered(r, err)
	}
	if resp.StatusCode != http.StatusOK {
		return told(resp, body)
	}
	if err := json.Unmarshal(body, out); err != nil {
		return c.unanswered(r, fmt.Errorf("read its answer: %w", err))
	}
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(data)
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://control"+path, body)
	if err != nil {
		return nil, err
	}
	r.GetBody = nil // never resend
	r.Header.Set(ActorHeader, url.QueryEscape(c.actor))
	if in != nil {
		r.Header.Set("Content-Type", contentType)
	}
	return r, nil
}

// unanswered returns the error for a request that may have been received.
func (c *Client) unanswered(r *http.Request, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %s", c.wait)
	}
	if r.Method == http.MethodGet {
		return fmt.Errorf("the server did not answer: %w", err)
	}
	return fmt.Errorf("the server did not answer: %w: %w", err, ErrUnknownOutcome)
}

// told converts a response to an error.
func told(resp *http.Response, body []byte) error {
	var f fault
	err := json.Unmarshal(body, &f)
	switch {
	case err == nil && f.Code != "" && f.Reason != ReasonNoRoute:
		return &api.Error{Code: f.Code, Reason: f.Reason, Public: f.Message, About: f.About}
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusMethodNotAllowed:
		return ErrOtherVersion
	}
	return fmt.Errorf("the server answered %s, which this command cannot read", resp.Status)
}

// segment escapes a path segment, including dots.
func segment(s string) string { return strings.ReplaceAll(url.PathEscape(s), ".", "%2E") }
