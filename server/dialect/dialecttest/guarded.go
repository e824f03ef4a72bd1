package dialecttest

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/route"
	"github.com/cardea-auth/cardea/server/dialect"
)

// ServeGateway opens a dialect at a mount with config c, together with a gateway: methods and
// rules decide about all other routes, which site answers. A nil site is an application
// that returns the user from the gateway, such as {"user":"sub1"}. The clock stands still
// as in [Serve].
func ServeGateway(t testing.TB, m dialect.Mount, c dialect.Opener, methods []core.NamedMethod, rules []route.Rule, site http.RoundTripper) *Site {
	t.Helper()
	d, err := c.Open(m)
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{at: new(atomic.Int64)}
	s.at.Store(time.Unix(1795283400, 0).UnixNano())
	st := &stage{dialect: d}
	if site == nil {
		site = teller{}
	}
	p := policyOf(c, m, d)
	p.Methods, p.Rules = methods, rules
	st.engine, st.users = newEngine(t, s.Now, p, d)
	s.Engine, s.users = st.engine, st.users
	s.Handler = dialect.Mux(d.Endpoints(st.engine), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := st.pass(w, r, site); err != nil {
			t.Error(err)
		}
	}))
	return s
}

// teller is an application that returns the user named by the gateway's header.
type teller struct{}

// RoundTrip implements http.RoundTripper.
func (teller) RoundTrip(r *http.Request) (*http.Response, error) {
	return answer(r, http.StatusOK, `{"user":"`+strings.ReplaceAll(r.Header.Get(core.HeaderUser), `"`, "")+`"}`), nil
}
