package dialecttest

import (
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"strings"
)

// Tokens issued here replace recorded ones: a recorded refresh token is unknown to this
// engine.

var (
	recordedRefresh = regexp.MustCompile(`[0-9a-f]{64,}`)
	ourRefresh      = regexp.MustCompile(`cdr_[0-9A-Za-z_]+`)
	accessToken     = regexp.MustCompile(`^[\w-]+\.[\w-]+\.[\w-]+$`)
)

// learn records the token pairs in the bodies and cookies of a row's two answers.
func (p *player) learn(row Row, got *httptest.ResponseRecorder) {
	p.pair(string(row.Response.Headers["set-cookie"]), got.Header().Get("Set-Cookie"))
	var want, body any
	if json.Unmarshal(row.Response.Body, &want) == nil && json.Unmarshal(got.Body.Bytes(), &body) == nil {
		p.walk(want, body)
	}
}

func (p *player) walk(want, got any) {
	switch want := want.(type) {
	case string:
		text, _ := got.(string)
		p.pair(want, text)
	case map[string]any:
		object, _ := got.(map[string]any)
		for name, value := range want {
			p.walk(value, object[name])
		}
	}
}

func (p *player) pair(want, got string) {
	if theirs, ours := recordedRefresh.FindString(want), ourRefresh.FindString(got); theirs != "" && ours != "" {
		p.stands[theirs] = ours
	}
	if p.suite.Ours && accessToken.MatchString(want) && accessToken.MatchString(got) {
		p.stands[want] = got
	}
}

// instead returns the request with recorded tokens replaced.
func (p *player) instead(q Request) Request {
	var pairs []string
	for theirs, ours := range p.stands {
		pairs = append(pairs, theirs, ours)
	}
	swap := strings.NewReplacer(pairs...)
	q.Path, q.Headers = swap.Replace(q.Path), json.RawMessage(swap.Replace(string(q.Headers)))
	if q.Body != nil {
		body := swap.Replace(*q.Body)
		q.Body = &body
	}
	return q
}
