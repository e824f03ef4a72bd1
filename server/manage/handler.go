package manage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/ijson"
	"github.com/cardea-auth/cardea/core/keys"
)

// Config configures a [Handler].
type Config struct {
	Engine *core.Engine
	// AssertionKeys returns the ring of the keys that sign assertions; call done after
	// use. If there is no key yet, create creates the first one, otherwise ring is nil. A
	// nil function means that nothing signs assertions.
	AssertionKeys func(ctx context.Context, create bool) (ring *keys.Ring, done func(), err error)
	// Actor returns who makes a change; nil is [NamedActor].
	Actor  func(*http.Request) (string, error)
	Logger *slog.Logger // nil: discards all lines
	// Unopened says why there is no Engine: every request fails with it, and each change
	// is logged as one that failed.
	Unopened error
}

// Limits on a request.
const (
	maxBody  = 64 << 10         // bytes
	actTime  = 25 * time.Second // for a change, which is completed even if the client disconnects
	pageSize = 200              // maximum and default number of rows of a listing
	lookTime = 20 * time.Second // for the users of a page, whose directory may not answer
)

// handler serves one engine.
type handler struct {
	Config
	mux     *http.ServeMux
	secrets secrets
}

// Handler returns the administration handler of an engine. It is safe for concurrent use.
func Handler(c Config) http.Handler {
	h := newHandler(c)
	h.users()
	h.apiKeys()
	h.sessions()
	h.tokens()
	keyHandler{h}.routes()
	return h.mux
}

// AssertionHandler returns the part of a [Handler] that administers the keys that sign
// assertions, which needs no engine. It is safe for concurrent use.
func AssertionHandler(c Config) http.Handler {
	h := newHandler(c)
	keyHandler{h}.assertionKeys()
	return h.mux
}

// newHandler returns a handler that answers every request as unknown.
func newHandler(c Config) *handler {
	if c.Actor == nil {
		c.Actor = NamedActor
	}
	h := &handler{c, http.NewServeMux(), newSecrets()}
	h.Logger = cmp.Or(h.Logger, slog.New(slog.DiscardHandler))
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h.fail(w, api.E(api.NotFound, ReasonNoRoute, fmt.Sprintf("nothing answers %s %.100q", r.Method, r.URL.Path)))
	})
	return h
}

// act is a change made by an operator, for the log.
type act struct {
	what   string
	actor  string
	target string // whom or what it was done to
	facts  []any  // additional keys and values
}

// read registers a route that changes nothing.
func (h *handler) read(pattern string, do func(*http.Request) (any, error)) {
	h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		out, err := any(nil), cmp.Or(h.Unopened, h.checkNames(r))
		if err == nil {
			out, err = do(r)
		}
		if err != nil {
			h.fail(w, err)
			return
		}
		answer(w, http.StatusOK, out)
	})
}

// change registers a route that makes a change and logs it. The change is completed even
// if the client disconnects, so that it is not left half done.
func (h *handler) change(pattern, what string, do func(*http.Request, *act) (any, error)) {
	h.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), actTime)
		defer cancel()
		out, err := h.do(r.WithContext(ctx), what, do)
		if err != nil {
			h.fail(w, err)
			return
		}
		answer(w, http.StatusOK, out)
	})
}

func (h *handler) do(r *http.Request, what string, do func(*http.Request, *act) (any, error)) (out any, err error) {
	a := &act{what: what}
	if a.actor, err = h.Actor(r); err != nil {
		return nil, err
	}
	defer func() { h.log(r.Context(), a, err) }()
	defer api.Recover("administration", what, &err)
	if err := h.checkNames(r); err != nil {
		return nil, err
	}
	if h.Unopened != nil {
		a.target = targetOf(r)
		return nil, h.Unopened
	}
	out, err = do(r, a)
	return out, naming{h}.misnamed(r.Context(), a.target, err)
}

// targetOf returns whom or what a failed change names. A credential names nothing.
func targetOf(r *http.Request) string {
	var in struct {
		Login   string `json:"login"`
		TokenID string `json:"token_id"`
		Client  string `json:"client"`
	}
	// Whether the body is as it should be is not asked: it names something or does not.
	_ = json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&in)
	return cmp.Or(r.PathValue("id"), r.PathValue("login"), r.PathValue("kid"), in.Login, in.TokenID, in.Client)
}

// log logs a change. Credentials that an operator entered by mistake are redacted.
func (h *handler) log(ctx context.Context, a *act, err error) {
	facts := append([]any{"actor", a.actor, "what", a.what, "target", a.target}, a.facts...)
	if err != nil {
		facts = append(facts, "error", err)
	}
	for i := range facts {
		facts[i] = h.secrets.shown(facts[i])
	}
	if err != nil {
		h.Logger.WarnContext(ctx, "administrative act failed", facts...)
		return
	}
	h.Logger.InfoContext(ctx, "administrative act", facts...)
}

// decode decodes a body with one JSON value, and rejects unknown members.
func decode(r *http.Request, into any) error {
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return api.E(api.Invalid, "", fmt.Sprintf("the body has more than %d bytes", maxBody))
	}
	if err != nil {
		return api.Wrap(api.Invalid, "", "the body could not be read", err)
	}
	if err := ijson.Decode(data, into); err != nil {
		return api.E(api.Invalid, "", fmt.Sprintf("the body is not as it should be: %v", err))
	}
	return nil
}

// limit returns the maximum number of rows of a listing.
func limit(r *http.Request) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return pageSize, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > pageSize {
		return 0, api.E(api.Invalid, "", fmt.Sprintf("limit is %.40q, must be 1 to %d", text, pageSize))
	}
	return n, nil
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) // fails only if the client has disconnected
}
