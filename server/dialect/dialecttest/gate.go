package dialecttest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/gateway"
)

// RunGate replays the rows about routes of others: the engine decides by
// s.Rules, the dialect words what is refused, and what passes reaches an upstream
// that answers as the recorded one did to whom it took the client for. A row
// agrees if status and code do; every other one must have its reason in s.Gate.
func RunGate(t *testing.T, s Suite) {
	rows, err := Load(s.Transcript)
	if err != nil {
		t.Fatal(err)
	}
	p := &player{suite: s, engines: map[string]*stage{}, stands: map[string]string{}}
	used, agree, all, waited := map[string]bool{}, 0, 0, int64(0)
	for i, at := range moments(rows) {
		row := rows[i]
		if s.Adjust != nil {
			s.Adjust(&row)
		}
		waited += int64(s.Waits[row.Name].Seconds())
		got, own, err := p.play(t, row, at+waited)
		if err != nil {
			t.Fatalf("row %d %s: %v", i, row.Name, err)
		}
		if own {
			p.learn(row, got)
			continue
		}
		all++
		got = p.pass(t, row)
		fault := passFault(row, got)
		why := s.gateReason(row.Name)
		used[why] = used[why] || fault != ""
		switch {
		case fault == "":
			agree++
		case why == "":
			t.Errorf("%s %s: %s\n  got %s", row.Request.Method, row.Name, fault, got.Body)
		}
	}
	for name, why := range s.Gate {
		if !used[why] {
			t.Errorf("deviation %s: the transcript has no such row", name)
		}
	}
	t.Logf("%d of %d rows on routes of others agree", agree, all)
}

// gateReason finds the reason that is listed for a row by its name, or by the
// longest beginning of it that ends in "*".
func (s Suite) gateReason(name string) string {
	found, length := s.Gate[name], -1
	if found != "" {
		return found
	}
	for key, why := range s.Gate {
		prefix, group := strings.CutSuffix(key, "*")
		if group && strings.HasPrefix(name, prefix) && len(prefix) > length {
			found, length = why, len(prefix)
		}
	}
	return found
}

// pass sends a row through the gate.
func (p *player) pass(t *testing.T, row Row) *httptest.ResponseRecorder {
	st, err := p.stage(t, row.Config)
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.instead(row.Request).HTTP(p.suite.Mount.Issuer)
	got := httptest.NewRecorder()
	if err != nil {
		got.WriteHeader(http.StatusBadRequest)
		return got
	}
	decider := &witness{engine: st.engine}
	site, err := url.Parse("http://upstream.invalid")
	if err != nil {
		t.Fatal(err)
	}
	g, err := gateway.New(gateway.Config{Engine: decider, Upstreams: map[string]*url.URL{"site": site}, Transport: recordedUpstream{row}})
	if err != nil {
		t.Fatal(err)
	}
	g.ServeHTTP(got, r)
	refuser, ok := st.dialect.(dialect.Refuser)
	if d := decider.last; ok && d.Outcome == core.Refused && d.Err != nil {
		worded := httptest.NewRecorder()
		if refuser.RefuseGate(st.engine, worded, r, d) {
			return worded
		}
	}
	return got
}

// witness remembers what the engine decided.
type witness struct {
	engine *core.Engine
	last   core.Decision
}

func (w *witness) Decide(ctx context.Context, a *api.Attempt) core.Decision {
	w.last = w.engine.Decide(ctx, a)
	return w.last
}

// recordedUpstream is WordPress as it was recorded in one row: it answers as it
// did then if it takes the client for the same, and 599 if not.
type recordedUpstream struct{ row Row }

func (u recordedUpstream) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := u.row.Response.Status, string(u.row.Response.Body)
	if fault := u.mistaken(r.Header.Get(core.HeaderUser)); fault != "" {
		status, body = 599, fmt.Sprintf(`{"code":%q}`, fault)
	}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

// mistaken says in what the gate's client is not the recorded one.
func (u recordedUpstream) mistaken(user string) string {
	var body any
	if json.Unmarshal(u.row.Response.Body, &body) != nil {
		return ""
	}
	status, code := u.row.Response.Status, code(body)
	rest := strings.HasPrefix(code, "rest_") || strings.HasPrefix(code, "cocart_rest_")
	refusedEarly := word(body, "status") == "error" || code != "" && !rest && status >= 400
	switch me := strings.Contains(u.row.Request.Path, "/users/me"); {
	case refusedEarly:
		return "the plugin let nobody through"
	case status == http.StatusUnauthorized && rest && user != "":
		return "passed as " + user + ", recorded as nobody"
	case (status == http.StatusForbidden && rest || status == http.StatusCreated || me && status == http.StatusOK && u.row.Request.Method != "OPTIONS") && user == "":
		return "passed as nobody, recorded as somebody"
	case me && status == http.StatusOK && user != "":
		return u.otherUser(body, user)
	}
	return ""
}

func (u recordedUpstream) otherUser(body any, user string) string {
	object, _ := body.(map[string]any)
	id, ok := object["id"].(float64)
	list := Users()
	if ok && int(id) <= len(list) && list[int(id)-1].Login != user {
		return "passed as " + user + ", recorded as " + list[int(id)-1].Login
	}
	return ""
}

// passFault compares status and code.
func passFault(row Row, got *httptest.ResponseRecorder) string {
	var want, body any
	if json.Unmarshal(row.Response.Body, &want) != nil {
		return "the recorded body is no JSON"
	}
	if got.Body.Len() > 0 && json.Unmarshal(got.Body.Bytes(), &body) != nil {
		body = nil
	}
	if got.Code != row.Response.Status {
		return fmt.Sprintf("status %d, recorded %d", got.Code, row.Response.Status)
	}
	if _, text := want.(string); text || row.Request.Method == http.MethodHead {
		return ""
	}
	for _, name := range []string{"code", "error"} {
		if g, w := word(body, name), word(want, name); g != w {
			return fmt.Sprintf("%s %q, recorded %q", name, g, w)
		}
	}
	return ""
}
