package gateway

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// Limits on bodies that are buffered before the upstream request, in bytes.
const (
	maxBuffered = 256 << 10 // of one request
	firstBuffer = 4 << 10   // initial size; it grows as the body arrives
)

// buffer holds the beginning of a body, or all of it. If no memory is left for bodies,
// they are streamed.
type buffer struct {
	bodies *httpauth.Bodies
	text   []byte
	taken  int  // bytes of the spare memory of bodies
	whole  bool // text is the complete body
}

// isStream reports whether the upstream request starts before the body is complete: the
// rule says so, or client and upstream may talk at the same time (HTTP/2). Anonymous
// clients cannot stream by HTTP/2, since they could occupy any number of workers.
func (f *forward) isStream() bool {
	r := f.in
	return f.decision.Rule.StreamBody || r.ProtoMajor >= 2 && r.ContentLength < 0 && f.decision.Identity.Subject != ""
}

// bufferBody reads a small body, or the beginning of a larger one, so that a slow client
// does not occupy an upstream worker. The caller releases the buffer. The error is the
// client's.
func (f *forward) bufferBody(w http.ResponseWriter) (*buffer, error) {
	b := &buffer{bodies: f.gateway.bodies}
	if f.read || f.in.Body == nil || f.in.Body == http.NoBody {
		f.read = true
		return b, nil
	}
	rest, isStream := f.in.Body, f.isStream()
	if !isStream {
		if err := b.fill(rest, f.in.ContentLength); err != nil {
			return b, err
		}
	}
	if f.read = b.whole; f.read {
		f.in = withBody(f.in, b.text)
		return b, nil
	}
	if !isStream {
		rest = newPaced(w, rest, f.pace())
	}
	f.in = withReader(f.in, prefixed{io.MultiReader(bytes.NewReader(b.text), rest), rest})
	// The transport may send the rest while the upstream responds. The error is ignored:
	// a writer without support has no connection.
	http.NewResponseController(w).EnableFullDuplex()
	return b, nil
}

// prefixed is a body whose beginning was already read.
type prefixed struct {
	io.Reader
	io.Closer
}

// fill reads until the end of the body or of the buffer. length is the body's length,
// negative if unknown.
func (b *buffer) fill(body io.Reader, length int64) error {
	room := firstBuffer
	if length >= 0 {
		room = int(min(length+1, firstBuffer)) // one more, to see the end
	}
	for b.grow(room) {
		n, err := body.Read(b.text[len(b.text):cap(b.text)])
		b.text = b.text[:len(b.text)+n]
		switch {
		case err == io.EOF:
			b.whole = true
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

// grow makes room for more of the body, and reports whether there is any.
func (b *buffer) grow(first int) bool {
	if len(b.text) < cap(b.text) {
		return true
	}
	room := min(max(2*cap(b.text), first), maxBuffered+1)
	more := room - cap(b.text)
	if more <= 0 || !b.bodies.TakeSpare(more) {
		return false
	}
	b.taken += more
	text := make([]byte, len(b.text), room)
	copy(text, b.text)
	b.text = text
	return true
}

func (b *buffer) release() { b.bodies.GiveSpare(b.taken) }

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}
