package cors

import "net/http"

// writer sets the CORS headers right before the response starts, after all other changes.
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
	if isFinal(status) {
		w.begin()
	}
	w.ResponseWriter.WriteHeader(status)
}

// isFinal reports whether a status starts the response, as informational ones do not.
func isFinal(status int) bool { return status >= 200 || status == http.StatusSwitchingProtocols }

// Write implements http.ResponseWriter.
func (w *writer) Write(b []byte) (int, error) {
	w.begin()
	return w.ResponseWriter.Write(b)
}

// FlushError starts the response, for [http.ResponseController].
func (w *writer) FlushError() error {
	w.begin()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Unwrap returns the underlying writer, for [http.ResponseController].
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// finish handles a response that was never written explicitly.
func (w *writer) finish() { w.begin() }
