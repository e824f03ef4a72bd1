package gateway

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// The bounds on bodies that are held before the upstream is asked, in bytes.
const (
	maxBuffered = 256 << 10 // of one request
	firstBuffer = 4 << 10   // more is taken only as the body arrives
)

// buffer is the beginning of a body, or all of it. Without room in the memory for
// bodies they are passed on as they come.
type buffer struct {
	bodies *httpauth.Bodies
	text   []byte
	taken  int  // of the bodies' spare memory
	whole  bool // text is all of the body
}

// isStream reports whether the upstream is asked before the body is there: the rule
// says so, or client and upstream may want to talk at the same time. Who is nobody could
// so hold as many workers as they like.
func (f *forward) isStream() bool {
	r := f.in
	return f.decision.Rule.StreamBody || r.ProtoMajor >= 2 && r.ContentLength < 0 && f.decision.Identity.Subject != ""
}

// bufferBody reads a small body, or the beginning of a larger one, so that a client
// that is slow to send it holds no worker of the upstream. The caller releases what
// the buffer holds. The error is the client's.
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
	// The transport may send the rest while the upstream answers. A writer that does
	// not know this belongs to no connection.
	http.NewResponseController(w).EnableFullDuplex()
	return b, nil
}

// prefixed is a body of which the beginning was read.
type prefixed struct {
	io.Reader
	io.Closer
}

// fill reads until the body or its own room ends. length is the body's, negative if
// that is not known.
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
