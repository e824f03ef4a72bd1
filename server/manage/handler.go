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

// Config says what a [Handler] administers.
type Config struct {
	Engine *core.Engine
	// AssertionKeys lends the ring of the keys that sign assertions; done gives it
	// back. With create it makes the first key where none was made yet, else the ring
	// is nil there. nil: there are none.
	AssertionKeys func(ctx context.Context, create bool) (ring *keys.Ring, done func(), err error)
	// Actor says who makes a change; nil is [NamedActor].
	Actor  func(*http.Request) (string, error)
	Logger *slog.Logger // nil: discards
	// Unopened says why there is no Engine: every request fails with it, and each change
	// is logged as one that failed.
	Unopened error
}

// The bounds on a request.
const (
	maxBody  = 64 << 10         // bytes
	actTime  = 25 * time.Second // for a change, which is finished also for a client that has gone
	pageSize = 200              // rows of a listing, unless fewer are asked for

)

// handler answers for one engine.
type handler struct {
	Config
	mux     *http.ServeMux
	secrets secrets
}

// Handler returns the administration of an engine. It is safe for concurrent use.
func Handler(c Config) http.Handler {
	if c.Actor == nil {
		c.Actor = NamedActor
	}
	h := &handler{c, http.NewServeMux(), newSecrets()}
	h.Logger = cmp.Or(h.Logger, slog.New(slog.DiscardHandler))
	h.users()
	h.apiKeys()
	h.sessions()
	h.tokens()
	h.keys()
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h.fail(w, api.E(api.NotFound, ReasonNoRoute, fmt.Sprintf("nothing answers %s %.100q", r.Method, r.URL.Path)))
	})
	return h.mux
}

// act is a change that an operator makes: what the log says of it.
type act struct {
	what   string
	actor  string
	target string // whom or what it was done to
	facts  []any  // further keys and values
}

// read serves what changes nothing.
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

// change serves a change, and logs it. It is finished also if the client goes: half a
// change helps nobody.
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
	return do(r, a)
}

// targetOf is whom or what a change names that is not made. A credential names nothing.
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

// log writes the line about a change, without the secrets that an operator may have
// given for something else.
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

// decode reads the one JSON value of a body, and nothing that it does not know.
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

// limit is how many rows a listing gives at most.
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
	json.NewEncoder(w).Encode(v) // whoever asked is gone if this fails
}
