package app

import (
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/server/dialect"
)

// refusing answers the gate's refusals in the words of the dialect whose mount
// the request is to: its clients look for its codes. False: nobody's.
func refusing(e *core.Engine, list []mounted) func(http.ResponseWriter, *http.Request, core.Decision) bool {
	return func(w http.ResponseWriter, r *http.Request, d core.Decision) bool {
		for _, m := range list {
			words, ok := m.dialect.(dialect.Refuser)
			if !ok || !m.mount.Governs(r) {
				continue
			}
			if d.Rule == nil || d.Rule.Header.Name == "" {
				r = asStandard(m.header, r)
			}
			return words.RefuseGate(e, w, r, d)
		}
		return false
	}
}
