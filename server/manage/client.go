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

// Client administers by asking a [Handler]. It sends each request once. Errors that
// the handler tells of are [*api.Error] with its code, reason and sentence.
type Client struct {
	transport http.RoundTripper
	actor     string
	wait      time.Duration
}

// NewClient returns a client that asks through the transport, as actor, and waits so
// long for an answer; 0 is a minute.
func NewClient(transport http.RoundTripper, actor string, wait time.Duration) *Client {
	if wait == 0 {
		wait = time.Minute
	}
	return &Client{transport, asActor(actor), wait}
}

// maxAnswer bounds what is read of an answer. A page of users with all that they can
// have is far below.
const maxAnswer = 8 << 20

// ErrUnknownOutcome says that a change was sent and not answered for: it was made, or
// it was not.
var ErrUnknownOutcome = errors.New("whether the change was made is not known: look before you try again")

// ErrOtherVersion says that the other side does not know what was asked.
var ErrOtherVersion = errors.New("the server is of another version than this command, and cannot do this")

// do sends one request and reads the answer into out. Path is escaped.
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
	r.GetBody = nil // nothing is sent twice
	r.Header.Set(ActorHeader, url.QueryEscape(c.actor))
	if in != nil {
		r.Header.Set("Content-Type", contentType)
	}
	return r, nil
}

// unanswered is the error of a request that may have been received.
func (c *Client) unanswered(r *http.Request, err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %s", c.wait)
	}
	if r.Method == http.MethodGet {
		return fmt.Errorf("the server did not answer: %w", err)
	}
	return fmt.Errorf("the server did not answer: %w: %w", err, ErrUnknownOutcome)
}

// told is the error that an answer tells of.
func told(resp *http.Response, body []byte) error {
	var f fault
	err := json.Unmarshal(body, &f)
	switch {
	case err == nil && f.Code != "" && f.Reason != ReasonNoRoute:
		return api.E(f.Code, f.Reason, f.Message)
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusMethodNotAllowed:
		return ErrOtherVersion
	}
	return fmt.Errorf("the server answered %s, which this command cannot read", resp.Status)
}

// segment escapes what stands between two slashes of a path, also names of dots.
func segment(s string) string { return strings.ReplaceAll(url.PathEscape(s), ".", "%2E") }
