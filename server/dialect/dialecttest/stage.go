package dialecttest

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
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

// happen does to the site what was done to the recorded one.
func (st *stage) happen(ctx context.Context, what string) error {
	if strings.HasPrefix(what, "application password") {
		st.users.made.Store(true)
		return nil
	}
	return happen(ctx, st.engine, what)
}

// pass sends a request through the gate to a site; the dialect words what is
// refused, as in a server.
func (st *stage) pass(w http.ResponseWriter, r *http.Request, site http.RoundTripper) error {
	decider := &witness{engine: st.engine}
	at := &url.URL{Scheme: "http", Host: "upstream.invalid"}
	g, err := gateway.New(gateway.Config{Engine: decider, Upstreams: map[string]*url.URL{"site": at}, Transport: site})
	if err != nil {
		return err
	}
	got := httptest.NewRecorder()
	g.ServeHTTP(got, r)
	refuser, ok := st.dialect.(dialect.Refuser)
	if d := decider.last; ok && d.Outcome == core.Refused && d.Err != nil && refuser.RefuseGate(st.engine, w, r, d) {
		return nil
	}
	maps.Copy(w.Header(), got.Header())
	w.WriteHeader(got.Code)
	_, err = w.Write(got.Body.Bytes())
	return err
}

// witness remembers what the engine decided.
type witness struct {
	engine *core.Engine
	last   core.Decision
}

// Decide implements gateway.Decider.
func (w *witness) Decide(ctx context.Context, a *api.Attempt) core.Decision {
	w.last = w.engine.Decide(ctx, a)
	return w.last
}

// NewEngine returns an engine in memory that knows the recordings' users and
// the dialects' layouts, and hashes passwords quickly. It is closed with the
// test.
func NewEngine(t testing.TB, now func() time.Time, h *core.Hooks, dialects ...dialect.Dialect) *core.Engine {
	t.Helper()
	e, _ := newEngine(t, now, core.Policy{Hooks: h}, dialects...)
	return e
}

func newEngine(t testing.TB, now func() time.Time, policy core.Policy, dialects ...dialect.Dialect) (*core.Engine, *directory) {
	t.Helper()
	for _, d := range dialects {
		policy.Layouts = append(policy.Layouts, d.Layout())
	}
	policy.WhenStale = cmp.Or(policy.WhenStale, core.StaleOpen) // a test that moves its clock is no outage
	store, pw := memory.New(), users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
	dir := &directory{Store: users.NewStore(store, users.StoreConfig{Passwords: pw, Now: now, MaxTokenLife: policy.Tokens.MaxTTL})}
	e, err := core.New(context.Background(), core.Config{
		Guessing: throttle.After(0), // the plugins slow nobody down
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
