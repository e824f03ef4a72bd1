package httpauth

// Body is the body of a request, for whoever has to look into it before the request
// may pass. It is for one goroutine.
type Body interface {
	// ReadAll returns the whole body, which is passed on nevertheless. The error is
	// an [http.MaxBytesError] if it is longer than limit bytes, or than bodies may be
	// at this door; an [api.Error] if there is no memory for it now; any other means
	// that the client broke off.
	ReadAll(limit int64) ([]byte, error)
}
