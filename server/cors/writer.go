package cors

import "net/http"

// writer marks an answer right before it begins, when nobody can change its
// headers any more.
type writer struct {
	http.ResponseWriter
	mark  func(http.Header)
	begun bool
}

func (w *writer) begin() {
	if !w.begun {
		w.begun = true
		w.mark(w.Header())
	}
}

// WriteHeader implements http.ResponseWriter.
func (w *writer) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.begin()
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *writer) Write(b []byte) (int, error) {
	w.begin()
	return w.ResponseWriter.Write(b)
}

// FlushError lets [http.ResponseController] begin the answer.
func (w *writer) FlushError() error {
	w.begin()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap lets [http.ResponseController] reach Hijack and the deadlines.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// finish marks an answer that its handler left to net/http.
func (w *writer) finish() { w.begin() }
