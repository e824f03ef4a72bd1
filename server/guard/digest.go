package guard

import (
	"bytes"
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

// body reads the body of a request for the engine and leaves it in the request. It shares
// the request's memory, so that requests without a digest cost nothing.
type body http.Request

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
	text, err := io.ReadAll(io.LimitReader(b.Body, limit+1))
	rest := b.Body
	b.Body = reread{io.MultiReader(bytes.NewReader(text), rest), rest}
	if err == nil && int64(len(text)) > limit {
		err = &http.MaxBytesError{Limit: limit}
	}
	return text, err
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
