package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Check is a condition for the server to be ready.
type Check struct {
	Name string
	Run  func(context.Context) error
}

// checkTimeout bounds all checks of one request together.
const checkTimeout = 2 * time.Second

// Handler serves the admin listener, with the metrics of m. /readyz fails if any check
// fails.
func Handler(m *Metrics, checks ...Check) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", alive)
	mux.HandleFunc("GET /livez", alive)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { ready(w, r, checks) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

func alive(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

func ready(w http.ResponseWriter, r *http.Request, checks []Check) {
	ctx, cancel := context.WithTimeout(r.Context(), checkTimeout)
	defer cancel()
	status, result := http.StatusOK, map[string]string{"status": "ready"}
	for _, c := range checks {
		result[c.Name] = "ok"
		if err := c.Run(ctx); err != nil {
			status, result["status"], result[c.Name] = http.StatusServiceUnavailable, "not ready", err.Error()
		}
	}
	answer(w, status, result)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body) // fails only if the client has disconnected
}

// Metrics holds the server's metrics. Safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	events   *prometheus.CounterVec
}
