package wpjwtpro

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/core/throttle"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// count counts a call to one of the routes, sets the rate-limit headers, and rejects
// the call if the limit is exceeded. All addresses of an IPv6 /64 are one.
func (h *handler) count(w http.ResponseWriter, r *http.Request, _ string, meant *wordpress.Route) bool {
	if meant == nil {
		return false
	}
	addr := h.site.From(r).Addr
	l, err := h.site.Engine.RateLimit(r.Context(), core.RateLimit{
		Kind: "peer", Key: addr.String(), Route: meant.Path, Limit: int64(cmp.Or(h.cfg.RateLimit, calls)), Window: time.Minute,
	})
	if err != nil {
		h.refuse(w, r, err, h.loginWords(""))
		return true
	}
	q, err := h.counter.Take(r.Context(), throttle.Source(addr).String(), int(l.Limit), l.Window)
	if err != nil {
		h.refuse(w, r, err, h.loginWords(""))
		return true
	}
	tell(w.Header(), q)
	if q.OK {
		return false
	}
	h.refuse(w, r, &api.Error{Code: api.Throttled, Reason: api.ReasonTooMany, RetryAfter: q.RetryAfter}, nil)
	return true
}

func tell(h http.Header, q throttle.Quota) {
	if q.Limit == 0 {
		return
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(q.Limit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(q.Remaining))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(q.Reset.Unix(), 10))
}
