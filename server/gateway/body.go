package gateway

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/httpauth"
)

var errTooLarge = errors.New("the request body is too large")

// body passes a request body on, up to a limit, and remembers the client's
// failures: the transport reports those as if they were the upstream's.
type body struct {
	io.ReadCloser
	left   int64 // negative: no limit
	broken *atomic.Pointer[error]
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left >= 0 {
		if int64(n) > b.left {
			n, err = int(b.left), errTooLarge
		}
		b.left -= int64(n)
	}
	if err != nil && err != io.EOF {
		b.broken.CompareAndSwap(nil, &err)
	}
	return n, err
}

// fail answers when no response came: it tells the client's faults from the
// upstream's, whose details are logged and never shown.
func (f *forward) fail(w http.ResponseWriter, _ *http.Request, err error) {
	if ended := f.life.ended.Load(); ended != nil {
		f.refuseEnded(w, ended)
		return
	}
	if !f.sent {
		httpauth.Answer(w, http.StatusBadRequest, "bad_upgrade", "the Upgrade header is malformed")
		return
	}
	if broken := f.broken.Load(); broken != nil {
		f.failBody(w, *broken)
		return
	}
	if f.in.Context().Err() != nil {
		panic(http.ErrAbortHandler) // the client has gone
	}
	f.gateway.logLimited(slog.LevelWarn, upstreamFailed, f.upstream.Host, "upstream", f.upstream.Host, "rule", f.decision.Rule.Name, "error", err)
	if isTimeout(err) {
		httpauth.Answer(w, http.StatusGatewayTimeout, "gateway_timeout", "the upstream did not answer in time")
		return
	}
	httpauth.Answer(w, http.StatusBadGateway, "bad_gateway", "the upstream cannot be reached")
}

func (f *forward) failBody(w http.ResponseWriter, err error) {
	if ended := f.life.ended.Load(); ended != nil {
		f.refuseEnded(w, ended)
		return
	}
	if !f.read {
		w.Header().Set("Connection", "close") // what is left of the body cannot be told from a request
	}
	if isTimeout(err) { // the listener's least rate
		httpauth.Answer(w, http.StatusRequestTimeout, "slow_body", "the request body came too slowly")
		return
	}
	if errors.Is(err, errTooLarge) {
		httpauth.Answer(w, http.StatusRequestEntityTooLarge, "too_large", "the request body is too large")
		return
	}
	if e, ok := errors.AsType[*api.Error](err); ok && e.Code == api.Invalid { // an inspector's
		httpauth.Answer(w, http.StatusBadRequest, e.Reason, e.Public)
		return
	}
	httpauth.Answer(w, http.StatusBadRequest, "bad_body", "the request body cannot be read")
}
