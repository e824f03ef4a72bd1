package gateway

import (
	"errors"
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/server/httpauth"
)

// Limits on bodies that are buffered before the upstream request, in bytes.
const (
	maxBuffered = 256 << 10 // of one request
	firstBuffer = 4 << 10   // initial size; it doubles as the body arrives
	mostGrowth  = 32 << 10  // bytes by which it doubles; then it grows by these or a quarter
)

// buffer is a body of which the beginning is held in memory, or all of it.
type buffer struct {
	held  *httpauth.Held
	most  int // maximum size of text
	text  []byte
	whole bool  // text is the complete body
	full  error // why no memory was left for the rest

	io.ReadCloser // the rest
}

// isStream reports whether the upstream request starts before the body is complete: the
// rule says so, or client and upstream may talk at the same time (HTTP/2). Anonymous
// clients cannot stream by HTTP/2, since they could occupy any number of workers.
func (f *forward) isStream() bool {
	r := f.in
	return f.decision.Rule.StreamBody || r.ProtoMajor >= 2 && r.ContentLength < 0 && f.decision.Identity.Subject != ""
}

// bufferBody reads a small body, or the beginning of a larger one, so that a slow client
// does not occupy an upstream worker. If no memory is left, the body is streamed, and an
// anonymous one refused. The caller releases the buffer. Other errors are the client's.
func (f *forward) bufferBody(w http.ResponseWriter) (*buffer, error) {
	spare := f.held.Spare()
	b := &buffer{held: &spare, most: maxBuffered + 1}
	if f.read || f.in.Body == nil || f.in.Body == http.NoBody {
		f.read = true
		return b, nil
	}
	rest, isStream := f.in.Body, f.isStream()
	if !isStream {
		if err := b.fill(rest, f.in.ContentLength); err != nil {
			return b, err
		}
		if b.full != nil && f.decision.Identity.Subject == "" {
			return b, b.full
		}
	}
	if f.read = b.whole; f.read {
		f.in = withBody(f.in, b.text)
		return b, nil
	}
	if !isStream {
		slow := newPaced(w, rest, f.pace())
		slow.queue, rest = f.gateway.anonymousQueue(f), slow
	}
	b.ReadCloser = rest
	f.in = withReader(f.in, b)
	// The transport may send the rest while the upstream responds. The error is ignored:
	// a writer without support has no connection.
	http.NewResponseController(w).EnableFullDuplex()
	return b, nil
}

// Read implements io.Reader. It releases the memory, once, before the rest is read.
func (b *buffer) Read(p []byte) (int, error) {
	if len(b.text) == 0 {
		if b.text != nil {
			b.text = nil
			b.held.Release()
		}
		return b.ReadCloser.Read(p)
	}
	n := copy(p, b.text)
	b.text = b.text[n:]
	return n, nil
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
	more := min(max(cap(b.text), first), max(mostGrowth, cap(b.text)/4), b.most-cap(b.text))
	if more <= 0 {
		return false
	}
	if b.full = b.held.Take(more); b.full != nil {
		return false
	}
	b.text = append(make([]byte, 0, cap(b.text)+more), b.text...)
	return true
}

func isTimeout(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}
