package issuerkeys_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys/issuerkeys"
)

// TestRemote_slowIssuer: a slow issuer delays a caller no longer than the caller's own
// deadline.
func TestRemote_slowIssuer(t *testing.T) {
	const soon = 20 * time.Second // far below the timeout of a fetch here
	for name, tt := range map[string]struct {
		age     time.Duration // age of the known set; 0: there is none
		kid     string        // "": a known one
		patient bool          // the client does not disconnect
		found   bool
		code    api.Code
	}{
		"a known kid, the set is old":            {age: 11 * time.Minute, patient: true, found: true},
		"a known kid, the set is too old":        {age: 25 * time.Hour, code: api.Unavailable},
		"an unknown kid, its client hangs up":    {age: 11 * time.Minute, kid: "x"},
		"an unknown kid, the set is new":         {age: time.Minute, kid: "x"},
		"there is no set, the client hangs up":   {code: api.Unavailable},
		"an unknown kid, and no set, and no one": {kid: "x", code: api.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			is := newIssuer(t)
			r := is.remote(t, func(c *issuerkeys.Config) { c.Timeout = time.Minute })
			if tt.age > 0 && !finds(t, r, is.present) {
				t.Fatal("the set was not fetched")
			}
			hang := make(chan struct{})
			is.serve(func(http.ResponseWriter, *http.Request) { <-hang })
			t.Cleanup(func() { close(hang) })
			is.clock.now = is.clock.now.Add(tt.age)
			hits := is.hits.Load()
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() { ask(t, r, is, tt.kid, tt.patient, tt.found, tt.code, soon) })
			}
			all.Wait()
			if n := is.hits.Load() - hits; n > 1 {
				t.Errorf("%d fetches at once, want one", n)
			}
		})
	}
}

func ask(t *testing.T, r *issuerkeys.Remote, is *issuer, kid string, patient, found bool, code api.Code, soon time.Duration) {
	ctx := t.Context()
	if !patient {
		left, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		ctx = left
	}
	if kid == "" {
		kid = is.present.ID
	}
	began := time.Now()
	list, err := r.Verifying(ctx, kid, "ES256")
	if waited := time.Since(began); waited > soon {
		t.Errorf("waited %v", waited)
	}
	if (len(list) > 0) != found || err == nil && code != "" || err != nil && api.CodeOf(err) != code {
		t.Errorf("got %d keys, %v, want found: %v, code %q", len(list), err, found, code)
	}
}

// TestRemote_waitIsBounded: a caller without a deadline waits for the time of one fetch,
// although discovery and key set may take twice as long, and however the issuer delays it.
func TestRemote_waitIsBounded(t *testing.T) {
	each := func(r *http.Request, piece func()) {
		for {
			select {
			case <-r.Context().Done():
				return
			case <-time.After(10 * time.Millisecond):
				piece()
			}
		}
	}
	for name, h := range map[string]http.HandlerFunc{
		"nothing comes": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a byte at a time": func(w http.ResponseWriter, r *http.Request) {
			each(r, func() {
				w.Write([]byte(" "))
				http.NewResponseController(w).Flush()
			})
		},
		"hints at a time": func(w http.ResponseWriter, r *http.Request) {
			each(r, func() { w.WriteHeader(http.StatusProcessing) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := newIssuer(t)
			is.serve(h)
			r := is.remote(t, func(c *issuerkeys.Config) { c.Timeout = 200 * time.Millisecond })
			began := time.Now()
			if _, err := r.Verifying(context.Background(), "x", "ES256"); api.CodeOf(err) != api.Unavailable {
				t.Errorf("got %v, want unavailable", err)
			}
			if waited := time.Since(began); waited > 5*time.Second {
				t.Errorf("waited %v", waited)
			}
		})
	}
}
