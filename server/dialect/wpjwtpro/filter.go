package wpjwtpro

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/wordpress"
)

// filter selects tokens of the mount; the zero value selects all.
type filter struct {
	subject, status          string
	nobody                   bool
	createdFrom, createdTill time.Time
	expiresFrom, expiresTill time.Time
	page, perPage            int
}

// maxRead bounds how many sessions one listing reads, and maxPage how many it returns.
const (
	maxRead = 10_000
	maxPage = 100
)

func (h *handler) readFilter(r *http.Request, p wordpress.Params) (f filter, err error) {
	f.page, f.perPage = min(max(1, whole(p, "page", 1)), maxRead), min(max(1, whole(p, "per_page", 20)), maxPage)
	switch f.status = p.Text("status"); f.status {
	case "", "active", "expired", "revoked":
	default:
		return f, api.E(api.Invalid, "jwt_auth_invalid_status", "Invalid status: use active, expired or revoked")
	}
	if f.createdFrom, f.createdTill, err = day(p.Text("created_at")); err != nil {
		return f, err
	}
	if f.expiresFrom, f.expiresTill, err = day(p.Text("expires_at")); err != nil {
		return f, err
	}
	return f, h.readUser(r, p, &f)
}

func (h *handler) readUser(r *http.Request, p wordpress.Params, f *filter) error {
	var id api.Identity
	var err error
	switch number := whole(p, "user_id", 0); {
	case number > 0:
		id, err = h.site.Engine.Tokens().UserByNumber(r.Context(), h.site.Mount.Name, int64(number))
	case p.Text("username") != "":
		id, err = h.site.Engine.Tokens().UserByLogin(r.Context(), h.site.Mount.Name, p.Text("username"))
	default:
		return nil
	}
	if errors.Is(err, core.ErrNotFound) || err != nil && api.ReasonOf(err) == api.ReasonDisabled {
		f.nobody = true
		return nil
	}
	f.subject = id.Subject
	return err
}

func whole(p wordpress.Params, name string, standard int) int {
	n, err := strconv.Atoi(p.Text(name))
	if err != nil {
		return standard
	}
	return n
}

// day parses a date such as 2026-01-31 and returns the bounds of that day.
func day(text string) (from, till time.Time, err error) {
	if text == "" {
		return from, till, nil
	}
	from, err = time.Parse(time.DateOnly, text)
	if err != nil {
		return from, till, api.E(api.Invalid, "jwt_auth_invalid_date", "Invalid date: write it as 2026-01-31")
	}
	return from, from.AddDate(0, 0, 1), nil
}

// find returns the sessions of the mount that match the filter, the latest first.
func (h *handler) find(r *http.Request, f filter) ([]api.Session, error) {
	var found []api.Session
	for after, read := "", 0; !f.nobody && read < maxRead; {
		list, err := h.site.Engine.Admin().Sessions(r.Context(), f.subject, after, 500)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			break
		}
		after, read = list[len(list)-1].ID, read+len(list)
		for _, s := range list {
			if s.TokenFormat == h.site.Mount.Name && f.fits(s, h.status(s)) {
				found = append(found, s)
			}
		}
	}
	slices.SortFunc(found, func(a, b api.Session) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}

func (f filter) fits(s api.Session, status string) bool {
	return (f.status == "" || f.status == status) &&
		within(s.Created, f.createdFrom, f.createdTill) && within(s.IdleEnd, f.expiresFrom, f.expiresTill)
}

func within(at, from, till time.Time) bool {
	return !at.Before(from) && (till.IsZero() || at.Before(till))
}

func (h *handler) status(s api.Session) string {
	switch {
	case !s.Ended.IsZero():
		return "revoked"
	case s.Live(h.site.Engine.Now()):
		return "active"
	}
	return "expired"
}

// item returns a session as the plugin's row of a token family.
func (h *handler) item(r *http.Request, s api.Session) api.Claims {
	id, _ := h.site.Engine.Tokens().User(r.Context(), s.Subject) // a deleted user has no name
	return api.NewClaims(
		api.Claim{Name: "id", Value: s.ID},
		api.Claim{Name: "user_id", Value: id.Number},
		api.Claim{Name: "username", Value: id.Login},
		api.Claim{Name: "status", Value: h.status(s)},
		api.Claim{Name: "issued_at", Value: stamp(s.Created)},
		api.Claim{Name: "expires_at", Value: stamp(s.IdleEnd)},
		api.Claim{Name: "last_used_at", Value: stamp(s.Used)},
		api.Claim{Name: "revoked_at", Value: stamp(s.Ended)},
		api.Claim{Name: "token_family", Value: s.ID},
		api.Claim{Name: "user_agent", Value: s.Device},
		api.Claim{Name: "ip_address", Value: s.Peer},
	)
}

// stamp formats a time as the plugin's database does, or returns nil for the zero time.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.DateTime)
}

func (h *handler) tally(list []api.Session) api.Claims {
	counts := map[string]int{}
	users := map[string]bool{}
	for _, s := range list {
		counts[h.status(s)]++
		users[s.Subject] = true
	}
	return api.NewClaims(
		api.Claim{Name: "total", Value: len(list)},
		api.Claim{Name: "active", Value: counts["active"]},
		api.Claim{Name: "expired", Value: counts["expired"]},
		api.Claim{Name: "revoked", Value: counts["revoked"]},
		api.Claim{Name: "users", Value: len(users)},
	)
}
