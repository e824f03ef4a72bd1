package core_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/hooks"
)

// guest is an engine in which bob has a session and an API key.
type guest struct {
	*testEngine
	given core.TokenPair
	key   string
}

// prepare starts a new session for bob, and creates an API key at the first call.
func (h *guest) prepare() {
	h.t.Helper()
	var err error
	h.given, err = h.Tokens().StartSession(context.Background(), core.BeginRequest{Identity: h.bob.Identity("store")})
	h.must(err)
	if h.key == "" {
		h.key, _ = h.apiKey(core.NewAPIKey{Subject: h.bob.Subject})
	}
}

// askedAt returns, by filter point, the calls that run it. Each returns the error of its
// refusal, or nil.
func askedAt() map[string]map[string]func(*guest) error {
	ctx := context.Background()
	login := func(h *guest) error {
		_, err := h.Tokens().Login(ctx, core.LoginRequest{Login: "bob", Password: password})
		return err
	}
	issue := func(h *guest) error {
		_, err := h.Tokens().Issue(ctx, core.IssueRequest{Identity: h.bob.Identity("store")})
		return err
	}
	begin := func(h *guest) error {
		_, err := h.Tokens().StartSession(ctx, core.BeginRequest{Identity: h.bob.Identity("store")})
		return err
	}
	refresh := func(h *guest) error {
		_, err := h.Tokens().Refresh(ctx, core.RefreshRequest{Token: h.given.Refresh})
		return err
	}
	renew := func(h *guest) error {
		_, err := h.Tokens().ReissueAccess(ctx, core.RefreshRequest{Token: h.given.Refresh})
		return err
	}
	verify := func(h *guest) error {
		_, err := h.Verify(ctx, core.VerifyRequest{Token: h.given.Access.Text.Reveal()})
		return err
	}
	decided := func(target string, header func(*guest) api.Header) func(*guest) error {
		return func(h *guest) error {
			if d := h.decide(target, header(h)); d.Outcome == core.Refused {
				return d.Err
			}
			return nil
		}
	}
	anonymous := func(*guest) api.Header { return nil }
	basic := func(*guest) api.Header { return basicHeader("bob", password) }
	token := func(h *guest) api.Header { return bearer(h.given.Access.Text.Reveal()) }
	key := func(h *guest) api.Header { return keyHeader(h.key) }
	everywhere := map[string]func(*guest) error{
		"Basic": decided("/api/x", basic), "token": decided("/api/x", token), "API key": decided("/api/x", key),
	}
	publicToo := map[string]func(*guest) error{"public": decided("/public/x", anonymous), "token on public": decided("/public/x", token)}
	for name, act := range everywhere {
		publicToo[name] = act
	}
	return map[string]map[string]func(*guest) error{
		"login-before":      {"login": login, "Basic": everywhere["Basic"]},
		"login-after":       {"login": login, "refresh": refresh, "renew": renew, "Basic": everywhere["Basic"]},
		"auth-expire":       {"issue": issue, "begin": begin, "refresh": refresh, "renew": renew},
		"auth-not-before":   {"issue": issue, "begin": begin, "refresh": refresh, "renew": renew},
		"auth-issuer":       {"issue": issue, "begin": begin, "refresh": refresh, "renew": renew},
		"auth-algorithm":    {"issue": issue, "begin": begin, "refresh": refresh, "renew": renew},
		"token-claims":      {"issue": issue, "begin": begin, "refresh": refresh, "renew": renew},
		"refresh-expire":    {"begin": begin},
		"refresh-before":    {"refresh": refresh, "renew": renew},
		"session-limit":     {"begin": begin},
		"token-verify":      {"token": everywhere["token"], "verify": verify},
		"identity-resolved": everywhere,
		"route-access":      everywhere,
		"custom-header":     everywhere, // a public rule reads no credential
		"route-exclusion":   publicToo,
		"identity-headers":  publicToo,
		"rate-limit": {"API key": everywhere["API key"], "endpoint": func(h *guest) error {
			_, err := h.RateLimit(ctx, core.RateLimit{Kind: "login", Key: "k", Limit: 5})
			return err
		}},
		"token-response": {"reply": func(h *guest) error {
			_, err := h.Tokens().TokenResponse(ctx, core.TokenResponse{})
			return err
		}},
		"error-response": {"refusal": func(h *guest) error { // the refusal is unchanged
			was := core.ErrorResponse{Status: 401, Code: "c", Message: "m", Reason: "r"}
			if got := h.ErrorResponse(ctx, was); got.Status == 401 && got.Code == "c" && got.Message == "m" {
				return errors.New("refused still")
			}
			return nil
		}},
		"cors-headers": {"page": func(h *guest) error { // no origin is allowed
			if got := h.CORSHeaders(ctx, core.CORSHeaders{Origin: "https://a.example", Allow: "https://a.example"}); got.Allow == "" {
				return errors.New("no origin")
			}
			return nil
		}},
	}
}

// TestHooks_failing: at each point, a hook that fails refuses the calls that run it, and no
// token is issued.
func TestHooks_failing(t *testing.T) {
	acts := askedAt()
	for _, p := range core.NewHooks().Points() {
		if p.IsFilter() && len(acts[p.Name()]) == 0 {
			t.Errorf("nothing asks %s here: add a call", p.Name())
		}
	}
	for point, calls := range acts {
		for name, call := range calls {
			t.Run(point+" "+name, func(t *testing.T) {
				broken := false
				h := &guest{testEngine: withHooks(t, func(hs *core.Hooks) {
					p, ok := hs.Point(point)
					if !ok || !p.IsFilter() {
						t.Fatalf("no filter point %s", point)
					}
					err := p.BindView("fails", func(context.Context, hooks.View) error {
						if broken {
							return errors.New("ouch")
						}
						return nil
					})
					if err != nil {
						t.Fatal(err)
					}
				})}
				h.prepare()
				if err := call(h); err != nil && point != "error-response" {
					t.Fatalf("refused while the hook works: %v", err)
				}
				h.prepare()                      // a refresh token works once
				h.clock.advance(2 * time.Minute) // after the cached password results have expired
				before := h.sessionsOf("u_bob")
				broken = true
				err := call(h)
				if err == nil {
					t.Fatal("it was not refused")
				}
				if e := api.AsError(err); point != "error-response" && point != "cors-headers" && e.Code != api.Denied && e.Code != api.Internal {
					t.Errorf("code %s of %v, want it denied", e.Code, err)
				}
				if after := h.sessionsOf("u_bob"); !slices.Equal(before, after) {
					t.Errorf("sessions %v became %v", before, after)
				}
				h.logged("ouch")
			})
		}
	}
}

// sessionsOf returns the ids of the live sessions of a user.
func (h *guest) sessionsOf(subject string) (ids []string) {
	h.t.Helper()
	list, err := h.Admin().LiveSessions(context.Background(), subject)
	h.must(err)
	for _, s := range list {
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	return ids
}
