package app

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/cardea-auth/cardea/server/control"
	"github.com/cardea-auth/cardea/server/manage"
)

// Status is the state that a running server reports to commands.
type Status struct {
	Version     string `json:"version"`
	Listen      string `json:"listen"`
	AdminListen string `json:"admin_listen"`
}

// serveControl serves the control socket.
func serveControl(in serveIn) error {
	cfg := in.Config
	l, err := control.Listen(cfg.Data)
	if err != nil {
		return err
	}
	in.Listeners.opened.addListener(l)
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
	in.Listeners.serve(l, service{name: "control", handler: mux, drain: time.Second})
	return nil
}
