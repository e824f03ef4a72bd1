package httpauth

// Body is a request body that can be read before the decision. It is for one goroutine.
type Body interface {
	// ReadAll returns the whole body, which can still be forwarded afterwards. The error
	// is an [http.MaxBytesError] if the body is longer than limit bytes or than the
	// maximum for bodies, an [api.Error] if there is no memory for it now, and otherwise
	// means that the client broke off.
	ReadAll(limit int64) ([]byte, error)
}
