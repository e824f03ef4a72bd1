package dialecttest

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/gateway"
)

// stage is a dialect on an engine.
type stage struct {
	engine    *core.Engine
	users     *directory
	dialect   dialect.Dialect
	endpoints []dialect.Endpoint
}

// happen applies a change that was made to the recorded site.
func (st *stage) happen(ctx context.Context, what string) error {
	if strings.HasPrefix(what, "application password") {
		st.users.made.Store(true)
		return nil
	}
	return happen(ctx, st.engine, what)
}

// pass sends a request through the gateway to a site; the dialect formats refusals, as in a
// server.
func (st *stage) pass(w http.ResponseWriter, r *http.Request, site http.RoundTripper) error {
	at := &url.URL{Scheme: "http", Host: "upstream.invalid"}
	g, err := gateway.New(gateway.Config{Engine: st.engine, Upstreams: map[string]*url.URL{"site": at}, Transport: site, Words: st})
	if err == nil {
		g.ServeHTTP(w, r)
	}
	return err
}

// Refusal implements httpauth.Words.
func (st *stage) Refusal(ctx context.Context, a *api.Attempt, d core.Decision) (core.ErrorResponse, bool) {
	if refuser, ok := st.dialect.(dialect.Refuser); ok {
		return refuser.Refusal(ctx, st.engine, a, d)
	}
	return core.ErrorResponse{}, false
}

// FailedGuess implements httpauth.Words.
func (st *stage) FailedGuess(a *api.Attempt, d core.Decision) (core.FailedGuess, bool) {
	if guesser, ok := st.dialect.(dialect.Guesser); ok {
		return guesser.FailedGuess(a, d)
	}
	return core.FailedGuess{}, false
}

// NewEngine returns an in-memory engine with the recordings' users, the dialects' token
// formats and fast password hashing. It is closed at the end of the test.
func NewEngine(t testing.TB, now func() time.Time, h *core.Hooks, dialects ...dialect.Dialect) *core.Engine {
	t.Helper()
	e, _ := newEngine(t, now, core.Policy{Hooks: h}, dialects...)
	return e
}

func newEngine(t testing.TB, now func() time.Time, policy core.Policy, dialects ...dialect.Dialect) (*core.Engine, *directory) {
	t.Helper()
	for _, d := range dialects {
		policy.TokenFormats = append(policy.TokenFormats, d.TokenFormat())
	}
	policy.WhenStale = cmp.Or(policy.WhenStale, core.StaleOpen) // a test that moves its clock is no outage
	store, pw := memory.New(), users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
	dir := &directory{Store: users.NewStore(store, users.StoreConfig{Passwords: pw, Now: now, MaxTokenLife: policy.Tokens.MaxTTL})}
	e, err := core.New(context.Background(), core.Config{
		Guessing: throttle.After(0), // the plugins do not throttle
		Store:    store, Directories: []users.Directory{dir}, Passwords: pw,
		Policy: policy, Now: now, PollEvery: 5 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	accounts, err := e.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range Users() {
		if _, err := accounts.Create(context.Background(), u, "test"); err != nil {
			t.Fatalf("create %s: %v", u.Login, err)
		}
	}
	return e, dir
}
