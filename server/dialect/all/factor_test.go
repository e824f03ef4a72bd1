package all_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/dialect/all"
)

const (
	password  = "correct-horse"
	rightCode = "424242"
)

// loginRoutes is an engine with a mount of each dialect, whose logins require a code.
type loginRoutes struct {
	t      *testing.T
	serve  http.Handler
	judged int // wrong codes that the hook has checked
	mu     sync.Mutex
	now    time.Time
	asked  int
}

func newLoginRoutes(t *testing.T) *loginRoutes {
	r := &loginRoutes{t: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	hooks := core.NewHooks()
	if err := hooks.LoginBefore.Bind("2fa", r.judge); err != nil {
		t.Fatal(err)
	}
	policy, mounts := core.Policy{Hooks: hooks, WhenStale: core.StaleOpen}, []dialect.Dialect{}
	for _, c := range dialect.Clients(all.Types()) {
		m := dialect.Mount{Name: c.Dialect, Host: c.Dialect + ".example", Issuer: "https://" + c.Dialect + ".example", Peer: r.peer,
			Prefix: all.Types()[c.Dialect].Traits().Base}
		d, err := all.Types()[c.Dialect].Open(m)
		if err != nil {
			t.Fatal(err)
		}
		if l := d.TokenFormat(); l.Name != "" {
			policy.TokenFormats = append(policy.TokenFormats, l)
		}
		mounts = append(mounts, d)
	}
	e, err := core.New(t.Context(), core.Config{
		Policy: policy, Now: r.time, PollEvery: time.Hour,
		Passwords: users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	accounts, err := e.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := accounts.Create(t.Context(), users.NewUser{Login: "anna", Password: password}, "test"); err != nil {
		t.Fatal(err)
	}
	var list []dialect.Endpoint
	for _, d := range mounts {
		list = append(list, d.Endpoints(e)...)
	}
	r.serve = dialect.Mux(list, http.NotFoundHandler())
	return r
}

func (r *loginRoutes) judge(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
	switch v.Answers["code"] {
	case rightCode:
		return v, nil
	case "":
	default:
		r.judged++
	}
	v.Challenge = &core.Challenge{Kind: "2fa_required", Public: "enter your code"}
	return v, nil
}

// the engine's own goroutines read the time as well
func (r *loginRoutes) time() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *loginRoutes) wait(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

// peer returns a different address for each request.
func (r *loginRoutes) peer(*http.Request) netip.Addr {
	r.mu.Lock()
	defer r.mu.Unlock()
	return netip.AddrFrom4([4]byte{198, 51, byte(r.asked / 250), byte(r.asked%250 + 1)})
}

// try logs in at a dialect, with the password in the body or in a Basic header.
func (r *loginRoutes) try(c dialect.NamedClient, path, code string, basic bool) int {
	r.mu.Lock()
	r.asked++
	r.mu.Unlock()
	r.wait(20 * time.Second)
	body := map[string]any{"code": code}
	if c.Dialect == "native" {
		body = map[string]any{"answers": map[string]string{"code": code}}
	}
	if !basic {
		body["username"], body["password"] = "anna", password
	}
	text, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	q := httptest.NewRequest("POST", "http://"+c.Dialect+".example"+path, bytes.NewReader(text))
	q.Header.Set("Content-Type", "application/json")
	if basic {
		q.SetBasicAuth("anna", password)
	}
	w := httptest.NewRecorder()
	r.serve.ServeHTTP(w, q)
	return w.Code
}

// loginRoute is a route at which a challenge can be answered; add a line for a new one.
type loginRoute struct {
	dialect, path string
	basic         bool
}

func allLoginRoutes() []loginRoute {
	list := []loginRoute{
		{"cocart", "/wp-json/cocart/v2/login", true}, {"cocart", "/wp-json/cocart/v2/logout", true},
		{"cocart1", "/wp-json/cocart/v2/login", true}, {"cocart1", "/wp-json/cocart/v1/logout", true},
	}
	for _, c := range dialect.Clients(all.Types()) {
		list = append(list, loginRoute{c.Dialect, c.Login.Path, false})
	}
	return list
}

// TestLogin_wrongCodes: on each route and on all together, ten wrong codes are checked in
// 15 minutes; after that the correct one is delayed too.
func TestLogin_wrongCodes(t *testing.T) {
	tables := map[string][]loginRoute{"all together": allLoginRoutes()}
	for _, r := range allLoginRoutes() {
		tables[fmt.Sprintf("%s %s basic=%v", r.dialect, r.path, r.basic)] = []loginRoute{r}
	}
	for name, list := range tables {
		r := newLoginRoutes(t)
		for i := range 30 {
			at := list[i%len(list)]
			c, _ := dialect.ClientOf(all.Types(), at.dialect)
			if status := r.try(c, at.path, fmt.Sprint(i), at.basic); status == http.StatusOK {
				t.Fatalf("%s: a wrong code logs in", name)
			}
		}
		if r.judged != 10 {
			t.Errorf("%s: %d wrong codes were judged, want 10", name, r.judged)
		}
		for _, at := range list {
			c, _ := dialect.ClientOf(all.Types(), at.dialect)
			if status := r.try(c, at.path, rightCode, at.basic); status != http.StatusTooManyRequests {
				t.Errorf("%s: the right code after ten wrong ones at %s: %d, want 429", name, at.path, status)
			}
		}
		r.wait(15 * time.Minute)
		c, _ := dialect.ClientOf(all.Types(), list[0].dialect)
		if status := r.try(c, list[0].path, rightCode, list[0].basic); status != http.StatusOK {
			t.Errorf("%s: the right code 15 minutes later: got %d, want status %d", name, status, http.StatusOK)
		}
	}
}

// TestMux_nilParts: missing handlers fail at the start.
func TestMux_nilParts(t *testing.T) {
	for name, build := range map[string]func(){
		"no next":    func() { dialect.Mux(nil, nil) },
		"no handler": func() { dialect.Mux([]dialect.Endpoint{{Path: "/x"}}, http.NotFoundHandler()) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: accepted", name)
				}
			}()
			build()
		}()
	}
}
