package guard

import (
	"bytes"
	"io"
	"net/http"
	"net/netip"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// body reads the body of a request for the engine and leaves it in the request.
type body struct {
	*http.Request
	guard  *Guard
	writer http.ResponseWriter // of the request; nil: reading has no time limit
	peer   netip.Addr
	held   *httpauth.Held // memory of what was read; nil: nothing
}

var (
	_ httpauth.Body = (*body)(nil)
	_ api.Body      = (*body)(nil)
)

// SHA256 implements [api.Body].
func (b *body) SHA256() ([]byte, error) { return httpauth.Digest(b) }

// ReadAll implements [httpauth.Body].
func (b *body) ReadAll(limit int64) ([]byte, error) {
	if b.Body == nil || b.Body == http.NoBody {
		return nil, nil
	}
	if b.ContentLength > limit {
		return nil, &http.MaxBytesError{Limit: limit}
	}
	held := b.guard.bodies.Hold(b.guard.trust, b.peer)
	b.held = &held
	b.guard.tellUntimed(b.writer, b.Request)
	timed := newTimed(b.writer, b.Body)
	defer timed.stop()
	text, err := io.ReadAll(io.LimitReader(held.Reader(timed, heldPerByte), limit+1))
	rest := b.Body
	b.Body = reread{io.MultiReader(bytes.NewReader(text), rest), rest}
	if err == nil && int64(len(text)) > limit {
		err = &http.MaxBytesError{Limit: limit}
	}
	return text, err
}

// heldPerByte is the memory per byte of a body, since a growing buffer is copied.
const heldPerByte = 2

// release releases the memory; calling it twice is harmless.
func (b *body) release() {
	if b.held != nil {
		b.held.Release()
	}
}

// reread is a body whose beginning was read before.
type reread struct {
	io.Reader
	io.Closer
}

// known is the digest of a body that the handler may be reading.
type known []byte

// SHA256 implements [api.Body].
func (k known) SHA256() ([]byte, error) { return k, nil }

// settleBody takes the body away from the attempt of a decided request: from then on it is
// the handler's. What was decided on remains.
func (p *passage) settleBody() {
	if p.attempt.Body = nil; p.attempt.BodyDigest != nil {
		p.attempt.Body = known(p.attempt.BodyDigest)
	}
}
