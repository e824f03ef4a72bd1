package dialecttest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/cors"
	"github.com/cardea-auth/cardea/server/dialect"
)

// player holds one site for each configuration in the rows. Changes to the recorded
// site are applied to all of them.
type player struct {
	suite   Suite
	rows    []Row
	engines map[string]*stage
	clock   clock
	done    []string
	stands  map[string]string // maps recorded tokens to those issued here
}

// play sends a row's request; own reports whether the dialect answered it, as opposed to
// the gateway.
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
	got = httptest.NewRecorder()
	r, err := p.instead(row.Request).HTTP(p.suite.Mount.Issuer)
	if err != nil {
		got.WriteHeader(http.StatusBadRequest) // a target that no server accepts
		return got, false, nil
	}
	own = true
	rest := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own = false
		err = st.pass(w, r, upstream{p.rows, row})
	})
	p.open(dialect.Mux(st.endpoints, rest), st.dialect).ServeHTTP(got, r)
	return got, own, err
}

// open lets pages of other origins read the answers, as a server without CORS settings
// does.
func (p *player) open(next http.Handler, d dialect.Dialect) http.Handler {
	says := func(target *url.URL) dialect.CrossOrigin { return p.suite.Mount.CrossOriginAt(d, target) }
	return cors.NewOwn([]cors.Site{{Governs: p.suite.Mount.Governs, Says: says}}, next)
}

// crossOrigin reports whether the recorded plugin had CORS settings of its own.
func (p *player) crossOrigin(row Row) bool {
	return row.Config["cors"] != nil || slices.ContainsFunc(p.done, func(what string) bool { return strings.HasPrefix(what, "cocart_settings.cors") })
}

func (p *player) happen(what string) error {
	if what == "" {
		return nil
	}
	p.done = append(p.done, what)
	var list []error
	for _, st := range p.engines {
		list = append(list, st.happen(context.Background(), what))
	}
	return errors.Join(list...)
}

// settle waits until the engines have read their revocation logs at the current time,
// and so after all earlier changes.
func (p *player) settle(t *testing.T) {
	deadline := time.Now().Add(time.Minute)
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
	at, err := p.suite.setting(config)
	if err != nil {
		return nil, err
	}
	st, err := newStage(t, p.suite, at, p.clock.now)
	if err != nil {
		return nil, err
	}
	for _, what := range p.done {
		if err := st.happen(context.Background(), what); err != nil {
			return nil, err
		}
	}
	p.engines[key] = st
	return st, nil
}

// newStage opens the dialect with a setting on a new engine.
func newStage(t *testing.T, s Suite, at *setting, now func() time.Time) (*stage, error) {
	d, err := at.config.Open(s.Mount)
	if err != nil {
		return nil, err
	}
	st := &stage{dialect: d}
	p := s.policy(at.config, d)
	p.Hooks, p.Tokens = at.hooks, s.Tokens
	if p.Methods == nil {
		p.Methods = at.methods
	}
	p.Rules = append(at.open, p.Rules...)
	p.WhenStale = core.StaleOpen // the clock jumps between rows
	st.engine, st.users = newEngine(t, now, p, d)
	st.users.application = s.Application
	st.endpoints = d.Endpoints(st.engine)
	return st, nil
}
