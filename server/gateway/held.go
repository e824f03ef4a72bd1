package gateway

import (
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// readHeld reads up to limit bytes, for which it takes room as they come. Without any
// the error is an [api.Error].
func (f *forward) readHeld(body io.Reader, limit int64) ([]byte, error) {
	var text []byte
	for int64(len(text)) < limit {
		if len(text) == cap(text) {
			room := int(min(max(2*int64(cap(text)), firstBuffer), limit))
			if err := f.held.Take(room - cap(text)); err != nil {
				return nil, err
			}
			text = append(make([]byte, 0, room), text...)
		}
		n, err := body.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		if err == io.EOF {
			return text, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return text, nil
}

// holdForm takes room for what of a form waits to be judged.
func (f *forward) holdForm() error {
	if _, ok := f.gateway.wordpress[f.decision.Rule.Upstream]; !ok {
		return nil
	}
	if n := (wordpress.Inspector{}).Hold(f.in); n > 0 {
		return f.held.Take(n)
	}
	return nil
}

// refuseHeld answers that there is no room.
func (f *forward) refuseHeld(w http.ResponseWriter, err error) {
	d := core.Decision{Err: api.AsError(err), Identity: f.decision.Identity, Rule: f.decision.Rule}
	f.decision = d
	f.gateway.refused(w, f.in, f)
}
