package manage_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/storetest"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/manage"
)

const password = "correct-horse-battery"

// adminServer is an engine with its administration handler.
type adminServer struct {
	*manage.Client
	t       *testing.T
	engine  *core.Engine
	store   *storetest.Failing
	handler http.Handler
	log     strings.Builder

	mu     sync.Mutex
	events []string // as "point actor target"
}

func open(t *testing.T) *adminServer { return openWith(t, throttle.Config{}) }

func openWith(t *testing.T, guessing throttle.Config, others ...users.Directory) *adminServer {
	o := &adminServer{t: t, store: &storetest.Failing{Store: memory.New()}}
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
	passwords := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1})
	var directories []users.Directory
	if len(others) > 0 {
		directories = append([]users.Directory{users.NewStore(o.store, users.StoreConfig{Passwords: passwords})}, others...)
	}
	o.engine, err = core.New(t.Context(), core.Config{
		Directories: directories, Store: o.store, Policy: core.Policy{Hooks: h}, Logger: log,
		Guessing: guessing, Passwords: passwords,
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

func (o *adminServer) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// begin creates the user, API key and session for the changes.
func (o *adminServer) begin() (key manage.APIKey, session, token string) {
	ctx := o.t.Context()
	_, err := o.AddUser(ctx, manage.NewUser{Login: "anna", Email: "anna@example.org", Roles: []string{"editor"}, Password: password})
	o.must(err)
	_, err = o.AddUser(ctx, manage.NewUser{Login: "carl", Disabled: true})
	o.must(err)
	key, err = o.CreateAPIKey(ctx, manage.NewAPIKey{Login: "anna", Name: "backup"})
	o.must(err)
	id, err := o.engine.Tokens().Identity(ctx, "anna")
	o.must(err)
	g, err := o.engine.Tokens().StartSession(ctx, core.BeginRequest{Identity: id})
	o.must(err)
	return key, g.Session, g.Access.Text.Reveal()
}

// state returns what lists show.
func (o *adminServer) state() string {
	var b strings.Builder
	ctx := o.t.Context()
	o.must(o.Users(ctx, func(u manage.User) error { b.WriteString(u.Login + " " + u.Updated.String() + "\n"); return nil }))
	o.must(o.APIKeys(ctx, "", "", func(k manage.APIKey) error { b.WriteString(k.ID + " " + k.State + "\n"); return nil }))
	o.must(o.Sessions(ctx, "", func(s manage.Session) error { b.WriteString(s.ID + " " + s.State + "\n"); return nil }))
	revoked, err := o.store.RevocationsSince(ctx, 0, time.Time{}, 1000)
	o.must(err)
	fmt.Fprintf(&b, "%d revocations\n", len(revoked))
	return b.String()
}
