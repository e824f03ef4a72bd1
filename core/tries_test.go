package core_test

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/store/memory"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/methods/basic"
)

const application = "abcd EFGH ijkl MNOP qrst 6789"

// slowUsers are users with an application password, whose lookups can be synchronized.
type slowUsers struct {
	*users.Store
	barrier *atomic.Pointer[barrier]
	program api.Secret // its hash
}

// barrier blocks the first lookup of each request until all have arrived, and delays later
// ones, which are part of a check, for a moment.
type barrier struct {
	left atomic.Int64
	all  chan struct{}
}

func (d slowUsers) gather(n int) {
	m := &barrier{all: make(chan struct{})}
	m.left.Store(int64(n))
	d.barrier.Store(m)
}

func (d slowUsers) ByLogin(ctx context.Context, login string) (api.User, error) {
	if m := d.barrier.Load(); m != nil {
		switch left := m.left.Add(-1); {
		case left < 0:
			time.Sleep(300 * time.Millisecond) // in the test's fake time: all others wait by then
		case left == 0:
			close(m.all)
		}
		<-m.all
	}
	return d.Store.ByLogin(ctx, login)
}

func (d slowUsers) FitsApplication(ctx context.Context, pw *users.Passwords, u api.User, password api.Secret) (string, error) {
	if u.Login != "alice" {
		return "", pw.VerifyNone(ctx, password)
	}
	return "", pw.Verify(ctx, d.program, password)
}

// burst runs n attempts at the same time and counts their reasons; "" is success. The
// checks last until all attempts have started.
type burst struct {
	*testEngine
	directory slowUsers
}

func newBurst(t *testing.T, change func(*core.Config)) *burst {
	pw, s := users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1}), memory.New()
	t.Cleanup(func() { s.Close() })
	hash, err := pw.Hash(context.Background(), application)
	if err != nil {
		t.Fatal(err)
	}
	c := &burst{directory: slowUsers{users.NewStore(s, users.StoreConfig{Passwords: pw}), new(atomic.Pointer[barrier]), hash}}
	c.testEngine = newTestEngine(t, func(cfg *core.Config) {
		cfg.Store, cfg.Passwords, cfg.Directories = s, pw, []users.Directory{c.directory}
		if change != nil {
			change(cfg)
		}
	})
	return c
}

func (c *burst) ask(n int, ask func(i int) error) map[string]int {
	c.directory.gather(n)
	defer c.directory.barrier.Store(nil)
	reasons, mu := map[string]int{}, sync.Mutex{}
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			err := ask(i)
			mu.Lock()
			defer mu.Unlock()
			reasons[api.ReasonOf(err)]++
		})
	}
	all.Wait()
	return reasons
}

func peer(text string) api.Peer { return api.Peer{Addr: netip.MustParseAddr(text)} }

// decideFrom decides on a request with this header from an address.
func (h *testEngine) decideFrom(from string, header api.Header) error {
	a := get("/api/x", header)
	a.Peer = netip.MustParseAddr(from)
	if d := h.Decide(context.Background(), a); d.Outcome != core.Allowed {
		return d.Err
	}
	return nil
}

// TestTries uses the same credential many times at once, in each way to log in: this must
// be one check, and one failure if it is wrong.
func TestTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many, from = 64, "192.0.2.1"
		programs := func(c *core.Config) {
			c.Policy.Methods = []core.NamedMethod{{Name: "basic", Opener: basic.Config{ApplicationOnly: true}}}
		}
		mine := func(c *core.Config) {
			c.Policy.Methods = []core.NamedMethod{{Name: "mine", Opener: opener(func(_ string, d core.Deps) (core.Method, error) {
				return passwordInToken{d.CheckPassword}, nil
			})}}
		}
		decide := func(header api.Header) func(*burst, int) error {
			return func(c *burst, _ int) error { return c.decideFrom(from, header) }
		}
		login := func(name, password string) func(*burst, int) error {
			return func(c *burst, _ int) error { return c.tryLogin(name, password, from) }
		}
		spelled := func(name string, password string) func(*burst, int) error {
			return func(c *burst, i int) error {
				return c.tryLogin([]string{name, " " + name, "\t" + name}[i%3], password, from)
			}
		}
		for _, tt := range []struct {
			name   string
			change func(*core.Config)
			ask    func(*burst, int) error
			want   string // the reason of all attempts; "" is success
			hashes int64
		}{
			{"Basic, right", nil, decide(basicHeader("alice", password)), "", 1},
			{"Basic, wrong", nil, decide(basicHeader("alice", "wrong horse")), api.ReasonWrongPassword, 1},
			{"Basic, nobody's", nil, decide(basicHeader("nobody", "wrong horse")), api.ReasonUnknownUser, 1},
			{"login, right", nil, login("alice", password), "", 1},
			{"login, wrong", nil, login("alice", "wrong horse"), api.ReasonWrongPassword, 1},
			{"login, nobody's", nil, login("nobody", "wrong horse"), api.ReasonUnknownUser, 1},
			{"login, spelled in several ways", nil, spelled("alice", password), "", 1},
			{"login, nobody's, spelled in several ways", nil, spelled("nobody", password), api.ReasonUnknownUser, 1},
			{"a program's by login", nil, login("alice", application), "", 2},
			{"a program's by Basic", programs, decide(basicHeader("alice", application)), "", 1},
			{"not a program's by Basic", programs, decide(basicHeader("bob", application)), api.ReasonWrongPassword, 1},
			{"a method of one's own", mine, decide(bearer("carol.horse-battery")), "", 1},
		} {
			c := newBurst(t, tt.change)
			c.must(c.accounts.SetPassword(context.Background(), c.newUser("carol").Subject, "horse-battery", "test"))
			before := c.config.Passwords.Runs()
			reasons := c.ask(many, func(i int) error { return tt.ask(c, i) })
			if reasons[tt.want] != many {
				t.Errorf("%s: got %v, want all %q", tt.name, reasons, tt.want)
			}
			if got := c.config.Passwords.Runs() - before; got != tt.hashes {
				t.Errorf("%s: %d hashes, want %d", tt.name, got, tt.hashes)
			}
			if tt.want == "" {
				continue
			}
			for i := range 9 { // nine more failures; ten in all are not delayed
				if err := tt.ask(c, 0); api.CodeOf(err) != api.Unauthenticated {
					t.Errorf("%s: try %d afterwards: got %v, want code %s", tt.name, i+2, err, api.Unauthenticated)
				}
			}
		}
	})
}

// TestTries_different: different passwords at the same time count as separate guesses.
func TestTries_different(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newBurst(t, nil)
		before := c.config.Passwords.Runs()
		reasons := c.ask(10_000, func(i int) error { return c.tryLogin("alice", fmt.Sprint("wrong", i), "192.0.2.1") })
		if n := reasons[api.ReasonWrongPassword]; n > 11 || c.config.Passwords.Runs()-before > 11 {
			t.Errorf("got %v, and %d hashes; want 11 checked at most", reasons, c.config.Passwords.Runs()-before)
		}
	})
}

// TestTries_room: different valid credentials delay each other and do not fail.
func TestTries_room(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newBurst(t, nil)
		for i := range 60 {
			c.newUser(fmt.Sprint("user", i))
		}
		for name, ask := range map[string]func(i int) error{
			"users behind one address":  func(i int) error { return c.tryLogin(fmt.Sprint("user", i), password, "192.0.2.1") },
			"one user at many":          func(i int) error { return c.tryLogin("alice", password, from(i)) },
			"one user's two passwords":  func(i int) error { return c.tryLogin("alice", []string{password, application}[i%2], from(i)) },
			"users at many, by Basic":   func(i int) error { return c.decideFrom(from(i), basicHeader(fmt.Sprint("user", i), password)) },
			"one address, by Basic too": func(i int) error { return c.decideFrom("192.0.2.8", basicHeader(fmt.Sprint("user", i), password)) },
		} {
			if reasons := c.ask(60, ask); reasons[""] != 60 {
				t.Errorf("%s: got %v, want all to pass", name, reasons)
			}
		}
	})
}

// TestTries_perRequest: login hooks, throttle and challenge apply to each request even if
// several share a check.
func TestTries_perRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var before, after atomic.Int64
		c := newBurst(t, func(cfg *core.Config) {
			cfg.Policy.Hooks = core.NewHooks()
			cfg.Policy.Hooks.LoginBefore.Bind("x", func(_ context.Context, v core.LoginAttempt) (core.LoginAttempt, error) {
				before.Add(1)
				if v.Peer.UserAgent == "bot" {
					return v, core.Deny("before", "no")
				}
				return v, nil
			})
			cfg.Policy.Hooks.LoginAfter.Bind("x", func(_ context.Context, v core.LoginResult) (core.LoginResult, error) {
				if after.Add(1); v.Peer.UserAgent == "closed" {
					return v, core.Deny("after", "no")
				}
				return v, nil
			})
		})
		for i := range 25 {
			c.tryLogin(fmt.Sprint("user", i), "wrong horse", "203.0.113.5")
		}
		before.Store(0)
		hashes := c.config.Passwords.Runs()
		reasons := c.ask(39, func(i int) error {
			p := []api.Peer{peer("192.0.2.1"), peer("198.51.100.1"), peer("203.0.113.5")}[i%3]
			if i < 30 {
				p.UserAgent = []string{"browser", "closed"}[i%2]
			}
			_, err := c.Tokens().Login(context.Background(), core.LoginRequest{Login: "alice", Password: password, Peer: p})
			return err
		})
		if want := map[string]int{"": 16, "after": 10, api.ReasonTooMany: 13}; !maps.Equal(reasons, want) {
			t.Errorf("got %v, want %v", reasons, want)
		}
		if before.Load() != 39 || after.Load() != 26 || c.config.Passwords.Runs() != hashes+1 {
			t.Errorf("login-before ran %d times, login-after %d, with %d hashes; want 39, 26 and 1",
				before.Load(), after.Load(), c.config.Passwords.Runs()-hashes)
		}
	})
}

// TestTries_known: a user who recently logged in from the same place waits for a hash or two, however
// many guesses by others are waiting for theirs.
func TestTries_known(t *testing.T) {
	logins := map[string]func(*testEngine) error{
		"login": func(h *testEngine) error { return h.tryLogin("alice", password, "198.51.100.1") },
		"Basic": func(h *testEngine) error { return h.decideFrom("198.51.100.1", basicHeader("alice", password)) },
	}
	for name, ask := range logins {
		h := newTestEngine(t, func(c *core.Config) {
			c.Passwords = users.NewPasswords(users.PasswordConfig{Memory: 16 << 10, Passes: 2, Concurrent: 1})
		})
		h.must(h.tryLogin("alice", password, "198.51.100.1"))
		const guesses = 200
		before := h.config.Passwords.Runs()
		ctx, end := context.WithCancel(context.Background())
		var all sync.WaitGroup
		for i := range guesses {
			all.Go(func() {
				h.Tokens().Login(ctx, core.LoginRequest{Login: fmt.Sprint("nobody", i), Password: "wrong horse", Peer: peer(from(i))})
			})
		}
		for h.config.Passwords.Runs() < before+2 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond) // the others wait
		if err := ask(h); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if n := h.config.Passwords.Runs() - before; n > guesses/2 {
			t.Errorf("%s: passed after %d hashes", name, n)
		}
		end()
		all.Wait()
	}
}

// TestTries_cancelled: a check continues for the others after its first client is gone.
func TestTries_cancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newBurst(t, nil)
		first, cancel := context.WithCancel(context.Background())
		go func() {
			time.Sleep(100 * time.Millisecond)
			cancel()
		}()
		reasons := c.ask(20, func(i int) error {
			ctx := context.Background()
			if i%2 == 0 {
				ctx = first
			}
			_, err := c.Tokens().Login(ctx, core.LoginRequest{Login: "alice", Password: password, Peer: peer("192.0.2.1")})
			if i%2 == 0 {
				if api.CodeOf(err) != api.Unavailable {
					t.Errorf("a client that left: %v", err)
				}
				return core.Deny("left", "")
			}
			return err
		})
		if reasons[""] != 10 || reasons["left"] != 10 {
			t.Errorf("got %v, want those who kept waiting to pass", reasons)
		}
	})
}

// TestTries_left: a guess counts even if the client disconnects.
func TestTries_left(t *testing.T) {
	h := newTestEngine(t, func(c *core.Config) {
		c.Passwords = users.NewPasswords(users.PasswordConfig{Memory: 16 << 10, Passes: 1})
	})
	for i := range 11 {
		ctx, leave := context.WithCancel(context.Background())
		go func(runs int64) {
			for h.config.Passwords.Runs() == runs {
				time.Sleep(time.Millisecond)
			}
			leave() // hashing has started
		}(h.config.Passwords.Runs())
		h.Tokens().Login(ctx, core.LoginRequest{Login: "bob", Password: api.Secret(fmt.Sprint("wrong", i)), Peer: peer("192.0.2.1")})
	}
	if err := h.tryLogin("bob", password, "192.0.2.1"); api.CodeOf(err) != api.Throttled {
		t.Errorf("after eleven wrong guesses whose clients left: %v", err)
	}
}

// TestTries_changed: after a user changed, no request shares a check that began before.
func TestTries_changed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newBurst(t, nil)
		begun := make(chan error)
		c.directory.gather(1)
		go func() { begun <- c.tryLogin("bob", "next password", "192.0.2.1") }()
		time.Sleep(100 * time.Millisecond)
		c.must(c.accounts.SetRoles(context.Background(), c.bob.Subject, []string{"editor"}, "test"))
		c.directory.barrier.Store(nil)
		hashes := c.config.Passwords.Runs()
		c.tryLogin("bob", "next password", "192.0.2.1")
		if c.config.Passwords.Runs() != hashes+1 {
			t.Error("a try after the change had no check of its own")
		}
		<-begun
	})
}

// TestTries_answers: each answer to a challenge is a guess, even with the same password.
func TestTries_answers(t *testing.T) {
	h, f := withFactor(t, asks)
	var wg sync.WaitGroup
	var reasons sync.Map
	for i := range 64 {
		wg.Go(func() {
			reasons.Store(i, api.ReasonOf(h.answer("bob", password, fmt.Sprint(i), "192.0.2.1")))
		})
	}
	wg.Wait()
	told := 0
	reasons.Range(func(_, r any) bool {
		if !slices.Contains([]any{api.ReasonChallenge, api.ReasonTooMany}, r) {
			t.Errorf("a wrong code: %v", r)
		}
		if r == api.ReasonChallenge {
			told++
		}
		return true
	})
	if told > 10 || f.judged.Load() == 0 {
		t.Errorf("%d wrong codes were reported as wrong, want at most 10", told)
	}
}
