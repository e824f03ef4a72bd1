package core_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/session"
)

// TestRefreshRate: one session's refreshes have a rate, of which a refusal uses up nothing
// and leaves the token as it was; what fails and what is another session's does not count.
func TestRefreshRate(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) { c.RefreshesPerMinute = 3 })
	mine, other := h.begin(), h.begin()
	newest := mine.Refresh
	refresh := func() error {
		pair, err := h.refresh(newest)
		if err == nil {
			newest = pair.Refresh
		}
		return err
	}
	reissue := func() error {
		_, err := h.Tokens().ReissueAccess(context.Background(), core.RefreshRequest{Token: newest})
		return err
	}
	look := func() error {
		_, _, err := h.Tokens().PeekRefresh(context.Background(), core.RefreshRequest{Token: newest})
		return err
	}
	forged, err := session.NewRefresh(rand.Reader, mine.Session)
	h.must(err)
	guess := func() error { _, err := h.refresh(forged.Text()); return err }
	client := func() error {
		_, err := h.Tokens().Refresh(context.Background(), core.RefreshRequest{Token: newest, Client: "another"})
		return err
	}
	for _, c := range []struct {
		what   string
		do     func() error
		code   api.Code
		passed time.Duration // before it
	}{
		{"the first", refresh, "", 0},
		{"a forged one", guess, api.Unauthenticated, 0},
		{"another client's", client, api.Unauthenticated, 0},
		{"a look", look, "", 0},
		{"a new access token", reissue, "", 0},
		{"the third", refresh, "", time.Second},
		{"the fourth", refresh, api.Throttled, 0},
		{"the fourth, again", refresh, api.Throttled, 0},
		{"a fourth access token", reissue, api.Throttled, 0},
		{"a look after it", look, api.Throttled, 0},
		{"a forged one after it", guess, api.Unauthenticated, 0},
		{"another client's after it", client, api.Unauthenticated, 0},
		{"another session's", func() error { _, err := h.refresh(other.Refresh); return err }, "", 0},
		{"a minute later", refresh, "", time.Minute},
	} {
		h.clock.advance(c.passed)
		err := c.do()
		if c.code == "" && err != nil || c.code != "" && api.CodeOf(err) != c.code {
			t.Errorf("%s: %v; want code %q", c.what, err, c.code)
		}
		if e := api.AsError(err); c.code == api.Throttled && (e.Reason != api.ReasonTooMany || e.RetryAfter <= 0 || e.RetryAfter > time.Minute) {
			t.Errorf("%s: reason %q, again after %s", c.what, e.Reason, e.RetryAfter)
		}
	}
	free := newTestEngine(t, nil)
	pair := free.begin()
	for i := range 50 {
		if pair, err = free.refresh(pair.Refresh); err != nil {
			t.Fatalf("without a rate, refresh %d: %v", i, err)
		}
	}
}
