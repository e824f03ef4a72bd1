package httpauth

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// hook is a responder that changes refusals.
type hook func(core.ErrorResponse) core.ErrorResponse

func (h hook) ErrorResponse(_ context.Context, r core.ErrorResponse) core.ErrorResponse { return h(r) }

// TestRefuse_status tests status, message and headers for each code. The response reveals
// neither causes nor which users exist.
func TestRefuse_status(t *testing.T) {
	secret := errors.New("secret cause")
	for _, tc := range []struct {
		err    *api.Error
		status int
		body   string
		header string // "Name: value" that must be there
	}{
		{api.Wrap(api.Invalid, "bad", "no", secret), 400, `{"code":"bad","message":"no","data":{"status":400}}`, ""},
		{api.Wrap(api.Invalid, "", "no", secret), 400, `{"code":"invalid","message":"no","data":{"status":400}}`, ""},
		{api.E(api.Unauthenticated, "r", "who"), 401, `{"code":"r","message":"who","data":{"status":401}}`, "Www-Authenticate: Basic"},
		{api.E(api.Denied, "role", "no"), 403, `{"code":"role"`, ""}, {api.E(api.NotFound, "", "no"), 404, `{"code":"not_found"`, ""}, {api.E(api.Conflict, "", "no"), 409, `{"code":"conflict"`, ""},
		{&api.Error{Code: api.Throttled, Reason: "too_many", RetryAfter: 1500 * time.Millisecond}, 429, `{"code":"too_many"`, "Retry-After: 2"}, {api.E(api.Throttled, "", ""), 429, `{"code":"throttled"`, "Retry-After: 1"},
		{&api.Error{Code: api.Unavailable, RetryAfter: 3 * time.Second}, 503, `{"code":"unavailable"`, "Retry-After: 3"}, {api.Wrap(api.Internal, "r", "p", secret), 500, `{"code":"internal","message":"internal error","data":{"status":500}}`, ""},
		{&api.Error{Code: "other", Public: "p"}, 500, `{"code":"internal","message":"internal error"`, ""}, {nil, 500, `{"code":"internal","message":"internal error"`, ""},
		{api.E(api.Denied, api.ReasonMethodNotAllowed, "no"), 405, `{"code":"method_not_allowed"`, "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}, {api.E(api.Invalid, api.ReasonTooLarge, "no"), 413, `{"code":"too_large"`, ""}, {api.E(api.Invalid, ReasonManyHeaders, "no"), 431, `{"code":"too_many_headers"`, ""},
		{api.E(api.Unauthenticated, api.ReasonUnknownUser, "x"), 401, `{"code":"unauthenticated","message":"the credentials are not accepted"`, ""}, {api.E(api.Unauthenticated, api.ReasonUnknownEmail, "x"), 401, `{"code":"unauthenticated","message":"the credentials`, ""},
		{api.E(api.Unauthenticated, api.ReasonWrongPassword, "x"), 401, `{"code":"unauthenticated","message":"the credentials`, ""}, {api.E(api.Unauthenticated, api.ReasonDisabled, "x"), 401, `{"code":"unauthenticated","message":"the credentials`, ""},
	} {
		w := httptest.NewRecorder()
		Refuser{}.Refuse(t.Context(), w, core.Decision{Err: tc.err, Challenge: []string{"Basic"}}, nil)
		h := w.Header()
		if w.Code != tc.status || !strings.HasPrefix(w.Body.String(), tc.body) || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%v: got %d %s, want %d with %s and no secret", tc.err, w.Code, w.Body, tc.status, tc.body)
		}
		if name, value, ok := strings.Cut(tc.header, ": "); ok && h.Get(name) != value || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("%v: got headers %v", tc.err, h)
		}
		for _, name := range []string{"Www-Authenticate", "Allow", "Retry-After"} {
			if !strings.HasPrefix(tc.header, name) && h.Get(name) != "" && tc.status != 401 {
				t.Errorf("%v: header %s is %s, want none", tc.err, name, h.Get(name))
			}
		}
	}
}

// TestRefuse_hook: a hook sees the refusal and can change what it is allowed to.
func TestRefuse_hook(t *testing.T) {
	a := &api.Attempt{Path: "/x"}
	var seen core.ErrorResponse
	refuse := func(err *api.Error, change func(*core.ErrorResponse)) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		Refuser{Via: hook(func(r core.ErrorResponse) core.ErrorResponse {
			seen = r
			change(&r)
			return r
		})}.Refuse(t.Context(), w, core.Decision{Err: err}, a)
		return w
	}
	w := refuse(api.E(api.Denied, "role", "no"), func(r *core.ErrorResponse) {
		r.Status, r.Code, r.Message = 404, "gone", "nothing here"
		r.Fields = api.NewClaims(api.Claim{Name: "more", Value: true})
	})
	if seen.Status != 403 || seen.Code != "role" || seen.Message != "no" || seen.Reason != "role" || seen.Attempt != a {
		t.Errorf("the hook is shown %+v", seen)
	}
	if w.Code != 404 || w.Body.String() != `{"code":"gone","message":"nothing here","data":{"status":404},"more":true}` {
		t.Errorf("got %d %s, want the 404 of the hook with its member", w.Code, w.Body)
	}
	w = refuse(api.E(api.Denied, "role", "no"), func(r *core.ErrorResponse) { r.Fields = api.NewClaims(api.Claim{Name: "more", Value: math.NaN()}) })
	if w.Code != 403 || w.Body.String() != `{"code":"role","message":"no","data":{"status":403}}` {
		t.Errorf("a field that JSON cannot hold: got %d %s", w.Code, w.Body)
	}
	challenge := &core.ChallengeError{}
	challenge.Challenge.Kind = "totp"
	refuse(api.Wrap(api.Unauthenticated, api.ReasonChallenge, "more", challenge), func(*core.ErrorResponse) {})
	if seen.Fields.String("challenge") != "totp" {
		t.Errorf("the hook is shown %+v", seen.Fields)
	}
}

// TestSend: a response with a Form is encoded by it after the hook; hooks see only
// refusals.
func TestSend(t *testing.T) {
	asked := 0
	refuser := Refuser{Via: hook(func(r core.ErrorResponse) core.ErrorResponse {
		asked++
		r.Status, r.Code = 404, "gone"
		return r
	})}
	form := func(r *core.ErrorResponse, h http.Header) []byte {
		h.Set("X-Form", r.Code)
		h.Set("Content-Type", "application/json; charset=UTF-8")
		return []byte("<" + r.Code + ">")
	}
	for _, c := range []struct{ status, want, asked int }{{403, 404, 1}, {200, 200, 0}} {
		asked = 0
		w := httptest.NewRecorder()
		w.Header().Set("Content-Type", "text/html")
		refuser.Send(t.Context(), w, core.ErrorResponse{Status: c.status, Code: "no", Form: form})
		h := w.Header()
		if w.Code != c.want || asked != c.asked || w.Body.String() != "<"+h.Get("X-Form")+">" {
			t.Errorf("%d: got %d %s, the hook was asked %d times", c.status, w.Code, w.Body, asked)
		}
		if h.Get("Content-Type") != "application/json; charset=UTF-8" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("status %d: got headers %v, want JSON and no-store", c.status, h)
		}
	}
}

// words formats refusals with one reason.
type words struct{ Words }

func (words) Refusal(_ context.Context, a *api.Attempt, d core.Decision) (core.ErrorResponse, bool) {
	return core.ErrorResponse{Status: 418, Code: "said " + a.Path}, d.Err.Reason == "known"
}

// TestRefuse_words: the first format for a refusal is used; requests that could not be
// parsed have none.
func TestRefuse_words(t *testing.T) {
	for _, c := range []struct {
		reason string
		a      *api.Attempt
		status int
		code   string
	}{
		{"known", &api.Attempt{Path: "/x"}, 418, `"said /x"`}, {"other", &api.Attempt{}, 403, `"other"`}, {"known", nil, 403, `"known"`},
	} {
		w := httptest.NewRecorder()
		Refuser{Words: words{}}.Refuse(t.Context(), w, core.Decision{Err: api.E(api.Denied, c.reason, "no")}, c.a)
		if w.Code != c.status || !strings.HasPrefix(w.Body.String(), `{"code":`+c.code) {
			t.Errorf("%s, %v: got %d %s, want Code %v and text with %q", c.reason, c.a, w.Code, w.Body, c.status, `{"code":`+c.code)
		}
	}
}
