package dialecttest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Site is a served dialect, on an engine with the recordings' users and its own clock.
type Site struct {
	http.Handler
	Engine *core.Engine
	at     *atomic.Int64
	users  *directory
}

// Serve opens a dialect at a mount with config c. change may modify c and the hooks; it
// may be nil. The clock stands still at a time after the start of the recordings.
func Serve[C dialect.Opener](t testing.TB, m dialect.Mount, c C, change func(*C, *core.Hooks)) *Site {
	t.Helper()
	h := core.NewHooks()
	if change != nil {
		change(&c, h)
	}
	d, err := c.Open(m)
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{at: new(atomic.Int64)}
	s.at.Store(time.Unix(1795283400, 0).UnixNano())
	s.Engine, s.users = newEngine(t, s.Now, core.Policy{Hooks: h}, d)
	s.Handler = dialect.Mux(d.Endpoints(s.Engine), http.NotFoundHandler())
	return s
}

// Now returns the time of the clock.
func (s *Site) Now() time.Time { return time.Unix(0, s.at.Load()) }

// Forward advances the clock.
func (s *Site) Forward(d time.Duration) { s.at.Add(int64(d)) }

// Edit changes a user through the engine's accounts.
func (s *Site) Edit(t testing.TB, login string, change func(context.Context, *core.Accounts, api.User) error) {
	t.Helper()
	accounts, err := s.Engine.Admin().Accounts()
	if err != nil {
		t.Fatal(err)
	}
	u, err := accounts.ByLogin(context.Background(), login)
	if err == nil {
		err = change(context.Background(), accounts, u)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Answer is a response of a site.
type Answer struct {
	Status int
	Header http.Header
	Text   string
	body   any
}

// Do sends a request; a body that begins with "{" is JSON, any other a form. headers
// are pairs of name and value.
func (s *Site) Do(t testing.TB, method, target, body string, headers ...string) Answer {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	switch {
	case strings.HasPrefix(body, "{"):
		r.Header.Set("Content-Type", "application/json")
	case body != "":
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	a := Answer{Status: w.Code, Header: w.Header(), Text: w.Body.String()}
	if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
		t.Fatalf("%s %s: %v in %q", method, target, err, w.Body)
	}
	return a
}

// Get returns a member of the body by its path, such as "data.token": numbers in their
// shortest form, lists and objects as formatted by fmt, "" if it does not exist.
func (a Answer) Get(path string) string {
	v := a.body
	for name := range strings.SplitSeq(path, ".") {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// Want fails the test unless status and the member at path are as given.
func (a Answer) Want(t testing.TB, status int, path, value string) {
	t.Helper()
	if a.Status != status || a.Get(path) != value {
		t.Errorf("got %d %s, want %d with %s %q", a.Status, a.Text, status, path, value)
	}
}
