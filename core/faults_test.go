package core_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/store"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/store/storetest"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/hooks"
)

// faults makes the call with number at (from 0) fail, among those that an engine makes to
// its store, its directories and its source of randomness. Safe for concurrent use.
type faults struct {
	mu    sync.Mutex
	armed bool
	at    int // -1: none
	calls []string
}

var errFault = errors.New("the part is away")

func (f *faults) before(call string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.armed {
		return nil
	}
	f.calls = append(f.calls, call)
	if len(f.calls)-1 == f.at {
		return errFault
	}
	return nil
}

// during runs do with faults enabled and returns the calls that it made.
func (f *faults) during(at int, do func() error) ([]string, error) {
	f.mu.Lock()
	f.armed, f.at, f.calls = true, at, nil
	f.mu.Unlock()
	err := do()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = false
	return f.calls, err
}

// Read implements [io.Reader] as a source of randomness that can fail.
func (f *faults) Read(p []byte) (int, error) {
	if err := f.before("randomness"); err != nil {
		return 0, err
	}
	return rand.Read(p)
}

// faulty is a testSites whose parts can fail, with credentials of two users: bob of the store,
// and root, who is user 1 at both sites of a network.
type faulty struct {
	*testSites
	faults *faults
	store  *storetest.Failing

	mu   sync.Mutex
	told map[string]int // events, by point
	says []string       // what they say

	grant, shop  core.TokenPair
	key, rootKey string
	keyID        string
	token        core.Issued
	session      api.Session // of root at the shop
}

func newFaulty(t *testing.T) *faulty {
	f := &faulty{faults: &faults{at: -1}, told: map[string]int{}}
	f.store = &storetest.Failing{Store: memory.New(), Before: f.faults.before}
	t.Cleanup(func() { f.store.Close() })
	f.testSites = newTestSites(t, func(c *core.Config) {
		network(c)
		c.Store, c.Rand = f.store, f.faults
		c.Directories[0] = users.NewStore(f.store, users.StoreConfig{Passwords: c.Passwords, Now: c.Now, Rand: f.faults})
		for _, d := range c.Directories[1:] {
			site := d.(*foreignTable)
			site.users[0].Login, site.before = "root", func() error { return f.faults.before(site.name) }
		}
		c.Policy.Tokens.MaxSessions = 2
		c.Policy.TokenFormats[0].Paired, c.Policy.TokenFormats[1].Paired = true, true
		c.Policy.Sites[0].AcceptsFrom = []string{"shop"}
		c.Policy.Rules = append(c.Policy.Rules, route.Rule{Name: "members", Path: "/members/**", Roles: []string{"subscriber"}})
		c.Policy.Hooks = core.NewHooks()
		f.listen(c.Policy.Hooks)
	})
	return f
}

// listen counts events and binds a handler at each filter.
func (f *faulty) listen(h *core.Hooks) {
	for _, p := range h.Points() {
		if p.IsFilter() {
			if err := p.BindView("nothing", func(context.Context, hooks.View) error { return nil }); err != nil {
				panic(err)
			}
			continue
		}
		err := p.BindView("count", func(_ context.Context, v hooks.View) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.told[p.Name()]++
			f.says = append(f.says, p.Name()+said(v))
			return nil
		})
		if err != nil {
			panic(err)
		}
	}
}

// forget drops the record of an event.
func (f *faulty) forget(event string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.told, event)
}

// prepare creates the credentials that the operations use.
func (f *faulty) prepare() {
	f.t.Helper()
	ctx := context.Background()
	bob := f.bob.Identity("store")
	var err error
	for range 2 { // the maximum
		f.clock.advance(time.Second)
		f.grant, err = f.Tokens().StartSession(ctx, core.BeginRequest{Identity: bob})
		f.must(err)
	}
	f.shop, err = f.Tokens().StartSession(ctx, core.BeginRequest{Identity: f.root(), TokenFormat: "shop"})
	f.must(err)
	f.key, f.keyID = f.apiKey(core.NewAPIKey{Subject: f.bob.Subject})
	f.rootKey, _ = f.apiKey(core.NewAPIKey{Subject: "shop:1", Roles: []string{"administrator"}})
	f.token = f.issue(bob)
	list, err := f.Admin().LiveSessions(ctx, "shop:1")
	f.must(err)
	f.session = list[0]
	f.drained()
	clear(f.told)
	f.says = nil
}

func (f *faulty) root() api.Identity { return mustUser(f.t.(*testing.T), f.testSites, "shop:1") }

// TestFaults: whichever call of an operation fails, the operation reports a technical error
// and no event reports success.
func TestFaults(t *testing.T) {
	for name, d := range deeds() {
		t.Run(name, func(t *testing.T) {
			f := newFaulty(t)
			f.prepare()
			calls, err := f.faults.during(-1, func() error { return d.do(f) })
			if err != nil || len(calls) == 0 {
				t.Fatalf("it calls %v while all works: %v", calls, err)
			}
			if f.drained(); d.event != "" && f.told[d.event] == 0 {
				t.Errorf("%s does not report it", d.event)
			}
			for i, call := range calls {
				f := newFaulty(t)
				f.prepare()
				before := f.credentials()
				_, err := f.faults.during(i, func() error { return d.do(f) })
				what := fmt.Sprintf("call %d of %v", i, calls)
				if slices.Contains(d.spared, fmt.Sprint(call, " ", count(calls[:i], call))) {
					if err != nil {
						t.Errorf("%s may fail: %v", what, err)
					}
					continue
				}
				f.refusesFault(what, err)
				if f.drained(); f.told[d.event] != 0 {
					t.Errorf("%s fails, and %s says that it is done", what, d.event)
				}
				if after := f.credentials(); after > before {
					t.Errorf("%s fails, and there are %d credentials in place of %d", what, after, before)
				}
			}
		})
	}
}

func count(list []string, s string) (n int) {
	for _, x := range list {
		if x == s {
			n++
		}
	}
	return n
}

// credentials returns the number of live sessions and API keys.
func (f *faulty) credentials() int {
	f.t.Helper()
	ctx := context.Background()
	n := 0
	for _, subject := range []string{"u_bob", "shop:1", "forum:1"} {
		sessions, err := f.Admin().LiveSessions(ctx, subject)
		f.must(err)
		keys, err := f.accounts.APIKeys(ctx, subject, "", "", 10)
		f.must(err)
		n += len(sessions) + len(keys)
	}
	return n
}

// refusesFault fails the test unless err is a technical error.
func (f *faulty) refusesFault(what string, err error) {
	f.t.Helper()
	if code := api.CodeOf(err); err == nil || code != api.Internal && code != api.Unavailable {
		f.t.Errorf("%s fails: %v (code %q)", what, err, code)
	}
}

// TestFailing: each method of the failing store calls Before.
func TestFailing(t *testing.T) {
	called := map[string]bool{}
	f := reflect.ValueOf(&storetest.Failing{Before: func(method string) error { called[method] = true; return errFault }})
	for i := range reflect.TypeFor[store.Store]().NumMethod() {
		m := reflect.TypeFor[store.Store]().Method(i)
		if m.Name == "Close" {
			continue
		}
		args := make([]reflect.Value, m.Type.NumIn())
		for j := range args {
			args[j] = reflect.Zero(m.Type.In(j))
		}
		call := f.MethodByName(m.Name).Call
		if m.Type.IsVariadic() {
			call = f.MethodByName(m.Name).CallSlice
		}
		if out := call(args); out[len(out)-1].Interface() != errFault || !called[m.Name] {
			t.Errorf("%s answers %v and asks %v", m.Name, out, called)
		}
	}
}
