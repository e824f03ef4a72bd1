package wpjwtpro

import (
	"net/http"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// usage handles .../usage-history: it returns login, last refresh and end of a session,
// the latest first. Single uses are not recorded.
func (h *handler) usage(r *http.Request, _ wordpress.Params, _ api.Identity) (any, error) {
	s, err := h.session(r, h.named(r))
	if err != nil {
		return nil, err
	}
	items := []any{}
	add := func(event string, at time.Time, why any) {
		items = append(items, api.NewClaims(
			api.Claim{Name: "event_type", Value: event},
			api.Claim{Name: "created_at", Value: stamp(at)},
			api.Claim{Name: "ip_address", Value: s.Peer},
			api.Claim{Name: "user_agent", Value: s.Device},
			api.Claim{Name: "reason", Value: why},
		))
	}
	if !s.Ended.IsZero() {
		add("token_revocation", s.Ended, s.EndedFor)
	}
	if s.Used.After(s.Created) {
		add("token_refresh", s.Used, nil)
	}
	add("token_generation", s.Created, nil)
	return items, nil
}

// maxDays is the longest period of analytics.
const maxDays = 366

// period parses a number of days such as 7d, which is also the default.
func period(p wordpress.Params) (days int, err error) {
	text := p.Text("period")
	if text == "" {
		return 7, nil
	}
	days, err = strconv.Atoi(text[:len(text)-1])
	if err != nil || text[len(text)-1] != 'd' || days < 1 || days > maxDays {
		return 0, api.E(api.Invalid, "rest_invalid_param", "Invalid parameter(s): period")
	}
	return days, nil
}

// summary returns the metrics of the sessions that started in a period such as 7d.
func (h *handler) summary(r *http.Request, p wordpress.Params, _ api.Identity) (any, error) {
	days, err := period(p)
	if err != nil {
		return nil, err
	}
	since := h.site.Engine.Now().Add(-time.Duration(days) * 24 * time.Hour)
	found, err := h.find(r, filter{createdFrom: since})
	return h.tally(found).With("period", strconv.Itoa(days)+"d"), err
}

// historical counts the sessions that started, were last refreshed, were revoked and expired
// on each day (UTC), today last.
func (h *handler) historical(r *http.Request, p wordpress.Params, _ api.Identity) (any, error) {
	days, err := period(p)
	if err != nil {
		return nil, err
	}
	found, err := h.find(r, filter{})
	if err != nil {
		return nil, err
	}
	today := h.site.Engine.Now().UTC().Truncate(24 * time.Hour)
	list := []any{}
	for back := days - 1; back >= 0; back-- {
		from := today.AddDate(0, 0, -back)
		list = append(list, h.day(found, from, from.AddDate(0, 0, 1)))
	}
	return api.NewClaims(
		api.Claim{Name: "period", Value: strconv.Itoa(days) + "d"},
		api.Claim{Name: "items", Value: list},
	), nil
}

func (h *handler) day(list []api.Session, from, till time.Time) api.Claims {
	var began, refreshed, revoked, expired int
	count := func(n *int, at time.Time, counts bool) {
		if counts && within(at, from, till) {
			*n++
		}
	}
	for _, s := range list {
		count(&began, s.Created, true)
		count(&refreshed, s.Used, s.Used.After(s.Created))
		count(&revoked, s.Ended, !s.Ended.IsZero())
		count(&expired, s.IdleEnd, h.status(s) == "expired")
	}
	return api.NewClaims(
		api.Claim{Name: "date", Value: from.Format(time.DateOnly)},
		api.Claim{Name: "generated", Value: began},
		api.Claim{Name: "refreshed", Value: refreshed},
		api.Claim{Name: "revoked", Value: revoked},
		api.Claim{Name: "expired", Value: expired},
	)
}
