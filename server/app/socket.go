package app

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/config"
	"github.com/cardea-auth/cardea/server/control"
)

// Status is what a running server tells commands of itself.
type Status struct {
	Version     string `json:"version"`
	Listen      string `json:"listen"`
	AdminListen string `json:"admin_listen"`
}

// serveControl answers commands on the control socket.
func serveControl(ls *listeners, cfg *config.Config, o Options, h *core.Hooks, g *guests, administer http.Handler) error {
	l, err := control.Listen(cfg.Data)
	if err != nil {
		return err
	}
	ls.opened.addListener(l)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hooks", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(ListHooks(h)) // the command is gone if this fails
	})
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(Status{o.Version, cfg.Server.Listen, cfg.Server.AdminListen})
	})
	mux.HandleFunc("GET /plugins", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(g.list())
	})
	mux.HandleFunc("POST /plugins/reload", g.serveReload)
	mux.Handle("/", administer)
	ls.serve(l, service{name: "control", handler: mux, drain: time.Second})
	return nil
}
