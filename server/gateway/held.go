package gateway

import (
	"io"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
)

// readHeld reads up to limit bytes and reserves memory as they arrive. If none is left,
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

// holdScreened reserves memory for the part of the body that the inspector holds.
func (f *forward) holdScreened() error {
	inspector := f.gateway.inspectors[f.decision.Rule.Upstream]
	if inspector == nil {
		return nil
	}
	if n := inspector.Hold(f.in); n > 0 {
		return f.held.Take(n)
	}
	return nil
}

// refuseHeld refuses the request because no memory is left.
func (f *forward) refuseHeld(w http.ResponseWriter, err error) {
	d := core.Decision{Err: api.AsError(err), Identity: f.decision.Identity, Rule: f.decision.Rule}
	f.decision = d
	f.gateway.refused(w, f.in, f)
}
