package manage_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/storetest"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/manage"
)

const password = "correct-horse-battery"

// office is an engine that is administered.
type office struct {
	*manage.Client
	t       *testing.T
	engine  *core.Engine
	store   *storetest.Failing
	handler http.Handler
	log     strings.Builder

	mu     sync.Mutex
	events []string // as "point actor target"
}

func open(t *testing.T) *office {
	o := &office{t: t, store: &storetest.Failing{Store: memory.New()}}
	h := core.NewHooks()
	for _, p := range h.Points() {
		if action, ok := p.(*hooks.Action[core.Event]); ok {
			err := action.Bind("test", func(_ context.Context, e core.Event) error {
				o.mu.Lock()
				defer o.mu.Unlock()
				o.events = append(o.events, action.Name()+" "+e.Actor)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	log := slog.New(slog.NewTextHandler(&o.log, nil))
	var err error
	o.engine, err = core.New(t.Context(), core.Config{
		Store: o.store, Policy: core.Policy{Hooks: h}, Logger: log,
		Passwords: users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.engine.Close() })
	ring, err := keys.Open(t.Context(), keys.Config{Algorithm: "EdDSA"})
	if err != nil {
		t.Fatal(err)
	}
	o.handler = manage.Handler(manage.Config{Engine: o.engine, Logger: log, AssertionKeys: func(context.Context, bool) (*keys.Ring, func(), error) {
		return ring, func() {}, nil
	}})
	o.Client = manage.NewClient(manage.InProcess(o.handler), "cli:olga", 0)
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// begin makes the user, API key and session that changes act on.
func (o *office) begin() (key manage.APIKey, session, token string) {
	ctx := o.t.Context()
	_, err := o.AddUser(ctx, manage.NewUser{Login: "anna", Email: "anna@example.org", Roles: []string{"editor"}, Password: password})
	o.must(err)
	key, err = o.CreateAPIKey(ctx, manage.NewAPIKey{Login: "anna", Name: "backup"})
	o.must(err)
	id, err := o.engine.Identity(ctx, "anna")
	o.must(err)
	g, err := o.engine.Begin(ctx, core.BeginRequest{Identity: id})
	o.must(err)
	return key, g.Session, g.Access.Text.Reveal()
}

// change is one change that can be made, on what begin has made.
type change struct {
	name  string
	event string // "": it has no point
	store bool   // whether the store keeps it
	do    func(ctx context.Context, o *office, key manage.APIKey, session, token string) error
}

func changes() []change {
	return []change{
		{"user add", "user-changed", true, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.AddUser(ctx, manage.NewUser{Login: "ben"})
			return err
		}},
		{"user passwd", "user-changed", true, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.SetPassword(ctx, "anna", "another long one")
			return err
		}},
		{"user disable", "user-changed", true, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.SetDisabled(ctx, "anna@example.org", true)
			return err
		}},
		{"user enable", "user-changed", true, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.SetDisabled(ctx, "anna", false)
			return err
		}},
		{"user delete", "user-deleted", true, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.DeleteUser(ctx, "anna")
			return err
		}},
		{"apikey create", "apikey-created", true, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.CreateAPIKey(ctx, manage.NewAPIKey{Login: "anna"})
			return err
		}},
		{"apikey rotate", "", true, func(ctx context.Context, o *office, k manage.APIKey, _, _ string) error {
			_, err := o.RotateAPIKey(ctx, k.ID, time.Hour)
			return err
		}},
		{"apikey revoke", "apikey-revoked", true, func(ctx context.Context, o *office, k manage.APIKey, _, _ string) error {
			_, err := o.RevokeAPIKey(ctx, k.ID)
			return err
		}},
		{"session revoke", "session-ended", true, func(ctx context.Context, o *office, _ manage.APIKey, s, _ string) error {
			_, err := o.RevokeSession(ctx, s)
			return err
		}},
		{"session revoke --user", "session-ended", true, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.Logout(ctx, "anna")
			return err
		}},
		{"token issue", "", false, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.Issue(ctx, manage.NewToken{Login: "anna"})
			return err
		}},
		{"token revoke", "token-revoked", true, func(ctx context.Context, o *office, _ manage.APIKey, _, token string) error {
			_, err := o.RevokeToken(ctx, api.Secret(token))
			return err
		}},
		{"token revoke --id", "token-revoked", true, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.Revoke(ctx, manage.Revocation{TokenID: "some"})
			return err
		}},
		{"token revoke --client", "token-revoked", true, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.Revoke(ctx, manage.Revocation{Client: "some"})
			return err
		}},
		{"token revoke --everything", "token-revoked", true, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.Revoke(ctx, manage.Revocation{Everything: true})
			return err
		}},
		{"keys rotate", "key-rotated", false, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.Keys().Rotate(ctx, false)
			return err
		}},
		{"keys revoke", "key-rotated", true, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.Keys().Revoke(ctx, o.engine.Keys().Active().ID)
			return err
		}},
		{"keys rotate --for assertion", "", false, func(ctx context.Context, o *office, _ manage.APIKey, _, _ string) error {
			_, err := o.AssertionKeys().Rotate(ctx, false)
			return err
		}},
	}
}

// TestChanges_told: every change fires its event and is logged once, both with who
// makes it, and shows no secret.
func TestChanges_told(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			o := open(t)
			key, session, token := o.begin()
			o.must(o.engine.Drain(t.Context()))
			o.log.Reset()
			o.events = nil
			o.must(c.do(t.Context(), o, key, session, token))
			o.must(o.engine.Drain(t.Context()))
			log := o.log.String()
			if strings.Count(log, `msg="administrative act"`) != 1 || !strings.Contains(log, "actor=cli:olga what=") {
				t.Errorf("the log has\n%s\nwant one line with the actor", log)
			}
			for _, secret := range []string{key.Key, token, password, "another long one"} {
				if strings.Contains(log, secret) {
					t.Errorf("the log has a secret:\n%s", log)
				}
			}
			found := c.event == ""
			for _, e := range o.events {
				found = found || e == c.event+" cli:olga"
			}
			if !found {
				t.Errorf("the events are %q; want %s by cli:olga", o.events, c.event)
			}
		})
	}
}

// TestChanges_broken: a change that cannot be kept says so, changes nothing, fires
// nothing and is logged as failed.
func TestChanges_broken(t *testing.T) {
	for _, c := range changes() {
		if !c.store {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			o := open(t)
			key, session, token := o.begin()
			o.must(o.engine.Drain(t.Context()))
			before := o.state()
			o.log.Reset()
			o.events = nil
			o.store.Writes.Store(true)
			err := c.do(t.Context(), o, key, session, token)
			o.store.Writes.Store(false)
			if err == nil || api.CodeOf(err) != api.Unavailable || strings.Count(err.Error(), "no space left on device") != 1 {
				t.Errorf("got %v; want unavailable, and the cause once", err)
			}
			o.must(o.engine.Drain(t.Context()))
			if after := o.state(); after != before {
				t.Errorf("it changed\n%s\ninto\n%s", before, after)
			}
			if log := o.log.String(); !strings.Contains(log, `msg="administrative act failed"`) || !strings.Contains(log, "no space left") {
				t.Errorf("the log has\n%s\nwant that it failed, and why", log)
			}
			for _, e := range o.events {
				if c.event != "key-rotated" { // the key is out, only its tokens are not
					t.Errorf("event %s tells of what did not happen", e)
				}
			}
		})
	}
}

// state is what listings show.
func (o *office) state() string {
	var b strings.Builder
	ctx := o.t.Context()
	o.must(o.Users(ctx, func(u manage.User) error { b.WriteString(u.Login + " " + u.Updated.String() + "\n"); return nil }))
	o.must(o.APIKeys(ctx, "", "", func(k manage.APIKey) error { b.WriteString(k.ID + " " + k.State + "\n"); return nil }))
	o.must(o.Sessions(ctx, "", func(s manage.Session) error { b.WriteString(s.ID + " " + s.State + "\n"); return nil }))
	return b.String()
}

// TestHandler_strict: what is not as it should be is refused as JSON, and changes
// nothing.
func TestHandler_strict(t *testing.T) {
	o := open(t)
	o.begin()
	before := o.state()
	for _, c := range []struct {
		name, method, path, body string
		actor                    string
		status                   int
		says                     string
	}{
		{"no actor", "POST", "/users", `{"login":"x"}`, "", 400, "who makes the change"},
		{"long actor", "POST", "/users", `{"login":"x"}`, strings.Repeat("a", 129), 400, "128"},
		{"actor of two lines", "POST", "/users", `{"login":"x"}`, "a%0Ab", 400, "printable"},
		{"bad escape", "POST", "/users", `{"login":"x"}`, "%zz", 400, "printable"},
		{"unknown field", "POST", "/users", `{"login":"x","admin":true}`, "a", 400, `unknown field \"admin\"`},
		{"other case", "POST", "/users", `{"Login":"x"}`, "a", 400, "unknown field"},
		{"twice", "POST", "/users", `{"login":"x","login":"y"}`, "a", 400, "twice"},
		{"two values", "POST", "/users", `{"login":"x"}{}`, "a", 400, "more than one"},
		{"nothing", "POST", "/users", ``, "a", 400, "complete"},
		{"too much", "POST", "/users", `{"login":"` + strings.Repeat("x", 64<<10) + `"}`, "a", 400, "65536"},
		{"bad role", "POST", "/users", `{"login":"x","roles":[""]}`, "a", 400, "role"},
		{"taken", "POST", "/users", `{"login":"anna"}`, "a", 409, `login \"anna\" is taken`},
		{"page", "GET", "/users?limit=100000", ``, "a", 400, "limit"},
		{"page of none", "GET", "/apikeys?limit=0", ``, "a", 400, "limit"},
		{"after", "GET", "/users?after=x", ``, "a", 400, "after"},
		{"nobody", "PUT", "/users/nobody/disabled", `{"disabled":true}`, "a", 404, "unknown_user"},
		{"nobody's keys", "GET", "/apikeys?user=", ``, "a", 404, "unknown_user"},
		{"negative life", "POST", "/apikeys", `{"login":"anna","seconds":-1}`, "a", 400, "seconds"},
		{"overflowing life", "POST", "/apikeys", `{"login":"anna","seconds":9223372036854775807}`, "a", 400, "seconds"},
		{"spared of one client", "POST", "/revocations", `{"client":"x","spare_api_keys":true}`, "a", 400, "spare_api_keys"},
		{"issuer of a client", "POST", "/revocations", `{"client":"x","issuer":"y"}`, "a", 400, "issuer"},
		{"two at once", "POST", "/revocations", `{"client":"x","everything":true}`, "a", 400, "must be one"},
		{"none", "POST", "/revocations", `{}`, "a", 400, "must be one"},
		{"long reason", "POST", "/revocations", `{"everything":true,"reason":"` + strings.Repeat("x", 501) + `"}`, "a", 400, "reason"},
		{"no token", "POST", "/tokens/revoke", `{"token":""}`, "a", 400, "no token"},
		{"no layout", "POST", "/tokens", `{"login":"anna","layout":"none"}`, "a", 404, "unknown_layout"},
		{"signing key at once", "POST", "/keys/rotate", `{"now":true}`, "a", 400, "time"},
		{"no next key", "POST", "/assertion-keys/rotate", `{"now":true}`, "a", 404, "no next key"},
		{"format", "GET", "/keys/export?format=exe", ``, "a", 400, "jwk, jwks, pem or cert"},
		{"method", "PATCH", "/users", `{}`, "a", 404, "no_route"},
		{"route", "GET", "/nothing", ``, "a", 404, "no_route"},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		r.Header.Set(manage.ActorHeader, c.actor)
		o.handler.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != c.status || !strings.Contains(body, c.says) || !strings.HasPrefix(body, `{"code":"`) {
			t.Errorf("%s: %d %s; want %d and %q", c.name, w.Code, body, c.status, c.says)
		}
	}
	if after := o.state(); after != before {
		t.Errorf("refused requests changed\n%s\ninto\n%s", before, after)
	}
}

// TestClient_unanswered: a change that is not answered for is asked for once, and its
// outcome is called unknown; one that reads is not.
func TestClient_unanswered(t *testing.T) {
	var asked atomic.Int32
	hang := make(chan struct{})
	defer close(hang)
	for name, handle := range map[string]http.HandlerFunc{
		"dies": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"dies in its answer": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, `{"subject":`)
			panic(http.ErrAbortHandler)
		},
		"answers in part":      func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"subject":`) },
		"answers with nothing": func(http.ResponseWriter, *http.Request) {},
		"hangs":                func(_ http.ResponseWriter, r *http.Request) { <-hang },
	} {
		asked.Store(0)
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			io.Copy(io.Discard, r.Body)
			handle(w, r)
		}))
		c := manage.NewClient(through{s.Listener.Addr().String()}, "cli:olga", 300*time.Millisecond)
		if _, err := c.AddUser(t.Context(), manage.NewUser{Login: "x"}); !errors.Is(err, manage.ErrUnknownOutcome) || asked.Load() != 1 {
			t.Errorf("%s: %v after %d requests; want an unknown outcome after one", name, err, asked.Load())
		}
		if err := c.Users(t.Context(), func(manage.User) error { return nil }); err == nil || errors.Is(err, manage.ErrUnknownOutcome) {
			t.Errorf("%s: reading gives %v; want an error that speaks of no change", name, err)
		}
		s.CloseClientConnections()
	}
	old := httptest.NewServer(http.NotFoundHandler())
	defer old.Close()
	c := manage.NewClient(through{old.Listener.Addr().String()}, "cli:olga", 0)
	if _, err := c.DeleteUser(t.Context(), "x"); !errors.Is(err, manage.ErrOtherVersion) {
		t.Errorf("a server of another version: %v", err)
	}
	old.Close()
	if _, err := c.DeleteUser(t.Context(), "x"); err == nil || errors.Is(err, manage.ErrUnknownOutcome) || !strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("without a server: %v; want that nothing was changed", err)
	}
}

// through sends every request to an address.
type through struct{ addr string }

func (t through) RoundTrip(r *http.Request) (*http.Response, error) {
	r.URL.Host = t.addr
	transport := &http.Transport{DisableKeepAlives: true}
	return transport.RoundTrip(r)
}

// Names that a path would read otherwise reach the handler as they are.
func TestClient_names(t *testing.T) {
	o := open(t)
	for _, login := range []string{"..", ".", "a/b", "a//b", "a?b=c", "a%2Fb", "ä ö", "a#b", "{login}"} {
		if _, err := o.AddUser(t.Context(), manage.NewUser{Login: login}); err != nil {
			t.Errorf("%q: %v", login, err)
			continue
		}
		if u, err := o.SetDisabled(t.Context(), login, true); err != nil || u.Login != login || !u.Disabled {
			t.Errorf("%q: got %+v, %v", login, u, err)
		}
	}
	if _, err := o.DeleteUser(t.Context(), ""); api.CodeOf(err) != api.NotFound {
		t.Errorf("the empty login: %v", err)
	}
}
