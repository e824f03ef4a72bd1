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

// body forwards a request body up to a limit, and records read errors of the client: the
// transport reports those as errors of the upstream.
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

// fail answers a request that got no response. It distinguishes errors of the client from
// those of the upstream, whose details are logged but not shown.
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
		panic(http.ErrAbortHandler) // the client has disconnected
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
		w.Header().Set("Connection", "close") // the rest of the body would be read as a request
	}
	e, _ := errors.AsType[*api.Error](err)
	switch {
	case isTimeout(err): // below the listener's minimum rate
		httpauth.Answer(w, http.StatusRequestTimeout, "slow_body", "the request body came too slowly")
	case errors.Is(err, errTooLarge):
		httpauth.Answer(w, http.StatusRequestEntityTooLarge, "too_large", "the request body is too large")
	case e != nil && e.Code == api.Unavailable: // no memory is left
		f.refuseHeld(w, err)
	case e != nil && e.Code == api.Invalid: // of an inspector
		httpauth.Answer(w, http.StatusBadRequest, e.Reason, e.Public)
	default:
		httpauth.Answer(w, http.StatusBadRequest, "bad_body", "the request body cannot be read")
	}
}
