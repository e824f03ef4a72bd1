package wpjwtpro

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/api"
	"github.com/cardea-auth/cardea/server/dialect"
	"github.com/cardea-auth/cardea/server/wordpress"
)

const onePath = "/admin/tokens/{id}"

// adminRoutes returns the routes for administrators.
func (h *handler) adminRoutes() []wordpress.Route {
	get := func(path string, handle adminHandler) wordpress.Route {
		return wordpress.Route{Method: http.MethodGet, Path: path, Handle: h.guarded(handle)}
	}
	return []wordpress.Route{
		get("/admin/tokens", h.list),
		get("/admin/tokens/metrics", h.metrics),
		{Method: http.MethodPost, Path: "/admin/tokens/bulk", Handle: h.guarded(h.bulk)},
		get("/analytics/summary", h.summary),
		get("/analytics/all-time", h.metrics),
		get("/analytics/historical", h.historical),
		get("/admin/settings/options", h.settings),
		get("/admin/system/info", h.system),
		get(onePath, h.one),
		{Method: http.MethodPut, Path: onePath, Handle: h.guarded(h.revokeOne)},
		{Method: http.MethodDelete, Path: onePath, Handle: h.guarded(h.revokeOne)},
		get(onePath+"/details", h.one),
		get(onePath+"/related", h.related),
		get(onePath+"/usage-history", h.usage),
	}
}

// adminHandler returns the data member of the answer.
type adminHandler func(r *http.Request, p wordpress.Params, admin api.Identity) (any, error)

// guarded restricts a handler to administrators with a token of the mount.
func (h *handler) guarded(handle adminHandler) func(http.ResponseWriter, *http.Request, wordpress.Params) {
	return func(w http.ResponseWriter, r *http.Request, p wordpress.Params) {
		text, ok := dialect.SplitBearer(r.Header.Get("Authorization"))
		if !ok {
			h.site.Refuse(w, r, forbidden(http.StatusUnauthorized))
			return
		}
		admin, err := h.site.Verify(r, text)
		if err == nil && !admin.HasRole("administrator") {
			h.site.Refuse(w, r, forbidden(http.StatusForbidden))
			return
		}
		var data any
		if err == nil {
			data, err = handle(r, p, admin)
		}
		if err != nil {
			h.refuse(w, r, err, adminWords)
			return
		}
		h.site.Answer(w, r, http.StatusOK, api.NewClaims(
			api.Claim{Name: "success", Value: true}, api.Claim{Name: "data", Value: data},
		))
	}
}

func forbidden(status int) wordpress.Refusal {
	return wordpress.Refusal{Status: status, Code: "rest_forbidden", Message: "Sorry, you are not allowed to do that."}
}

func adminWords(err error) wordpress.Refusal {
	e := api.AsError(err)
	switch e.Code {
	case api.Invalid:
		return wordpress.Refusal{Status: http.StatusBadRequest, Code: e.Reason, Message: e.Public}
	case api.NotFound:
		return wordpress.Refusal{Status: http.StatusNotFound, Code: "jwt_auth_token_not_found", Message: "Token not found"}
	}
	return forbidden(http.StatusUnauthorized)
}

func (h *handler) list(r *http.Request, p wordpress.Params, _ api.Identity) (any, error) {
	f, err := h.readFilter(r, p)
	if err != nil {
		return nil, err
	}
	found, err := h.find(r, f)
	if err != nil {
		return nil, err
	}
	first := min((f.page-1)*f.perPage, len(found))
	items := []any{}
	for _, s := range found[first:min(first+f.perPage, len(found))] {
		items = append(items, h.item(r, s))
	}
	return api.NewClaims(
		api.Claim{Name: "items", Value: items},
		api.Claim{Name: "pagination", Value: api.NewClaims(
			api.Claim{Name: "total", Value: len(found)},
			api.Claim{Name: "per_page", Value: f.perPage},
			api.Claim{Name: "current_page", Value: f.page},
			api.Claim{Name: "total_pages", Value: (len(found) + f.perPage - 1) / f.perPage},
		)},
	), nil
}

// session returns the session with this ID if it belongs to this mount.
func (h *handler) session(r *http.Request, id string) (api.Session, error) {
	if id == "" {
		return api.Session{}, api.E(api.NotFound, "", "no such token")
	}
	s, err := h.site.Engine.Admin().Session(r.Context(), id)
	if err == nil && s.TokenFormat != h.site.Mount.Name {
		err = api.E(api.NotFound, "", "no such token")
	}
	if err != nil {
		return api.Session{}, err
	}
	return s, nil
}

func (h *handler) named(r *http.Request) string { return h.space.Segment(r, onePath, "id") }

func (h *handler) one(r *http.Request, _ wordpress.Params, _ api.Identity) (any, error) {
	s, err := h.session(r, h.named(r))
	if err != nil {
		return nil, err
	}
	return h.item(r, s), nil
}

// related lists the latest other sessions of the same user, at most one page.
func (h *handler) related(r *http.Request, _ wordpress.Params, _ api.Identity) (any, error) {
	s, err := h.session(r, h.named(r))
	if err != nil {
		return nil, err
	}
	found, err := h.find(r, filter{subject: s.Subject})
	items := []any{}
	for _, other := range found {
		if other.ID != s.ID && len(items) < maxPage {
			items = append(items, h.item(r, other))
		}
	}
	return items, err
}

func (h *handler) revokeOne(r *http.Request, _ wordpress.Params, admin api.Identity) (any, error) {
	s, err := h.session(r, h.named(r))
	if err != nil {
		return nil, err
	}
	if err := h.site.Engine.Admin().EndSession(r.Context(), s.ID, "revoked by an administrator", admin.Login); err != nil {
		return nil, err
	}
	return h.one(r, wordpress.Params{}, admin)
}

// maxBulk bounds the IDs in one request: each costs a write.
const maxBulk = 100

// bulk handles {"action":"revoke","ids":[...]}; unknown IDs are skipped.
func (h *handler) bulk(r *http.Request, p wordpress.Params, admin api.Identity) (any, error) {
	given, _ := p.Get("ids")
	ids, ok := given.([]any)
	if action := p.Text("action"); !ok || action != "revoke" && action != "delete" {
		return nil, api.E(api.Invalid, "rest_invalid_param", "Invalid parameter(s): action, ids")
	}
	if len(ids) > maxBulk {
		return nil, api.E(api.Invalid, "rest_invalid_param", fmt.Sprintf("Invalid parameter(s): ids. Send at most %d at once, not %d", maxBulk, len(ids)))
	}
	done := []any{}
	for _, v := range ids {
		id, _ := v.(string)
		s, err := h.session(r, id)
		if errors.Is(err, core.ErrNotFound) || api.CodeOf(err) == api.NotFound {
			continue
		}
		if err == nil {
			err = h.site.Engine.Admin().EndSession(r.Context(), s.ID, "revoked by an administrator", admin.Login)
		}
		if err != nil {
			return nil, err
		}
		done = append(done, id)
	}
	return api.NewClaims(api.Claim{Name: "processed", Value: len(done)}, api.Claim{Name: "ids", Value: done}), nil
}

func (h *handler) metrics(r *http.Request, _ wordpress.Params, _ api.Identity) (any, error) {
	found, err := h.find(r, filter{})
	return h.tally(found), err
}
