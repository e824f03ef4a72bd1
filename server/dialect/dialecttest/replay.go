package dialecttest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/core/users"
	"github.com/cardea-auth/cardea/server/dialect"
)

// Suite says how a dialect is replayed.
type Suite struct {
	Transcript string // file, possibly .gz
	Mount      dialect.Mount
	New        func(dialect.Mount) (dialect.Dialect, error)
	// Adjust may complete a row before it is played; nil changes nothing.
	Adjust func(*Row)
	// Configure does to mount and hooks what the flags of a row's config did to
	// the plugin; an unknown flag is an error. It may be nil.
	Configure func(flag string, value any, m *dialect.Mount, h *core.Hooks) error
	// Extra names members that answers may have besides the recorded ones.
	Extra []string
	// Volatile names claims whose value is the plugin's own secret or chance:
	// only their type is compared.
	Volatile []string
	// Ours says that later rows present the access tokens that were answered here
	// in place of the recorded ones, for plugins that keep track of theirs.
	// Refresh tokens always are.
	Ours bool
	// Waits are pauses that the recording made before a row, by name.
	Waits map[string]time.Duration
	// Tokens bounds what the engine issues and accepts.
	Tokens core.TokenPolicy
	// Methods are the engine's, for rows that the gate decides on; none leaves
	// those rows out.
	Methods []core.NamedMethod
	// Rules are the gate's, and Gate is why rows on routes of others differ there,
	// by name, or by the beginning of names and "*".
	Rules []route.Rule
	Gate  map[string]string
	// Deviations are the rows that answer otherwise, by name.
	Deviations map[string]Deviation
}

// Deviation is a row that answers otherwise than the plugin did.
type Deviation struct {
	Status int    // what is answered instead
	Code   string // likewise; "" for an answer without a code
	Why    string
	// Safer says that the plugin's answer is unsafe, or a crash: agreement is not
	// wanted, and the row does not count against the dialect.
	Safer bool
}

// least is the share of rows that must agree.
const least = 0.97

// Run replays the transcript. It fails when a row departs from the recording
// without a deviation, when a deviation is not as it says, and when fewer than
// 97 in 100 rows agree, not counting those where the plugin is unsafe.
func Run(t *testing.T, s Suite) {
	rows, err := Load(s.Transcript)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{suite: s, engines: map[string]*stage{}, stands: map[string]string{}}
	used := map[string]bool{}
	var agree, safer, others int
	waited := int64(0) // seconds that the clock is ahead of the recording's
	for i, at := range moments(rows) {
		row := rows[i]
		if s.Adjust != nil {
			s.Adjust(&row)
		}
		waited += int64(s.Waits[row.Name] / time.Second)
		got, own, err := p.play(t, row, at+waited)
		if err != nil {
			t.Fatalf("row %d %s: %v", i, row.Name, err)
		}
		if !own {
			others++
			continue
		}
		p.learn(row, got)
		faults := differences(row, got, s)
		d, listed := s.Deviations[row.Name]
		used[row.Name] = true
		switch {
		case len(faults) == 0 && listed:
			t.Errorf("%s: agrees with the recording, yet is listed as a deviation", row.Name)
		case len(faults) == 0:
			agree++
		case !listed:
			t.Errorf("%s %s: %s\n  got %s", row.Request.Method, row.Name, strings.Join(faults, "; "), got.Body)
		default:
			p.checkDeviation(t, row, d, got)
		}
		if listed && d.Safer {
			safer++
		}
	}
	for name := range s.Deviations {
		if !used[name] {
			t.Errorf("deviation %s: the transcript has no such row", name)
		}
	}
	p.report(t, agree, len(rows)-others, safer, others)
}

func (p *player) report(t *testing.T, agree, own, safer, others int) {
	share := float64(agree) / float64(max(1, own-safer))
	t.Logf("%d of %d rows agree (%.1f%%); %d more are refused on purpose; %d concern routes of others",
		agree, own-safer, 100*share, safer, others)
	if share < least {
		t.Errorf("%.1f%% of the rows agree, want at least %.0f%%", 100*share, 100*least)
	}
}

func (p *player) checkDeviation(t *testing.T, row Row, want Deviation, got *httptest.ResponseRecorder) {
	t.Helper()
	var body any
	if err := json.Unmarshal(got.Body.Bytes(), &body); err != nil {
		t.Errorf("%s: %v", row.Name, err)
	}
	if got.Code != want.Status || code(body) != want.Code {
		t.Errorf("deviation %s: got %d %q, want %d %q", row.Name, got.Code, code(body), want.Status, want.Code)
	}
	if want.Why == "" {
		t.Errorf("deviation %s: says no reason", row.Name)
	}
}

// player holds one engine for each configuration that the rows ask for. What is
// done to the site is done to all of them.
type player struct {
	suite   Suite
	engines map[string]*stage
	clock   clock
	done    []string
	stands  map[string]string // what is presented here in place of what was recorded
}

// stage is a dialect on an engine.
type stage struct {
	engine    *core.Engine
	dialect   dialect.Dialect
	endpoints []dialect.Endpoint
}

// play answers a row; own is false if the dialect has no route for it.
func (p *player) play(t *testing.T, row Row, at int64) (got *httptest.ResponseRecorder, own bool, err error) {
	p.clock.seconds.Store(at - 1)
	if err := p.happen(row.Before); err != nil {
		return nil, false, err
	}
	p.clock.seconds.Store(at)
	if row.Before != "" {
		p.settle(t)
	}
	st, err := p.stage(t, row.Config)
	if err != nil {
		return nil, false, err
	}
	r, err := p.instead(row.Request).HTTP(p.suite.Mount.Issuer)
	if err != nil {
		return nil, false, nil // a target that no server hands on
	}
	got = httptest.NewRecorder()
	own = true
	rest := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { own = false })
	dialect.Mux(st.endpoints, rest).ServeHTTP(got, r)
	return got, own, nil
}

func (p *player) happen(what string) error {
	if what == "" {
		return nil
	}
	p.done = append(p.done, what)
	for _, st := range p.engines {
		if err := happen(context.Background(), st.engine, what); err != nil {
			return err
		}
	}
	return nil
}

// settle waits until the engines have read their revocation logs at the present
// moment, and so after whatever happened before it.
func (p *player) settle(t *testing.T) {
	deadline := time.Now().Add(10 * time.Second)
	for _, st := range p.engines {
		for st.engine.Staleness() > 0 {
			if time.Now().After(deadline) {
				t.Fatal("an engine does not read its revocation log")
			}
			time.Sleep(time.Millisecond)
		}
	}
}

func (p *player) stage(t *testing.T, config map[string]any) (*stage, error) {
	key := fmt.Sprint(config)
	if st := p.engines[key]; st != nil {
		return st, nil
	}
	m, h := p.suite.Mount, core.NewHooks()
	for flag, value := range config {
		if err := p.suite.Configure(flag, value, &m, h); err != nil {
			return nil, err
		}
	}
	d, err := p.suite.New(m)
	if err != nil {
		return nil, err
	}
	e := newEngine(t, p.clock.now, core.Policy{
		Hooks: h, Tokens: p.suite.Tokens, Methods: p.suite.Methods, Rules: p.suite.Rules,
		Read: func(_, method, path, query string) (string, string, error) {
			return route.WordPress{REST: m.Base()}.Read(method, path, query)
		},
		WhenStale: core.StaleOpen, // the clock jumps from row to row
	}, d)
	for _, what := range p.done {
		if err := happen(context.Background(), e, what); err != nil {
			return nil, err
		}
	}
	st := &stage{e, d, d.Endpoints(e)}
	p.engines[key] = st
	return st, nil
}

// NewEngine returns an engine in memory that knows the recordings' users and
// the dialects' layouts, and hashes passwords quickly. It is closed with the
// test.
func NewEngine(t testing.TB, now func() time.Time, h *core.Hooks, dialects ...dialect.Dialect) *core.Engine {
	t.Helper()
	return newEngine(t, now, core.Policy{Hooks: h}, dialects...)
}

func newEngine(t testing.TB, now func() time.Time, policy core.Policy, dialects ...dialect.Dialect) *core.Engine {
	t.Helper()
	for _, d := range dialects {
		policy.Layouts = append(policy.Layouts, d.Layout())
	}
	e, err := core.New(context.Background(), core.Config{
		Guessing: throttle.After(0), // the plugins slow nobody down
		Policy:   policy, Now: now, PollEvery: 5 * time.Millisecond,
		Passwords: users.NewPasswords(users.PasswordConfig{Memory: 8, Passes: 1}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	accounts, err := e.Accounts()
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range Users() {
		if _, err := accounts.Create(context.Background(), u, "test"); err != nil {
			t.Fatalf("create %s: %v", u.Login, err)
		}
	}
	return e
}
