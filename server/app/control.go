package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"go.uber.org/fx"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/keys"
	"github.com/cardea-auth/cardea/hooks"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
	"github.com/cardea-auth/cardea/server/manage"
	"github.com/cardea-auth/cardea/server/state"
)

// Status is the state that a running server reports to commands.
type Status struct {
	Version     string `json:"version"`
	Listen      string `json:"listen"`
	AdminListen string `json:"admin_listen"`
}

// HookPoint is an entry of the hook listing.
type HookPoint struct {
	Name     string          `json:"name"`
	Kind     string          `json:"kind"` // filter or action
	Fields   []hooks.Field   `json:"fields"`
	Bindings []hooks.Binding `json:"bindings"`
}

// ListHooks returns all hook points with their bindings, which are in the order in which
// they run.
func ListHooks(h *core.Hooks) []HookPoint {
	var list []HookPoint
	for _, p := range h.Points() {
		kind := "action"
		if p.IsFilter() {
			kind = "filter"
		}
		list = append(list, HookPoint{p.Name(), kind, p.Fields(), p.Bindings()})
	}
	return list
}

// controlHandler is the handler of the control socket.
type controlHandler struct{ http.Handler }

// controlIn holds the dependencies of newControl.
type controlIn struct {
	fx.In
	Config        *config.Config
	Options       Options
	Engine        *core.Engine
	Hooks         *core.Hooks
	Plugins       *pluginSet
	AssertionKeys assertionKeys
	Logger        *slog.Logger
}

func newControl(in controlIn) controlHandler {
	cfg := in.Config
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hooks", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(ListHooks(in.Hooks)) // an error means that the client is gone
	})
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(Status{in.Options.Version, cfg.Server.Listen, cfg.Server.AdminListen})
	})
	mux.HandleFunc("GET /plugins", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(in.Plugins.list())
	})
	mux.HandleFunc("POST /plugins/reload", in.Plugins.serveReload)
	mux.Handle("/", manage.Handler(manage.Config{
		Engine: in.Engine, AssertionKeys: lendAssertionKeys(cfg, in.AssertionKeys, false, in.Logger), Logger: in.Logger,
	}))
	return controlHandler{mux}
}

// serveControl opens the control socket in the data directory and serves h there.
func serveControl(ls *listeners, data string, h controlHandler) error {
	l, err := control.Listen(data)
	if err != nil {
		return err
	}
	ls.opened.addListener(l)
	ls.serve(l, service{name: "control", handler: h, drain: time.Second})
	return nil
}

// lendAssertionKeys returns a function that returns the assertion key ring and its
// release: the server's ring, or if there is none, that of the data directory. Without
// create, a missing file yields a nil ring. The function is nil if a server with a store in
// memory has no ring.
func lendAssertionKeys(cfg *config.Config, own assertionKeys, readOnly bool, log *slog.Logger) func(context.Context, bool) (*keys.Ring, func(), error) {
	if own.Ring == nil && cfg.Store.Driver == "memory" {
		return nil
	}
	return func(ctx context.Context, create bool) (*keys.Ring, func(), error) {
		if own.Ring != nil {
			return own.Ring, func() {}, nil
		}
		if !create && state.IsMissing(filepath.Join(cfg.Data, state.AssertionKeysFile)) {
			return nil, nil, nil
		}
		open := state.OpenAssertionKeys
		if readOnly {
			open = state.ReadAssertionKeys
		}
		ring, err := open(ctx, cfg, log)
		if err != nil {
			return nil, nil, err
		}
		return ring, func() { ring.Close() }, nil
	}
}
